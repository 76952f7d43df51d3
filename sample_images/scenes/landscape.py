"""Land and water: fractal heights, sand, stones, a wavy sea and tufts of grass."""

from __future__ import annotations

import bpy
import numpy as np

from scenes.modelling import Array, grid_faces, mesh, rounded_cube
from scenes.roadside import leafy
from scenes.shading import Graph, Tint


def lattice(x: Array, y: Array, seed: int) -> Array:
    """Smooth value noise between -1 and 1."""
    table = np.random.default_rng(seed).uniform(-1, 1, (256, 256))
    i, j = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - i, y - j
    u, v = (t**3 * (t * (t * 6 - 15) + 10) for t in (u, v))
    a, b = table[i % 256, j % 256], table[(i + 1) % 256, j % 256]
    c, d = table[i % 256, (j + 1) % 256], table[(i + 1) % 256, (j + 1) % 256]
    return (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v


def fractal(
    x: float | Array,
    y: float | Array,
    octaves: int = 5,
    seed: int = 1,
    ridged: bool = False,
) -> float | Array:
    """Sum of ever finer noise, or of its ridges."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    total, size, weight = np.zeros(np.broadcast(x, y).shape), 1.0, 1.0
    for octave in range(octaves):
        layer = lattice(x * size + 17.3 * octave, y * size - 9.1 * octave, seed + octave)
        if ridged:
            layer = 1 - np.abs(layer)
            layer = layer**2 * weight
            weight = np.clip(layer * 1.6, 0, 1)
        total = total + layer / size
        size *= 2.03
    return total if total.shape else float(total)


def field(x: Array, y: Array, height: Array, material: bpy.types.Material, name: str = "land") -> bpy.types.Object:
    """A surface over a grid of places."""
    rows, columns = x.shape
    points = np.stack([x, y, height], axis=-1).reshape(-1, 3)
    return mesh(name, points, grid_faces(rows, columns)[:, ::-1], material)


def fan(
    camera: tuple[float, float],
    near: float,
    far: float,
    half_angle: float,
    rows: int,
    columns: int,
    direction: float = 90.0,
) -> tuple[Array, Array]:
    """Places that spread from the camera with even density in the picture."""
    reach = near * (far / near) ** np.linspace(0, 1, rows)
    angle = np.radians(direction + np.linspace(half_angle, -half_angle, columns))
    return (camera[0] + np.outer(reach, np.cos(angle)), camera[1] + np.outer(reach, np.sin(angle)))


def sea(
    camera: tuple[float, float],
    wave: float = 0.25,
    colour: Tint = (0.004, 0.03, 0.045),
    seed: int = 4,
    near: float = 2.0,
    direction: float = 90.0,
) -> None:
    """Wind waves up to the horizon."""
    x, y = fan(camera, near, 6000, 42, 420, 360, direction)
    random = np.random.default_rng(seed)
    height = np.zeros_like(x)
    gap = np.hypot(x - camera[0], y - camera[1]) * 0.012
    for _ in range(46):
        length = 9 * random.uniform(0.06, 1) ** 1.4
        turn = random.normal(-0.9, 0.5)
        swell = np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / length + random.uniform(0, 6.3))
        height += 0.022 * length**0.9 * (swell - 0.35 * np.cos(2 * np.arcsin(swell))) * (length > 3 * gap)
    graph = Graph("water")
    ripple = graph.noise(2.2, 6.0)
    water = graph.surface(colour, 0.08, Specular_IOR_Level=0.6, Normal=graph.bump(ripple, 0.35, 0.25))
    foam = graph.ramp(graph.attribute("crest"), (0.93, (0, 0, 0)), (1.0, (1, 1, 1)))
    speck = graph.math("MULTIPLY", foam, graph.math("GREATER_THAN", graph.noise(3.0, 8.0), 0.52))
    shader = graph.mix(speck, water, graph.surface((0.75, 0.8, 0.8), 0.6))
    item = field(x, y, height * wave / 0.25, graph.done(shader), "sea")
    layer = item.data.attributes.new("crest", "FLOAT", "POINT")
    layer.data.foreach_set("value", ((height - height.mean()) / (5.0 * height.std()) + 0.35).ravel().astype(np.float32))
    return item


def sand() -> bpy.types.Material:
    """Pale sand with grain."""
    graph = Graph("sand")
    fine, wide = graph.noise(120.0, 4.0), graph.noise(1.2, 5.0)
    colour = graph.ramp(wide, (0.3, (0.34, 0.23, 0.13)), (0.7, (0.5, 0.38, 0.24)))
    both = graph.math("ADD", fine, graph.noise(9.0, 5.0))
    return graph.done(graph.surface(colour, 0.95, Normal=graph.bump(both, 0.6, 0.02)))


def rock(dark: Tint = (0.05, 0.045, 0.04), light: Tint = (0.26, 0.23, 0.2), scale: float = 1.0) -> bpy.types.Material:
    """Cracked stone."""
    graph = Graph("rock")
    rough = graph.noise(3.0 * scale, 9.0, None, Roughness=0.65)
    colour = graph.ramp(rough, (0.3, dark), (0.7, light))
    return graph.done(graph.surface(colour, 0.9, Normal=graph.bump(rough, 1.0, 0.25 / scale)))


def boulder(
    at: tuple[float, float, float],
    size: tuple[float, float, float],
    material: bpy.types.Material,
    seed: int,
    count: int = 30,
) -> bpy.types.Object:
    """A lumpy stone."""
    points, faces = rounded_cube(count, 2.6)
    lump = fractal(
        points[:, 0] * 1.3 + points[:, 2] * 0.9 + seed, points[:, 1] * 1.3 - points[:, 2] * 0.7, 5, seed, True
    )
    points = points * (0.62 + 0.3 * np.asarray(lump))[:, None] * np.array(size) / 2
    item = mesh("boulder", points, faces, material)
    item.location, item.rotation_euler = at, (seed * 0.7, seed * 1.3, seed * 2.1)
    return item


def stones(count: int, spread: float, sizes: tuple[float, float], light: Tint, seed: int, clear: float = 0.0) -> None:
    """Stones strewn about, none within `clear` of the origin."""
    random = np.random.default_rng(seed)
    material = rock(tuple(c * 0.35 for c in light), light, 4.0)
    kinds = [boulder((0, 0, -50), (1, 1, 0.7), material, n, 12) for n in range(6)]
    for _ in range(count):
        x, y = random.uniform(-spread, spread, 2)
        if np.hypot(x, y) < clear:
            continue
        item = kinds[random.integers(6)].copy()
        bpy.context.scene.collection.objects.link(item)
        size = sizes[0] + (sizes[1] - sizes[0]) * random.random() ** 3
        item.location, item.scale = (x, y, size * 0.2), (size, size, size)
        item.rotation_euler = (0, 0, random.uniform(0, 6))


def grass(
    x: tuple[float, float],
    y: tuple[float, float],
    count: int,
    height: float,
    width: float,
    seed: int = 1,
    dark: Tint = (0.015, 0.05, 0.006),
    light: Tint = (0.1, 0.2, 0.03),
    keep: float = 0.0,
) -> None:
    """Single bent blades of grass over a rectangle; with `keep` none within that radius of the origin."""
    random = np.random.default_rng(seed)
    root = np.stack([random.uniform(*x, count), random.uniform(*y, count), np.zeros(count)], 1)
    root = root[np.hypot(root[:, 0], root[:, 1]) > keep]
    count = len(root)
    tall = height * random.uniform(0.45, 1.25, (count, 1))
    lean = random.normal(0, 0.35, (count, 3)) * np.array([1, 1, 0])
    side = random.normal(size=(count, 3)) * np.array([1, 1, 0])
    side *= width / 2 / np.linalg.norm(side, axis=1, keepdims=True)
    up = np.array([0, 0, 1.0])
    middle, tip = root + tall * (0.55 * up + 0.25 * lean), root + tall * (0.95 * up + 0.9 * lean)
    corners = np.stack([root - side, root + side, middle + side * 0.8, tip, middle - side * 0.8], 1).reshape(-1, 3)
    mesh("blades", corners, np.arange(count * 5).reshape(-1, 5), leafy("blades", dark, light), smooth=False)
