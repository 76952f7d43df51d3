"""Pictures of furniture: a sofa, a bookcase, a park bench and a four-poster bed."""

from __future__ import annotations

import numpy as np

from scenes import studio as s
from scenes.car_parts import blob
from scenes.modelling import grid_faces, rounded_cube
from scenes.picture import Picture
from scenes.roadside import foliage, ground, leafy, tree
from scenes.shading import Graph, Tint, meadow, plain, timber

PUNCHY = "AgX - Punchy"
OAK_DARK, OAK_LIGHT = (0.12, 0.06, 0.025), (0.36, 0.2, 0.09)


def room(wall: Tint, floor: tuple[Tint, Tint] = (OAK_DARK, OAK_LIGHT), depth: float = 1.0) -> None:
    """A wooden floor, a wall with a skirting board behind (y = depth), and daylight from the left."""
    boards = timber("floor", *floor, 0.35)
    for row in range(-30, int(depth / 0.14) + 1):
        for part in range(-3, 4):
            s.box(
                (1.995, 0.138, 0.03),
                boards,
                (part * 2.0 + (row * 0.77) % 2.0, row * 0.14, -0.015),
                bevel=0.002,
            )
    graph = Graph("wall")
    grain = graph.noise(90.0, 3.0)
    s.box(
        (14, 0.2, 4),
        graph.done(graph.surface(wall, 0.9, Normal=graph.bump(grain, 0.15, 0.01))),
        (0, depth + 0.1, 2),
    )
    s.box((14, 0.03, 0.12), plain("skirting", (0.75, 0.74, 0.7), 0.4), (0, depth - 0.01, 0.06), bevel=0.006)
    s.area_light((-4.2, -2.6, 3.0), (0, 0, 0.5), 2.2, 330, "#fff4e2")
    s.area_light((3.5, -4.5, 2.6), (0, 0, 0.6), 3.0, 90, "#dfe8ff")
    s.ambient("#dfe6ee", 0.25)


def upholstery(colour: Tint) -> object:
    """Coarse woven cloth."""
    graph = Graph("upholstery")
    x, y, z = graph.split(graph.coordinates())
    weave = graph.math(
        "MULTIPLY",
        graph.math("SINE", graph.math("MULTIPLY", graph.math("ADD", x, y), 700.0)),
        graph.math("SINE", graph.math("MULTIPLY", graph.math("ADD", z, y), 700.0)),
    )
    patches = graph.ramp(graph.noise(5.0, 4.0), (0.3, tuple(c * 0.8 for c in colour)), (0.7, colour))
    return graph.done(graph.surface(patches, 0.95, Sheen_Weight=0.3, Normal=graph.bump(weave, 0.25, 0.002)))


def sofa() -> None:
    """A three-seat sofa with two throw cushions before a pale wall."""
    room((0.62, 0.6, 0.54), depth=0.75)
    cloth = upholstery((0.07, 0.13, 0.17))
    blob("base", (2.1, 0.86, 0.24), (0, 0.02, 0.26), cloth, 9.0)
    blob("back", (2.1, 0.26, 0.66), (0, 0.38, 0.5), cloth, 6.0, (-0.12, 0, 0))
    for x in (-0.64, 0, 0.64):
        blob("seat", (0.645, 0.72, 0.2), (x, -0.07, 0.45), cloth, 5.0)
        blob("back cushion", (0.63, 0.2, 0.48), (x, 0.21, 0.7), cloth, 4.0, (-0.2, 0, 0))
    for side in (-1, 1):
        blob("arm", (0.22, 0.92, 0.5), (side * 1.07, -0.01, 0.4), cloth, 5.0)
        for y in (-0.36, 0.36):
            s.cylinder(0.028, 0.16, timber("leg", OAK_DARK, OAK_LIGHT), (side * 1.0, y, 0.08), top=0.035)
    blob(
        "cushion",
        (0.44, 0.16, 0.42),
        (-0.74, -0.02, 0.74),
        upholstery((0.6, 0.3, 0.03)),
        2.8,
        (-0.4, 0.2, 0.25),
    )
    blob(
        "cushion",
        (0.42, 0.15, 0.4),
        (0.72, -0.02, 0.73),
        upholstery((0.62, 0.58, 0.5)),
        2.8,
        (-0.4, -0.15, -0.25),
    )
    rug = upholstery((0.45, 0.36, 0.27))
    s.box((2.8, 1.4, 0.015), rug, (0, -0.95, 0.012), bevel=0.006)
    s.camera((1.1, -3.9, 1.25), (0.02, 0.0, 0.42), 50)


