"""Things for play, work and going out: a football, a guitar, a keyboard, an umbrella, a dumbbell."""

from __future__ import annotations

from math import atan2, cos, pi, radians, sin

import bpy
from mathutils import Vector

from scenes import studio as s
from scenes.picture import Picture


def icosahedron() -> tuple[list[Vector], list[tuple[int, int, int]]]:
    """Give the corners (on the unit sphere) and the triangles of an icosahedron."""
    g = (1 + 5**0.5) / 2
    corners = [
        Vector(p).normalized()
        for p in (
            (-1, g, 0),
            (1, g, 0),
            (-1, -g, 0),
            (1, -g, 0),
            (0, -1, g),
            (0, 1, g),
            (0, -1, -g),
            (0, 1, -g),
            (g, 0, -1),
            (g, 0, 1),
            (-g, 0, -1),
            (-g, 0, 1),
        )
    ]
    near = 1.1
    faces = [
        (i, j, k)
        for i in range(12)
        for j in range(i + 1, 12)
        for k in range(j + 1, 12)
        if max((corners[a] - corners[b]).length for a, b in ((i, j), (j, k), (i, k))) < near
    ]
    return corners, faces


def panel(rim: list[Vector], radius: float, leather: bpy.types.Material) -> bpy.types.Object:
    """Make one bulging patch of a ball over a flat polygon."""
    middle = sum(rim, Vector()) / len(rim)
    axis = middle.normalized()
    side = (rim[0] - middle).normalized()
    rim = sorted(rim, key=lambda p: atan2(axis.dot(side.cross(p - middle)), side.dot(p - middle)))
    edge = [rim[i].lerp(rim[(i + 1) % len(rim)], t / 8) for i in range(len(rim)) for t in range(8)]
    levels = [0, 0.2, 0.4, 0.6, 0.75, 0.86, 0.93, 0.97, 1.0]
    n = len(edge)
    points = [middle.lerp(p, t).normalized() * radius * (1.012 - 0.04 * t**14) for t in levels for p in edge]
    faces = [
        (i * n + k, i * n + (k + 1) % n, (i + 1) * n + (k + 1) % n, (i + 1) * n + k)
        for i in range(len(levels) - 1)
        for k in range(n)
    ]
    return s.mesh(points, faces, leather, smooth=True)


def soccer_ball() -> None:
    """A classic football of black and white patches."""
    white = s.material("#f2f2ee", 0.35, coat=0.2, bump=0.15, bump_scale=60)
    black = s.material("#0e0e10", 0.35, coat=0.2, bump=0.15, bump_scale=60)
    corners, faces = icosahedron()
    ball = []
    for corner in corners:
        close = [c for c in corners if 0.1 < (c - corner).length < 1.1]
        ball.append(panel([corner.lerp(c, 1 / 3) for c in close], 1.3, black))
    for a, b, c in faces:
        pairs = ((a, b), (b, a), (b, c), (c, b), (c, a), (a, c))
        ball.append(panel([corners[i].lerp(corners[j], 1 / 3) for i, j in pairs], 1.3, white))
    ball.append(s.sphere(1.268, s.material("#30302e", 0.7)))
    s.group(ball, (0, 0, 1.3), (24, 12, 18))
    s.tabletop(s.speckled([(0.3, "#2f5a1c"), (0.7, "#5c8a34")], 14, 0.9, bump=1.0, bump_scale=30), "#9fb6c4", depth=12)
    s.studio_light(1.3, side=-1, warmth=0.1, scale=1.2)
    s.camera((0, -7.4, 2.5), (0, 0, 1.22), 52, 1.8)


GUITAR = [
    (0, -1.55),
    (0.62, -1.5),
    (1.02, -1.15),
    (1.1, -0.7),
    (0.9, -0.2),
    (0.68, 0.15),
    (0.66, 0.4),
    (0.8, 0.75),
    (0.8, 1.1),
    (0.55, 1.4),
    (0.15, 1.48),
]
"""The right half of a guitar's outline, from its bottom up to the neck."""


