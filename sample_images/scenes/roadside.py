"""Places where vehicles stand: roads with markings, kerbs, hedges, trees and far hills."""

from __future__ import annotations

import numpy as np

from scenes.modelling import Point, box, grid_faces, mesh, tube
from scenes.shading import Graph, Tint, asphalt, meadow, plain, timber


def ground(material: object, size: float = 400.0, z: float = 0.0) -> None:
    """A wide flat plane."""
    half = size / 2
    mesh(
        "ground",
        np.array([(-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)]),
        [(0, 1, 2, 3)],
        material,
    )


def road(
    width: float = 8.0,
    centre: float = 0.0,
    length: float = 300.0,
    dashes: bool = True,
    edge: bool = True,
    kerb: bool = False,
) -> None:
    """A road along x whose middle lies at y = `centre`."""
    near, far, half = centre - width / 2, centre + width / 2, length / 2
    mesh(
        "road",
        np.array([(-half, near, 0.004), (half, near, 0.004), (half, far, 0.004), (-half, far, 0.004)]),
        [(0, 1, 2, 3)],
        asphalt(),
    )
    graph = Graph("marking")
    worn = graph.ramp(graph.noise(40.0, 5.0), (0.25, (0.25, 0.25, 0.24)), (0.45, (0.75, 0.75, 0.72)))
    white = graph.done(graph.surface(worn, 0.7))
    if dashes:
        for x in np.arange(-half, half, 6.0):
            box("dash", (2.5, 0.12, 0.002), (x, centre, 0.007), white, 0)
    if edge:
        for y in (near + 0.3, far - 0.3):
            box("edge", (length, 0.12, 0.002), (0, y, 0.007), white, 0)
    if kerb:
        stone = plain("kerb", (0.4, 0.39, 0.37), 0.8)
        for x in np.arange(-half / 3, half / 3, 1.0):
            box("kerb", (0.985, 0.16, 0.26), (x, far + 0.08, 0.0), stone, 0.02)


def leafy(name: str, dark: Tint = (0.012, 0.035, 0.006), light: Tint = (0.09, 0.17, 0.025)) -> object:
    """Foliage that is brighter here and there and lets a little light through."""
    graph = Graph(name)
    colour = graph.ramp(graph.noise(9.0, 5.0), (0.3, dark), (0.75, light))
    return graph.done(graph.surface(colour, 0.6))


def foliage(centre: Point, size: Point, count: int, leaf: float, material: object, seed: int) -> None:
    """A cloud of leaves filling an ellipsoid, denser towards its skin."""
    random = np.random.default_rng(seed)
    ray = random.normal(size=(count, 3))
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    lumps = 1 + 0.16 * np.sin(ray @ random.normal(size=(3, 6)) * 4 + random.uniform(0, 6, 6)).sum(axis=1) / 2
    spot = np.array(centre) + ray * (np.array(size) / 2) * (lumps * random.uniform(0.35, 1, count) ** 0.4)[:, None]
    one = random.normal(size=(count, 3))
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    two = np.cross(one, random.normal(size=(count, 3)))
    two /= np.linalg.norm(two, axis=1, keepdims=True)
    scale = leaf * random.uniform(0.6, 1.3, count)[:, None]
    corners = np.stack(
        [spot - one * scale, spot + two * scale * 0.45, spot + one * scale, spot - two * scale * 0.45], 1
    )
    mesh("foliage", corners.reshape(-1, 3), np.arange(count * 4).reshape(-1, 4), material, smooth=False)


