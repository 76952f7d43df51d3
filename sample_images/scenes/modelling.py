"""Mesh building blocks of vehicles and outdoor scenes: grids, lathes, tubes, splines, signed distances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bpy
import numpy as np

Array = np.ndarray
Point = tuple[float, float, float]


def mesh(
    name: str,
    points: Array,
    faces: Any,
    material: bpy.types.Material | None = None,
    smooth: bool = True,
    attributes: dict[str, Array] | None = None,
) -> bpy.types.Object:
    """Make a mesh object, with one float attribute per vertex for each entry of `attributes`."""
    data = bpy.data.meshes.new(name)
    rows = faces.tolist() if isinstance(faces, np.ndarray) else faces
    data.from_pydata(np.asarray(points, dtype=float).tolist(), [], rows)
    data.polygons.foreach_set("use_smooth", np.full(len(data.polygons), smooth))
    for key, values in (attributes or {}).items():
        layer = data.attributes.new(key, "FLOAT", "POINT")
        layer.data.foreach_set("value", np.ascontiguousarray(values, dtype=np.float32))
    data.update()
    item = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(item)
    if material is not None:
        data.materials.append(material)
    return item


def grid_faces(rows: int, columns: int, wrap_rows: bool = False, wrap_columns: bool = False) -> Array:
    """Quads of a rows x columns grid of points, optionally closed in either direction."""
    down, across = rows if wrap_rows else rows - 1, columns if wrap_columns else columns - 1
    i, j = np.meshgrid(np.arange(down), np.arange(across), indexing="ij")
    i, j = i.ravel(), j.ravel()
    k, m = (i + 1) % rows, (j + 1) % columns
    return np.stack([i * columns + j, i * columns + m, k * columns + m, k * columns + j], axis=1)


def lathe(
    name: str,
    profile: Sequence[tuple[float, float]],
    material: bpy.types.Material | None,
    segments: int = 48,
    axis: str = "z",
    smooth: bool = True,
) -> bpy.types.Object:
    """Turn a profile of (radius, height) pairs around an axis."""
    radius, height = np.array(profile, dtype=float).T
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    u, v = np.outer(radius, np.cos(angle)), np.outer(radius, np.sin(angle))
    w = np.repeat(height[:, None], segments, axis=1)
    order = {"z": (u, v, w), "y": (v, w, u), "x": (w, u, v)}[axis]
    points = np.stack(order, axis=-1).reshape(-1, 3)
    return mesh(name, points, grid_faces(len(radius), segments, wrap_columns=True), material, smooth)


def tube(
    name: str,
    path: Sequence[Point] | Array,
    radius: float | Sequence[float],
    material: bpy.types.Material | None,
    segments: int = 12,
) -> bpy.types.Object:
    """A round tube along a path of points, with one radius or a radius for each point."""
    line = np.array(path, dtype=float)
    radii = np.broadcast_to(np.asarray(radius, dtype=float), (len(line),))
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    guide = np.array([0.0, 0.0, 1.0]) if abs(tangent[:, 2]).max() < 0.9 else np.array([0.31, 0.95, 0.05])
    side = np.cross(tangent, guide)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-12
    upward = np.cross(side, tangent)
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    ring = side[:, None] * np.cos(angle)[None, :, None] + upward[:, None] * np.sin(angle)[None, :, None]
    points = (line[:, None] + ring * radii[:, None, None]).reshape(-1, 3)
    faces = grid_faces(len(line), segments, wrap_columns=True).tolist()
    faces += [list(range(segments)), list(range(len(points) - 1, len(points) - segments - 1, -1))]
    item = mesh(name, points, faces, material)
    return item


def box(
    name: str,
    size: Point,
    centre: Point,
    material: bpy.types.Material | None,
    bevel: float = 0.01,
    turn: Point = (0.0, 0.0, 0.0),
    segments: int = 3,
) -> bpy.types.Object:
    """A box with rounded edges."""
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    item = mesh(name, corners * np.array(size), faces, material, smooth=bevel > 0)
    item.location, item.rotation_euler = centre, turn
    if bevel > 0:
        modifier = item.modifiers.new("bevel", "BEVEL")
        modifier.width, modifier.segments, modifier.harden_normals = bevel, segments, True
    return item


def rounded_cube(count: int, power: float) -> tuple[Array, Array]:
    """Points and quads of a cube grid blown up to the surface |a|^n + |b|^n + |c|^n = 1."""
    line = np.linspace(-1, 1, count)
    u, v = np.meshgrid(line, line, indexing="ij")
    one = np.ones_like(u)
    sides = [(one, u, v), (-one, v, u), (v, one, u), (u, -one, v), (u, v, one), (v, u, -one)]
    points = np.concatenate([np.stack(side, axis=-1).reshape(-1, 3) for side in sides])
    faces = np.concatenate([grid_faces(count, count) + n * count * count for n in range(6)])[:, ::-1]
    keys = np.round(points * 1e5).astype(np.int64)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    points, faces = points[first], inverse.reshape(-1)[faces]
    return points / (np.abs(points) ** power).sum(axis=1, keepdims=True) ** (1 / power), faces


def place(items: Sequence[bpy.types.Object], at: Point = (0, 0, 0), heading: float = 0.0) -> bpy.types.Object:
    """Hang objects on an empty, then move and turn that about the vertical."""
    hook = bpy.data.objects.new("hook", None)
    bpy.context.scene.collection.objects.link(hook)
    for item in items:
        if item.parent is None:
            item.parent = hook
    hook.location, hook.rotation_euler = at, (0.0, 0.0, heading)
    return hook


def smoothstep(low: float, high: float, value: Array) -> Array:
    """Rise from 0 to 1 between two values."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def spline(knots: Sequence[tuple[float, float]]) -> Callable[[Array], Array]:
    """A smooth curve through (x, y) knots that does not overshoot, and is constant outside."""
    x, y = np.array(knots, dtype=float).T
    step, slope = np.diff(x), np.diff(y) / np.diff(x)
    tangent = np.zeros_like(y)
    same = slope[1:] * slope[:-1] > 0
    mean = 2 * slope[1:] * slope[:-1] / np.where(same, slope[1:] + slope[:-1], 1)
    tangent[1:-1] = np.where(same, mean, 0)
    tangent[0], tangent[-1] = slope[0], slope[-1]

    def curve(value: Array) -> Array:
        at = np.clip(value, x[0], x[-1])
        k = np.clip(np.searchsorted(x, at) - 1, 0, len(step) - 1)
        t = (at - x[k]) / step[k]
        rise = (2 * t**3 - 3 * t**2 + 1) * y[k] + (3 * t**2 - 2 * t**3) * y[k + 1]
        return rise + step[k] * ((t**3 - 2 * t**2 + t) * tangent[k] + (t**3 - t**2) * tangent[k + 1])

    return curve