def guitar() -> None:
    """An acoustic guitar that leans upright."""
    outline = [*GUITAR, *((-x, y) for x, y in reversed(GUITAR[1:]))]
    top = s.wood("#dca25a", "#b97a34", 0.7, roughness=0.2, coat=0.6, along=1)
    sides = s.wood("#6a351a", "#3a1a0c", 0.8, roughness=0.2, coat=0.6, along=0)
    ebony = s.material("#1d1411", 0.4, bump=0.1)
    steel = s.metal("#d9d6cc", 0.2)
    hole = [(0.36 * cos(2 * pi * k / 24), 0.36 * sin(2 * pi * k / 24) + 0.35) for k in range(24)]
    parts = [
        s.extrude(outline, 0.46, sides, (0, 0, -0.25), bevel=0.03, curved=True),
        s.extrude(outline, 0.03, top, (0, 0, 0.0), bevel=0.01, curved=True, holes=[hole]),
        s.cylinder(0.36, 0.02, s.material("#0a0604", 0.9), (0, 0.35, -0.012)),
        s.torus(0.39, 0.022, ebony, (0, 0.35, 0.016)),
        s.torus(0.45, 0.008, s.material("#f0e6d0", 0.4), (0, 0.35, 0.016)),
        s.box((0.8, 0.16, 0.07), ebony, (0, -0.72, 0.05), bevel=0.02),
        s.box((0.62, 0.025, 0.05), s.material("#f3ecdc", 0.4), (0, -0.68, 0.1)),
        s.box((0.31, 2.25, 0.07), ebony, (0, 1.85, 0.06), bevel=0.01),
        s.box((0.3, 1.75, 0.16), sides, (0, 2.2, -0.05), bevel=0.06),
        s.box((0.32, 0.03, 0.03), s.material("#f3ecdc", 0.4), (0, 2.96, 0.1)),
        s.extrude(
            [
                (-0.15, 2.97),
                (0.15, 2.97),
                (0.24, 3.15),
                (0.2, 3.72),
                (0.08, 3.68),
                (-0.08, 3.68),
                (-0.2, 3.72),
                (-0.24, 3.15),
            ],
            0.1,
            sides,
            (0, 0, 0.0),
            bevel=0.02,
        ),
    ]
    plate = [(0.36, 0.25), (0.62, 0.1), (0.72, -0.25), (0.5, -0.45), (0.25, -0.25), (0.2, 0.0)]
    parts.append(s.extrude(plate, 0.008, s.material("#2a140c", 0.15, coat=0.6), (0, 0, 0.022), curved=True))
    for fret in range(15):
        parts.append(s.box((0.3, 0.015, 0.02), steel, (0, 2.95 - 2.3 * (1 - 2 ** (-(fret + 1) / 12)) * 1.55, 0.1)))
    for k in range(6):
        x = (k - 2.5) / 2.5
        parts.append(
            s.tube(
                [(0.25 * x, -0.7, 0.125), (0.12 * x, 2.96, 0.125), (0.14 * x, 3.2 + 0.08 * (k % 3), 0.07)],
                0.007,
                steel,
                curved=False,
            )
        )
    for side in (-1, 1):
        for k in range(3):
            y = 3.2 + 0.18 * k
            parts.append(s.cylinder(0.03, 0.1, steel, (side * 0.13, y, 0.08)))
            parts.append(s.cylinder(0.05, 0.12, s.material("#f3ecdc", 0.3), (side * 0.3, y, 0), (0, 90, 0), bevel=0.02))
    s.group(parts, (0, 0.1, 1.58), (80, 0, 0))
    s.backdrop("#d9d4cb", depth=4)
    s.studio_light(1.6, side=-1, warmth=0.3, scale=1.5)
    s.camera((0.9, -9.0, 2.9), (0, 0, 2.6), 58)


ROWS = ["1234567890-=", "QWERTYUIOP[]", "ASDFGHJKL;'", "ZXCVBNM,./"]


def keyboard() -> None:
    """A black computer keyboard on a desk, seen from above at a slant."""
    s.tabletop(s.wood("#c2a07a", "#94714b", 0.4), "#a0a0a0", depth=9)
    case = s.plastic("#17181b", 0.4)
    cap = s.plastic("#25272b", 0.45)
    ink = s.material("#e8e8e8", 0.5)
    parts = [s.box((6.1, 2.35, 0.22), case, (0, 0, 0.11), bevel=0.06)]

    def key(x: float, row: float, width: float, label: str) -> None:
        y = 0.9 - 0.38 * row
        parts.append(s.box((0.38 * width - 0.05, 0.33, 0.2), cap, (x, y, 0.29), bevel=0.045))
        if label:
            parts.append(s.text(label, 0.15 if len(label) == 1 else 0.09, 0.002, ink, (x, y + 0.02, 0.392)))

    for k in range(15):
        key(-2.77 + 0.396 * k, -0.05, 0.95, "Esc" if k == 0 else (f"F{k}" if k < 13 else ""))
    left = -2.96
    for row, (letters, lead, tail) in enumerate(
        zip(ROWS, (1.0, 1.5, 1.8, 2.35), (2.0, 1.5, 2.2, 2.65), strict=True), 1
    ):
        x = left + 0.19 * lead
        key(x, row, lead, ("", "Tab", "Caps", "Shift")[row - 1])
        x = left + 0.38 * lead
        for letter in letters:
            key(x + 0.19, row, 1.0, letter)
            x += 0.38
        key(x + 0.19 * tail, row, tail, ("Back", "", "Enter", "Shift")[row - 1])
        key(2.77, row, 0.95, "")
    x = left
    for width, label in ((1.25, "Ctrl"), (1.25, ""), (1.25, "Alt"), (6.2, ""), (1.25, "Alt"), (1.25, "Ctrl")):
        key(x + 0.19 * width, 5, width, label)
        x += 0.38 * width
    for k in range(3):
        key(2.01 + 0.38 * k, 5, 1.0, "")
    s.group(parts, (0, 0, 0), (2, 0, 9))
    s.studio_light(1.3, side=-1, warmth=0.2, scale=1.4)
    s.camera((-0.9, -5.6, 5.2), (0.0, -0.1, 0), 39, 1.6)


