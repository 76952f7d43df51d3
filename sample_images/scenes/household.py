"""Things of the house: a wall clock, candles, an hourglass, a padlock, a teapot."""

from __future__ import annotations

from math import cos, radians, sin

import bpy

from scenes import studio as s
from scenes.picture import Picture


def wall_clock() -> None:
    """A round clock on a wall; it says ten past ten."""
    s.box((40, 40, 0.2), s.material("#7fa3a8", 0.9, variation=0.03, bump=0.15, bump_scale=25), (0, 0, -0.1))
    rim = s.material("#16181b", 0.25, coat=0.4)
    s.lathe(
        [(1.78, 0.0), (2.02, 0.0), (2.1, 0.1), (2.08, 0.3), (1.98, 0.38), (1.86, 0.3), (1.8, 0.12)],
        rim,
        curved=True,
        segments=160,
    )
    s.cylinder(1.82, 0.1, s.material("#f6f4ee", 0.5), (0, 0, 0.05), segments=128)
    ink = s.material("#101214", 0.5)
    for minute in range(60):
        angle = radians(6 * minute)
        size = (0.05, 0.17, 0.01) if minute % 5 == 0 else (0.018, 0.09, 0.01)
        s.box(size, ink, (1.66 * sin(angle), 1.66 * cos(angle), 0.105), (0, 0, -6 * minute))
    for hour in range(1, 13):
        angle = radians(30 * hour)
        s.text(str(hour), 0.42, 0.006, ink, (1.33 * sin(angle), 1.33 * cos(angle) - 0.01, 0.104), bevel=0.008)
    for turn, length, width, z in ((-305, 0.95, 0.1, 0.15), (-60, 1.42, 0.075, 0.18)):
        outline = [(-width / 2, -0.28), (width / 2, -0.28), (width * 0.32, length), (-width * 0.32, length)]
        s.extrude(outline, 0.02, ink, (0, 0, z), (0, 0, turn), bevel=0.004)
    red = s.material("#c4151b", 0.4)
    s.extrude([(-0.025, -0.42), (0.025, -0.42), (0.012, 1.5), (-0.012, 1.5)], 0.014, red, (0, 0, 0.21), (0, 0, -212))
    s.cylinder(0.08, 0.12, red, (0, 0, 0.18), bevel=0.02)
    s.area_light((-5, 5, 7), (0, 0, 0), 3, 1100, "#fff4e6")
    s.area_light((6, -3, 8), (0, 0, 0), 5, 350, "#e8f0ff")
    s.camera((0, -1.5, 8.1), (0, 0, 0.1), 55)


def candle(at: s.Point, radius: float, height: float, wax: bpy.types.Material) -> None:
    """Stand a burning pillar candle at a place."""
    x, y, z = at
    r, h = radius, height
    body = s.lathe(
        [
            (0, 0),
            (r * 0.97, 0),
            (r, 0.04),
            (r, h - 0.08),
            (r * 0.96, h),
            (r * 0.86, h - 0.02),
            (r * 0.7, h - 0.12),
            (0, h - 0.14),
        ],
        wax,
        at,
    )
    s.displace(body, 0.03, 0.5, round(10 * radius))
    s.tube([(0, 0, h - 0.16), (0.01, 0, h), (0.05, 0, h + 0.14)], 0.025, s.material("#1a1410", 0.9), at)
    shader = s.Shader("flame")
    split = shader.node("ShaderNodeSeparateXYZ")
    shader.link(shader.coordinates(space="Generated"), split.inputs[0])
    colour = shader.ramp(split.outputs[2], [(0.0, "#2040ff"), (0.16, "#ff8a20"), (0.45, "#ffd27a"), (0.9, "#ffb040")])
    shader.link(colour, shader.principled.inputs["Emission Color"])
    shader.set(Emission_Strength=14.0, Base_Color=(0, 0, 0, 1))
    s.lathe(
        [(0, 0), (0.07, 0.05), (0.115, 0.17), (0.1, 0.32), (0.05, 0.5), (0, 0.68)],
        shader.material,
        (x + 0.04, y, z + h + 0.04),
        curved=True,
        sharp=180,
    )
    s.point_light((x + 0.04, y, z + h + 0.35), 26, "#ffb060", 0.12)