def bookcase() -> None:
    """A tall oak bookcase filled with books."""
    room((0.5, 0.55, 0.5), depth=0.2)
    random = np.random.default_rng(12)
    oak = timber("oak", OAK_DARK, OAK_LIGHT, 0.45)
    width, high, shelves = 1.3, 2.0, 5
    for side in (-1, 1):
        s.box((0.03, 0.3, high), oak, (side * width / 2, 0, high / 2), bevel=0.004)
    s.box((width, 0.015, high), oak, (0, 0.145, high / 2))
    palette = [
        (0.35, 0.03, 0.02),
        (0.03, 0.08, 0.2),
        (0.05, 0.14, 0.07),
        (0.5, 0.36, 0.14),
        (0.6, 0.56, 0.46),
        (0.1, 0.05, 0.03),
        (0.22, 0.04, 0.09),
        (0.06, 0.2, 0.22),
        (0.02, 0.02, 0.025),
        (0.5, 0.17, 0.03),
    ]
    covers = [plain("cover", c, 0.55) for c in palette]
    paper, gold = plain("paper", (0.7, 0.65, 0.52), 0.9), plain("gold", (0.75, 0.55, 0.2), 0.35, Metallic=1.0)
    pitch = (high - 0.12) / shelves
    for shelf in range(shelves + 1):
        z = 0.08 + shelf * pitch
        s.box((width, 0.3, 0.028), oak, (0, 0, z), bevel=0.004)
        x = -width / 2 + 0.02
        while shelf < shelves:
            thick, tall, deep = (
                random.uniform(0.018, 0.055),
                random.uniform(0.2, 0.315),
                random.uniform(0.16, 0.23),
            )
            if x + thick > width / 2 - 0.03:
                break
            if random.random() < 0.025:
                x += 0.09
                continue
            front, base = -0.125 + random.uniform(0, 0.015), z + 0.014
            middle = (x + thick / 2, front + deep / 2, base + tall / 2)
            s.box((thick, deep, tall), covers[random.integers(len(covers))], middle, bevel=0.004)
            s.box((thick * 0.8, deep * 0.9, 0.002), paper, (middle[0], middle[1] + 0.008, base + tall))
            for share in random.choice([0.12, 0.2, 0.78, 0.86], random.integers(0, 4), replace=False):
                s.box((thick * 1.01, 0.004, 0.008), gold, (middle[0], front - 0.0005, base + tall * share))
            x += thick + 0.0015
    s.box((width + 0.1, 0.34, 0.04), oak, (0, -0.01, high + 0.02), bevel=0.01)
    s.box((width, 0.28, 0.08), oak, (0, 0, 0.04))
    s.camera((0.75, -4.1, 1.25), (0.0, 0, 1.0), 60)


def park_bench() -> None:
    """A slatted wooden bench with iron ends in a park."""
    wood = timber("slat", (0.13, 0.06, 0.025), (0.36, 0.19, 0.08), 0.5)
    iron = plain("iron", (0.012, 0.02, 0.015), 0.4, Metallic=0.3)
    for n in range(5):
        s.box((1.8, 0.085, 0.035), wood, (0, -0.22 + n * 0.1, 0.45 - 0.012 * (n > 2)), bevel=0.008)
    for n in range(4):
        s.box((1.8, 0.03, 0.09), wood, (0, 0.27 + n * 0.032, 0.55 + n * 0.11), (-15, 0, 0), bevel=0.008)
    for x in (-0.78, 0.78):
        s.tube([(x, -0.3, 0), (x, -0.25, 0.2), (x, -0.27, 0.42)], 0.022, iron)
        s.tube([(x, 0.36, 0), (x, 0.26, 0.22), (x, 0.24, 0.42), (x, 0.41, 0.95)], 0.024, iron)
        s.tube([(x, -0.28, 0.425), (x, 0.25, 0.425)], 0.02, iron, curved=False)
        s.tube(
            [
                (x, 0.32, 0.68),
                (x, 0.05, 0.7),
                (x, -0.26, 0.66),
                (x, -0.31, 0.6),
                (x, -0.26, 0.56),
                (x, -0.24, 0.43),
            ],
            0.022,
            iron,
        )
    ground(meadow(), 300, -0.02)
    path = Graph("gravel")
    grain = path.noise(90.0, 4.0)
    tone = path.ramp(grain, (0.3, (0.2, 0.16, 0.11)), (0.75, (0.5, 0.43, 0.33)))
    s.box(
        (60, 3.2, 0.02),
        path.done(path.surface(tone, 0.95, Normal=path.bump(grain, 0.8, 0.01))),
        (0, -0.6, -0.01),
    )
    for n, (x, y) in enumerate([(-7, 14), (3, 16), (9, 13), (-2, 22), (-14, 20), (15, 22)]):
        tree((x, y, 0), 7.0, 6.0, n + 40, 7000, 0.17)
    shrub = leafy("shrub")
    for n in range(9):
        foliage((-8 + n * 2.0, 5.2 + n % 2, 0.5), (2.6, 2.0, 1.7), 2200, 0.07, shrub, n)
    s.sky(42, -60, 0.1, dust=0.4)
    s.camera((1.7, -3.6, 1.15), (0.0, 0.05, 0.47), 52)