def umbrella() -> None:
    """An open umbrella with eight panels and a hooked handle."""
    parts = []
    fabrics = [s.material(c, 0.75, bump=0.05, bump_scale=120) for c in ("#b20d18", "#a00a14")]
    steel = s.metal("#b8bcc2", 0.25)
    steps = 14

    def rib(angle: float, t: float, sag: float) -> tuple[float, float, float]:
        fall = t * radians(66)
        r, z = 2.6 * sin(fall) * (1 - 0.07 * sag * t**2), 2.6 * 0.72 * cos(fall) + 0.10 * sag * t**3
        return r * cos(angle), r * sin(angle), z

    for k in range(8):
        points = []
        for i in range(steps + 1):
            for j in range(steps + 1):
                u = j / steps
                points.append(rib(radians(45 * (k + u)), i / steps, 4 * u * (1 - u)))
        faces = [
            (i * (steps + 1) + j, i * (steps + 1) + j + 1, (i + 1) * (steps + 1) + j + 1, (i + 1) * (steps + 1) + j)
            for i in range(steps)
            for j in range(steps)
        ]
        parts.append(s.mesh(points, faces, fabrics[k % 2], smooth=True))
        under = [rib(radians(45 * k), t / 8, 0) for t in range(9)]
        parts.append(s.tube([(x, y, z - 0.04) for x, y, z in under], 0.014, steel))
        x, y, z = under[4]
        parts.append(s.tube([(0, 0, 0.9), (x, y, z - 0.03)], 0.012, steel, curved=False))
        parts.append(s.sphere(0.03, steel, under[8]))
    parts.append(s.cylinder(0.035, 3.6, steel, (0, 0, 0.25)))
    parts.append(s.cylinder(0.04, 0.3, steel, (0, 0, 2.0), top=0.015))
    timber = s.wood("#8a5227", "#4d2a12", 2, roughness=0.25, coat=0.5)
    hook = [(0.28 - 0.28 * cos(radians(a)), 0, -2.1 - 0.28 * sin(radians(a))) for a in range(0, 200, 15)]
    parts.append(s.tube([(0, 0, -1.45), (0, 0, -1.8), *hook], 0.07, timber))
    s.group(parts, (0, 0, 2.3), (14, 24, 0))
    s.studio_light(0.75, side=-1, warmth=0.2, scale=1.6)
    s.camera((0, -11, 2.2), (0.28, 0, 2.25), 72)


def dumbbell() -> None:
    """A chrome dumbbell with black plates on a wooden floor."""
    s.tabletop(s.wood("#b08a5e", "#7b5836", 0.5), "#b9b9b4", depth=7)
    chrome, iron = s.metal("#d4d6d8", 0.15), s.material("#17181a", 0.45, bump=0.1, bump_scale=70)
    parts = [s.cylinder(0.14, 4.1, chrome, (0, 0, 0), (0, 90, 0), bevel=0.03)]
    for side in (-1, 1):
        for x, radius, width in ((0.85, 0.78, 0.28), (1.16, 0.78, 0.28), (1.44, 0.6, 0.24)):
            plate = [
                (0.14, -width / 2),
                (radius - 0.06, -width / 2),
                (radius, -width / 2 + 0.06),
                (radius, width / 2 - 0.06),
                (radius - 0.06, width / 2),
                (radius - 0.16, width / 2),
                (radius - 0.2, width / 2 - 0.05),
                (0.3, width / 2 - 0.05),
                (0.26, width / 2),
                (0.14, width / 2),
            ]
            parts.append(s.lathe(plate, iron, (side * x, 0, 0), (0, side * 90, 0)))
        parts.append(s.cylinder(0.24, 0.18, chrome, (side * 1.68, 0, 0), (0, 90, 0), bevel=0.04, segments=6))
        parts.append(s.cylinder(0.2, 0.1, chrome, (side * 0.64, 0, 0), (0, 90, 0), bevel=0.03))
    s.group(parts, (0, 0, 0.78), (0, 0, 28))
    s.studio_light(1.2, side=-1, warmth=0.1, scale=1.1)
    s.camera((0, -6.6, 3.0), (-0.05, 0, 0.7), 58, 1.8)


PICTURES = [
    Picture("soccer-ball.jpg", soccer_ball, 640, 640),
    Picture("guitar.jpg", guitar, 600, 800),
    Picture("keyboard.jpg", keyboard),
    Picture("umbrella.png", umbrella, 640, 640, transparent=True),
    Picture("dumbbell.jpg", dumbbell),
]