def candles() -> None:
    """Three burning candles in a dim room."""
    s.ambient("#ffd9b0", 0.12)
    s.tabletop(s.wood("#6a452b", "#352013", 0.5), "#6b5d50", depth=5)
    wax = s.material("#f3e6c8", 0.45, subsurface=0.5, coat=0.1)
    candle((0.0, 0.2, 0), 0.52, 2.3, wax)
    candle((-1.15, -0.1, 0), 0.5, 1.55, wax)
    candle((1.1, -0.3, 0), 0.48, 1.05, wax)
    s.area_light((-4, -4, 4), (0, 0, 1), 3, 200, "#ffcf9a")
    s.camera((0.1, -7.4, 2.9), (0, 0, 1.35), 50, 1.4)


def hourglass() -> None:
    """An hourglass with running sand between two wooden plates."""
    s.tabletop(s.wood("#a5774c", "#6b4427", 0.5), "#8d9aa3", depth=7)
    timber = s.wood("#7d4723", "#41210f", 1.2, roughness=0.3, coat=0.4)
    for z in (0.12, 3.28):
        s.lathe(
            [(0, -0.12), (1.0, -0.12), (1.08, -0.07), (1.0, 0), (1.08, 0.07), (1.0, 0.12), (0, 0.12)], timber, (0, 0, z)
        )
    for k in range(3):
        x, y = 0.88 * cos(radians(120 * k + 35)), 0.88 * sin(radians(120 * k + 35))
        s.lathe(
            [
                (0.07, 0.2),
                (0.1, 0.35),
                (0.06, 0.5),
                (0.05, 0.9),
                (0.1, 1.5),
                (0.12, 1.7),
                (0.1, 1.9),
                (0.05, 2.5),
                (0.06, 2.9),
                (0.1, 3.05),
                (0.07, 3.2),
            ],
            timber,
            (x, y, 0),
            curved=True,
            segments=32,
        )
    outer = [
        (0.5, 0.24),
        (0.68, 0.4),
        (0.72, 0.75),
        (0.6, 1.15),
        (0.3, 1.48),
        (0.075, 1.66),
        (0.07, 1.74),
        (0.3, 1.92),
        (0.6, 2.25),
        (0.72, 2.65),
        (0.68, 3.0),
        (0.5, 3.16),
    ]
    inner = [(max(0.035, r - 0.045), z) for r, z in outer]
    profile = [tuple(p) for p in s.spline([(r, z, 0) for r, z in outer])]
    back = [tuple(p) for p in reversed(s.spline([(r, z, 0) for r, z in inner]))]
    s.lathe([(0, 0.24), *profile, (0, 3.16), (0, 3.12), *back, (0, 0.28), (0, 0.24)], s.glass(), segments=96)
    sand = s.speckled([(0.35, "#c98b46"), (0.65, "#ecc27f")], 40, 0.9, bump=0.4, bump_scale=90)
    s.lathe([(0, 0.29), (0.46, 0.29), (0.61, 0.42), (0.65, 0.62), (0.5, 0.74), (0.25, 0.92), (0, 1.05)], sand)
    s.lathe(
        [(0, 1.72), (0.03, 1.76), (0.23, 1.93), (0.52, 2.24), (0.6, 2.42), (0.4, 2.33), (0.15, 2.22), (0, 2.18)], sand
    )
    s.cylinder(0.018, 0.9, sand, (0, 0, 1.35))
    s.studio_light(1.3, side=-1, warmth=0.3, scale=1.2)
    s.camera((0.6, -8.0, 2.5), (0, 0, 1.66), 58, 1.6)