def rounded_polygon(x: Array, y: Array, corners: Sequence[tuple[float, float]], radius: float = 0.0) -> Array:
    """Signed distance (negative inside) to a polygon whose corners are rounded."""
    loop = np.array(corners, dtype=float)
    area = np.sum(loop[:, 0] * np.roll(loop[:, 1], -1) - np.roll(loop[:, 0], -1) * loop[:, 1])
    loop = loop if area > 0 else loop[::-1]
    if radius > 0:  # move each side inwards by the radius
        ahead = np.roll(loop, -1, axis=0) - loop
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        behind = np.roll(ahead, 1, axis=0)
        inward = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
        before = np.stack([-behind[:, 1], behind[:, 0]], axis=1)
        bisector = inward + before
        loop = loop + radius * 2 * bisector / (bisector**2).sum(axis=1, keepdims=True)
    distance = np.full(np.shape(x), np.inf)
    inside = np.zeros(np.shape(x), dtype=bool)
    for (ax, ay), (bx, by) in zip(loop, np.roll(loop, -1, axis=0), strict=True):
        ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
        t = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
        distance = np.minimum(distance, np.hypot(wx - t * ex, wy - t * ey))
        crosses = (ay > y) != (by > y)
        inside ^= crosses & (x < ax + (y - ay) * ex / (ey if ey else 1e-9))
    return np.where(inside, -distance, distance) - radius