def tree(
    at: Point,
    height: float,
    crown: float,
    seed: int,
    leaves: int = 9000,
    leaf: float = 0.16,
    material: object | None = None,
) -> None:
    """A broad-leaved tree."""
    random = np.random.default_rng(seed)
    x, y, z = at
    bark = timber("bark", (0.03, 0.022, 0.015), (0.12, 0.09, 0.06), 0.9)
    green = material or leafy("leaves")
    top = z + height
    tube(
        "trunk",
        [(x, y, z - 0.1), (x + 0.05, y, z + height * 0.25), (x, y + 0.05, z + height * 0.7)],
        [crown * 0.075, crown * 0.05, crown * 0.025],
        bark,
    )
    for _ in range(6):
        angle, reach = random.uniform(0, 2 * np.pi), crown * random.uniform(0.18, 0.34)
        lump = (
            x + reach * np.cos(angle),
            y + reach * np.sin(angle),
            top - crown * random.uniform(0.25, 0.75),
        )
        tube(
            "branch",
            [(x, y, z + height * 0.35), ((x + lump[0]) / 2, (y + lump[1]) / 2, lump[2] - crown * 0.2), lump],
            [crown * 0.03, crown * 0.02, crown * 0.008],
            bark,
        )
        wide = crown * random.uniform(0.5, 0.7)
        foliage(lump, (wide, wide, wide * 0.75), leaves // 6, leaf, green, int(random.integers(1 << 30)))


def hedge(start: float, end: float, y: float, height: float, depth: float, seed: int = 5, density: int = 700) -> None:
    """A clipped hedge along x."""
    random = np.random.default_rng(seed)
    green = leafy("hedge")
    box(
        "core",
        (end - start, depth * 0.8, height * 0.95),
        ((start + end) / 2, y, height * 0.475),
        plain("core", (0.01, 0.02, 0.005), 0.9),
        0,
    )
    count = int((end - start) * density)
    spot = random.uniform((start, y - depth / 2, 0), (end, y + depth / 2, height), (count, 3))
    face = random.integers(0, 3, count)
    spot[face == 0, 2] = height + random.normal(0, 0.03, (face == 0).sum())
    spot[face > 0, 1] = y - depth / 2 + random.normal(0, 0.03, (face > 0).sum())
    one = random.normal(size=(count, 3)) * 0.05
    two = np.cross(one, random.normal(size=(count, 3)))
    two *= 0.025 / (np.linalg.norm(two, axis=1, keepdims=True) + 1e-9)
    corners = np.stack([spot - one, spot + two, spot + one, spot - two], 1).reshape(-1, 3)
    mesh("hedge", corners, np.arange(count * 4).reshape(-1, 4), green, smooth=False)


def hills(
    distance: float,
    height: float,
    seed: int,
    colour: Tint = (0.09, 0.13, 0.09),
    spread: float = 500.0,
    direction: float = 90.0,
) -> None:
    """A far ridge, `distance` away towards a compass side (90 is +y)."""
    random = np.random.default_rng(seed)
    along = np.linspace(-spread, spread, 160)
    ridge = sum(random.uniform(0.3, 1) / k * np.sin(along / spread * 5 * k + random.uniform(0, 6)) for k in range(1, 9))
    ridge = height * (0.55 + 0.3 * ridge)
    turn = np.radians(direction - 90)
    rows = []
    for depth, share in ((0.0, 0.0), (0.06, 0.35), (0.12, 0.75), (0.2, 1.0), (0.4, 0.8)):
        x, y = along, np.full_like(along, distance * (1 + depth))
        rows.append(
            np.stack(
                [
                    x * np.cos(turn) - y * np.sin(turn),
                    x * np.sin(turn) + y * np.cos(turn),
                    np.maximum(ridge, 0.5) * share - 0.5,
                ],
                1,
            )
        )
    graph = Graph("hills")
    patches = graph.ramp(graph.noise(0.06, 6.0), (0.35, tuple(c * 0.6 for c in colour)), (0.7, colour))
    mesh("hills", np.concatenate(rows), grid_faces(5, 160), graph.done(graph.surface(patches, 0.9)))


def verge(road_far: float, size: float = 400.0) -> None:
    """Grass everywhere, and some taller tufts beside the road."""
    ground(meadow(), size, -0.01)
    random = np.random.default_rng(3)
    count = 9000
    root = np.stack(
        [random.uniform(-14, 14, count), road_far + 0.1 + random.exponential(1.5, count), np.zeros(count)], 1
    )
    lean = random.normal(0, 0.06, (count, 3)) + np.array([0, 0, 0.16])
    side = random.normal(0, 0.012, (count, 3)) * np.array([1, 1, 0])
    corners = np.stack([root - side, root + side, root + lean * random.uniform(0.5, 1.4, (count, 1))], 1)
    mesh("blades", corners.reshape(-1, 3), np.arange(count * 3).reshape(-1, 3), leafy("blades"), smooth=False)