def padlock() -> None:
    """A closed brass padlock."""
    s.tabletop(s.wood("#565a5c", "#383b3d", 0.6), "#7c8084", depth=6)
    brass = s.material("#c99a3c", 0.28, 1.0, bump=0.06, bump_scale=30)
    steel = s.metal("#d6d9dc", 0.14)
    body = s.box((1.7, 0.7, 1.45), brass, (0, 0, 0.725), bevel=0.12, segments=5)
    dark = s.material("#1c1710", 0.6)
    arc = [(0.52 * cos(radians(a)), 0, 1.95 + 0.52 * sin(radians(a))) for a in range(0, 181, 5)]
    shackle = s.tube([(0.52, 0, 1.3), *arc, (-0.52, 0, 1.3)], 0.14, steel, curved=False)
    collars = [s.torus(0.15, 0.03, steel, (x, 0, 1.45)) for x in (-0.52, 0.52)]
    plate = s.cylinder(0.3, 0.06, steel, (0, -0.36, 0.62), (90, 0, 0), bevel=0.02)
    hole = s.extrude(
        [
            (-0.05, -0.2),
            (0.05, -0.2),
            (0.03, 0.02),
            (0.09, 0.1),
            (0.05, 0.19),
            (-0.05, 0.19),
            (-0.09, 0.1),
            (-0.03, 0.02),
        ],
        0.02,
        dark,
        (0, -0.4, 0.6),
        (90, 0, 0),
    )
    rivets = [
        s.cylinder(0.055, 0.03, steel, (x, -0.355, z), (90, 0, 0), bevel=0.012)
        for x in (-0.7, 0.7)
        for z in (0.18, 1.26)
    ]
    s.group([body, shackle, *collars, plate, hole, *rivets], (0, 0, 0), (0, 0, -14))
    s.studio_light(1.1, side=-1, warmth=0.2)
    s.camera((0.3, -6.6, 2.5), (0.0, 0, 1.2), 56, 1.8)


def teapot() -> None:
    """A round green teapot with a lid."""
    s.tabletop(s.cloth("#ded6c6", 22, 0.3), "#8d7f72", depth=6)
    glaze = s.ceramic("#2f6b5a")
    s.lathe(
        [
            (0, 0),
            (0.6, 0),
            (0.66, 0.06),
            (0.98, 0.35),
            (1.2, 0.8),
            (1.16, 1.25),
            (0.88, 1.62),
            (0.56, 1.8),
            (0.52, 1.86),
            (0, 1.86),
        ],
        glaze,
        curved=True,
    )
    s.lathe(
        [
            (0.58, 1.83),
            (0.6, 1.88),
            (0.5, 1.97),
            (0.25, 2.07),
            (0.09, 2.12),
            (0.08, 2.2),
            (0.17, 2.3),
            (0.16, 2.4),
            (0.06, 2.46),
            (0, 2.46),
        ],
        glaze,
        curved=True,
    )
    s.tube(
        [(0.8, 0, 0.68), (1.36, 0, 0.85), (1.62, 0, 1.2), (1.82, 0, 1.6), (2.08, 0, 1.78)],
        [0.3, 0.25, 0.18, 0.14, 0.13],
        glaze,
    )
    s.sphere(0.1, s.material("#0c100e", 0.8), (2.07, 0, 1.78), (0, 40, 0), (0.9, 1, 0.4))
    arc = [(-1.05 - 0.75 * cos(a), 0, 1.0 + 0.55 * sin(a)) for a in (radians(k) for k in range(60, -61, -15))]
    s.tube([(-0.95, 0, 1.5), *arc, (-1.0, 0, 0.5)], [0.1, *[0.105] * len(arc), 0.1], glaze)
    s.studio_light(1.2, side=-1, warmth=0.3, scale=1.1)
    s.camera((0.3, -7.6, 3.0), (0.15, 0, 1.12), 54, 1.8)


PICTURES = [
    Picture("wall-clock.gif", wall_clock, 600, 600),
    Picture("candles.avif", candles, 640, 640, quality=70),
    Picture("hourglass.jpg", hourglass, 600, 800, samples=96),
    Picture("padlock.jpg", padlock),
    Picture("teapot.webp", teapot),
]