def four_poster() -> None:
    """A bed with four turned posts, a canopy and curtains."""
    room((0.5, 0.42, 0.34), depth=1.35)
    oak = timber("mahogany", (0.05, 0.018, 0.008), (0.17, 0.065, 0.03), 0.35)
    linen, red = upholstery((0.75, 0.72, 0.66)), upholstery((0.3, 0.02, 0.025))
    post = [
        (0.0, 0),
        (0.06, 0),
        (0.06, 0.5),
        (0.045, 0.53),
        (0.065, 0.6),
        (0.04, 0.66),
        (0.055, 0.95),
        (0.035, 1.4),
        (0.05, 1.75),
        (0.035, 1.8),
        (0.05, 1.85),
        (0.035, 1.9),
        (0.035, 2.1),
        (0.0, 2.1),
    ]
    for x in (-0.85, 0.85):
        for y in (-1.05, 1.05):
            s.lathe(post, oak, (x, y, 0), segments=32)
            folds(x * 1.0, y, red)
        s.box((0.06, 2.1, 0.1), oak, (x, 0, 2.08), bevel=0.01)
        s.box((0.05, 2.1, 0.2), oak, (x, 0, 0.34), bevel=0.01)
    for y in (-1.05, 1.05):
        s.box((1.76, 0.06, 0.1), oak, (0, y, 2.08), bevel=0.01)
    s.box((1.76, 2.16, 0.02), red, (0, 0, 2.12))
    for y in (-1.09, 1.09):
        s.box((1.78, 0.015, 0.2), red, (0, y, 2.0), bevel=0.004)
    for x in (-0.89, 0.89):
        s.box((0.015, 2.18, 0.2), red, (x, 0, 2.0), bevel=0.004)
    s.box((1.7, 0.06, 0.85), oak, (0, 1.05, 0.75), bevel=0.02)
    s.box((1.7, 0.05, 0.3), oak, (0, -1.05, 0.4), bevel=0.02)
    blob("mattress", (1.64, 2.06, 0.3), (0, 0, 0.5), linen, 9.0)
    points, faces = rounded_cube(60, 8.0)
    wave = 0.012 * np.sin(points[:, 0] * 9 + points[:, 1] * 4) * np.sin(points[:, 1] * 7)
    points = points * np.array([0.86, 0.74, 0.16]) + np.stack([0 * wave, 0 * wave, wave], 1)
    s.mesh(points.tolist(), faces.tolist(), upholstery((0.6, 0.5, 0.36)), (0, -0.3, 0.56), smooth=True)
    for x in (-0.4, 0.4):
        blob("pillow", (0.7, 0.45, 0.2), (x, 0.72, 0.74), linen, 2.8, (0.35, 0, 0))
    s.camera((2.9, -4.6, 1.75), (0.0, -0.05, 1.02), 44)


def folds(x: float, y: float, cloth: object) -> None:
    """A gathered curtain at a post."""
    t = np.linspace(0, 1, 60)
    z = np.linspace(0.25, 2.02, 30)
    reach = 0.3 - 0.16 * np.exp(-(((z - 0.95) / 0.28) ** 2))
    rows = []
    for height, wide in zip(z, reach, strict=True):
        rows.append(
            np.stack(
                [
                    np.full(60, x) + 0.03 * np.sin(t * 40),
                    y - np.sign(y) * (0.04 + t * wide),
                    np.full(60, height),
                ],
                1,
            )
        )
    s.mesh(np.concatenate(rows).tolist(), grid_faces(30, 60).tolist(), cloth, smooth=True)


PICTURES = [
    Picture("sofa.jpg", sofa, samples=48, exposure=0.3),
    Picture("bookcase.avif", bookcase, 600, 800, 48, exposure=0.3, quality=75),
    Picture("park-bench.jpg", park_bench, samples=40, look=PUNCHY, exposure=0.6),
    Picture("four-poster-bed.jpg", four_poster, samples=48, exposure=0.3),
]
