"""Things of the tabletop: a Chinese red envelope, cups and mugs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin

import bmesh
import bpy

from scenes import studio as s
from scenes.picture import Picture

GOLD = "#e8b23a"


def drape(thing: bpy.types.Object, height: Callable[[float, float], float], grain: float = 0.12) -> bpy.types.Object:
    """Turn a flat curve or lettering into a mesh that lies on a height field (its own x, y count)."""
    bpy.context.view_layer.update()
    data = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    work = bmesh.new()
    work.from_mesh(data)
    work.transform(thing.matrix_world)
    bmesh.ops.remove_doubles(work, verts=work.verts, dist=1e-5)
    for _ in range(6):
        long = [e for e in work.edges if e.calc_length() > grain]
        bmesh.ops.subdivide_edges(work, edges=long, cuts=1)
        bmesh.ops.triangulate(work, faces=[f for f in work.faces if len(f.verts) > 4])
    for vertex in work.verts:
        vertex.co.z += height(vertex.co.x, vertex.co.y)
    work.to_mesh(data)
    work.free()
    bpy.data.objects.remove(thing)
    return s.soften(s.add(data, None), 30)


def oblong(width: float, height: float, corner: float, at: tuple[float, float] = (0, 0)) -> list[tuple[float, float]]:
    """Give the outline of a rectangle with round corners."""
    points = []
    for quarter, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for k in range(7):
            angle = quarter * pi / 2 + k * pi / 12
            points.append(
                (
                    at[0] + sx * (width / 2 - corner) + corner * cos(angle),
                    at[1] + sy * (height / 2 - corner) + corner * sin(angle),
                )
            )
    return points


def circle(radius: float, at: tuple[float, float] = (0, 0), steps: int = 64) -> list[tuple[float, float]]:
    """Give the outline of a circle."""
    return [(at[0] + radius * cos(2 * pi * k / steps), at[1] + radius * sin(2 * pi * k / steps)) for k in range(steps)]


def frame(
    outer: Sequence[tuple[float, float]],
    inner: Sequence[tuple[float, float]],
    gold: bpy.types.Material,
    z: float = 0.02,
) -> bpy.types.Object:
    """Make a thin gold line between two outlines."""
    return s.extrude(outer, 0.008, gold, (0, 0, z), holes=[inner])


def red_envelope() -> None:
    """A red packet with gold print, its pointed flap sealed, beside three old coins."""
    s.tabletop(s.wood("#8a5a34", "#4a2a17", 0.5), depth=8)
    red = s.material("#ac0610", 0.55, variation=0.05, variation_scale=2, bump=0.12, bump_scale=160)
    gold = s.material(GOLD, 0.32, 0.9, bump=0.05, bump_scale=60)
    width, height, drop, seal = 2.1, 2.9, 1.4, 0.26
    side, top = width / 2 - 0.01, height / 2 - 0.01

    def swell(x: float, y: float) -> float:
        u, v = min(1.0, abs(2 * x / width)), min(1.0, abs(2 * y / height))
        return 0.10 * (1 - u**2) * (1 - v**2)

    low = [(-side, -top), (side, -top), (0.12, -top + 1.25), (-0.12, -top + 1.25)]
    flap = [
        (-side, top),
        (-side, top - 0.12),
        (-0.2, top - drop + 0.1),
        (0, top - drop),
        (0.2, top - drop + 0.1),
        (side, top - 0.12),
        (side, top),
    ]
    edge = [(x, y, 0.054) for x, y in flap[1:-1]]
    parts = [
        s.extrude(oblong(width, height, 0.04), 0.02, red, (0, 0, 0.01), bevel=0.004),
        s.extrude(low, 0.014, red, (0, 0, 0.024), bevel=0.004),
        s.extrude(flap, 0.016, red, (0, 0, 0.044), bevel=0.004),
        s.tube(edge, 0.02, gold, curved=False),
        s.extrude(circle(seal, (0, top - drop + 0.12)), 0.02, gold, (0, 0, 0.064), bevel=0.006),
        s.text("福", 1.3 * seal, 0.01, red, (0, top - drop + 0.11, 0.079)),
        s.text("福", 0.5, 0.006, gold, (0, -0.85, 0.034), bevel=0.003),
    ]
    s.group([drape(part, swell) for part in parts], rotation=(0, 0, -12))
    coin = s.material("#c79232", 0.35, 1.0, bump=0.2, bump_scale=18)
    for x, y, turn in ((1.55, 0.6, 20), (1.75, -0.1, 50), (1.42, -0.75, 5)):
        s.extrude(circle(0.27), 0.05, coin, (x, y, 0.03), (0, 0, turn), bevel=0.012, holes=[oblong(0.16, 0.16, 0.01)])
        s.torus(0.25, 0.018, coin, (x, y, 0.055))
    s.studio_light(1.1, side=-1, warmth=0.4)
    s.camera((0.25, -3.8, 5.1), (0.15, -0.05, 0), 52, 2.5)


def coffee(radius: float, z: float, crema: bool = False) -> None:
    """Fill a cup with coffee to a height; crema makes it the light brown foam of an espresso."""
    stops = [(0.35, "#7a4618"), (0.65, "#b57a38")] if crema else [(0.3, "#1c0d06"), (0.7, "#2a150a")]
    s.cylinder(radius, 0.02, s.speckled(stops, 5, 0.35 if crema else 0.08), (0, 0, z))
    if not crema:
        s.torus(radius - 0.015, 0.02, s.material("#6a3c1c", 0.3), (0, 0, z + 0.005))


def handle(
    reach: float, start: float, low: float, high: float, thickness: float, glaze: bpy.types.Material
) -> bpy.types.Object:
    """Make an ear-shaped handle on the +x side, from height `low` to `high` on a wall at x = start."""
    middle, half = (low + high) / 2, (high - low) / 2
    arc = [(start + reach * cos(a), 0, middle + half * sin(a)) for a in (k * pi / 10 for k in range(4, -5, -1))]
    path = [
        (start - 0.02, 0, high),
        (start + reach * 0.1, 0, high + 0.01),
        *arc,
        (start - 0.02, 0, low),
        (start - 0.14, 0, low - 0.05),
    ]
    return s.tube(path, [thickness * k for k in (1.3, 1.15, *[1.0] * 9, 1.15, 1.3)], glaze)


def saucer(radius: float, glaze: bpy.types.Material) -> None:
    """Lay a saucer about the origin."""
    r = radius
    s.lathe(
        [
            (0, 0.03),
            (r * 0.42, 0.03),
            (r * 0.45, 0),
            (r * 0.5, 0),
            (r * 0.54, 0.05),
            (r * 0.8, 0.13),
            (r, 0.24),
            (r * 0.99, 0.265),
            (r * 0.8, 0.18),
            (r * 0.5, 0.1),
            (r * 0.42, 0.085),
            (0, 0.085),
        ],
        glaze,
        curved=True,
    )


def spoon(at: Sequence[float], turn: float) -> None:
    """Lay a small steel spoon, its bowl at `at`, its stem along +x before the turn."""
    steel = s.metal("#d5d6d8", 0.16)
    bowl = s.sphere(0.2, steel, (0, 0, 0.03), scale=(1.35, 0.85, 0.22))
    stem = s.tube([(0.2, 0, 0.04), (0.5, 0, 0.1), (0.9, 0, 0.1), (1.5, 0, 0.07)], [0.05, 0.035, 0.04, 0.075], steel)
    stem.scale = (1, 1, 0.5)
    s.group([bowl, stem], at, (0, 0, turn))


def cup_white() -> None:
    """A white porcelain cup of coffee on its saucer, with a spoon."""
    s.tabletop(s.wood("#a87446", "#6b4023", 0.6), "#a9a398", depth=5)
    glaze = s.ceramic("#f5f2ec")
    saucer(1.25, glaze)
    s.lathe(
        [
            (0, 0.16),
            (0.36, 0.16),
            (0.4, 0.09),
            (0.45, 0.1),
            (0.47, 0.18),
            (0.66, 0.42),
            (0.78, 0.75),
            (0.83, 1.12),
            (0.815, 1.14),
            (0.795, 1.12),
            (0.74, 0.78),
            (0.6, 0.46),
            (0.4, 0.26),
            (0, 0.22),
        ],
        glaze,
        curved=True,
    )
    handle(0.38, 0.8, 0.5, 0.98, 0.065, glaze)
    coffee(0.775, 1.0)
    spoon((-0.1, -1.0, 0.24), 14)
    s.studio_light(1.0, side=-1)
    s.camera((0.7, -5.2, 3.1), (0.08, 0, 0.5), 58, 1.6)


def mug_blue() -> None:
    """A tall blue mug of coffee with a big handle."""
    s.tabletop(s.wood("#c79a68", "#94683c", 0.5), "#cfc8bb", depth=5)
    glaze, inside = s.ceramic("#1d4f9e"), s.ceramic("#f1ede4")
    s.lathe(
        [(0, 0), (0.62, 0), (0.68, 0.05), (0.7, 0.15), (0.7, 1.6), (0.69, 1.66), (0.665, 1.68)], glaze, curved=False
    )
    s.lathe([(0.665, 1.68), (0.64, 1.66), (0.63, 1.55), (0.63, 0.2), (0, 0.15)], inside)
    handle(0.5, 0.7, 0.45, 1.35, 0.1, glaze)
    coffee(0.63, 1.45)
    s.studio_light(1.0, side=-1)
    s.camera((0.4, -5.6, 2.9), (0.2, 0, 0.82), 62, 1.8)


def espresso() -> None:
    """A small espresso with its foam, on a saucer with two beans."""
    s.tabletop(s.wood("#5d4030", "#2e1d14", 0.6), "#6e655b", depth=5)
    glaze = s.ceramic("#f6f4ef")
    saucer(1.15, glaze)
    s.lathe(
        [
            (0, 0.14),
            (0.3, 0.14),
            (0.36, 0.09),
            (0.42, 0.12),
            (0.56, 0.4),
            (0.66, 0.8),
            (0.7, 1.05),
            (0.685, 1.07),
            (0.64, 1.05),
            (0.58, 0.8),
            (0.48, 0.42),
            (0.3, 0.24),
            (0, 0.2),
        ],
        glaze,
        curved=True,
    )
    handle(0.3, 0.67, 0.52, 0.92, 0.065, glaze)
    coffee(0.62, 0.94, crema=True)
    bean = s.material("#3a1d0e", 0.35, bump=0.3, bump_scale=8)
    for x, y, turn in ((-0.72, -0.55, 30), (-0.5, -0.72, 100)):
        s.sphere(0.12, bean, (x, y, 0.2), (10, 0, turn), (1.3, 0.9, 0.65))
    s.studio_light(1.0, side=1, warmth=0.5)
    s.camera((0.5, -4.6, 3.5), (-0.02, 0, 0.45), 57, 1.6)


PICTURES = [
    Picture("red-envelope.jpg", red_envelope, taken="2023-01-22T10:15:42+08:00", gps=(1.2838, 103.8434)),
    Picture("cup-white.jpg", cup_white, taken="2023-05-14T08:41:07+02:00", gps=(48.2082, 16.3738)),
    Picture("mug-blue.png", mug_blue, 640, 640),
    Picture("espresso.jpg", espresso, 600, 800, orientation=6),
]
