"""Solid shapes made of meshes; lengths in scene units, z up, rotations in degrees (XYZ order)."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

import bmesh
import bpy

from scenes.curves import spline
from scenes.objects import ORIGIN, Point, add, place, rounded, soften


def mesh(
    vertices: Sequence[Point],
    faces: Sequence[Sequence[int]],
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    smooth: bool = False,
) -> bpy.types.Object:
    """Make an object of vertices and faces; its normals are turned outwards."""
    data = bpy.data.meshes.new("mesh")
    data.from_pydata([tuple(v) for v in vertices], [], [tuple(f) for f in faces])
    build = bmesh.new()
    build.from_mesh(data)
    bmesh.ops.remove_doubles(build, verts=build.verts, dist=1e-6)
    bmesh.ops.recalc_face_normals(build, faces=build.faces)
    build.to_mesh(data)
    build.free()
    data.shade_smooth() if smooth else data.shade_flat()
    return add(data, material, location, rotation)


def lathe(
    profile: Sequence[Point],
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    segments: int = 96,
    smooth: bool = True,
    curved: bool = False,
    sharp: float = 40.0,
) -> bpy.types.Object:
    """Turn a profile of (radius, z) points around z; `curved` rounds it into a curve through its points."""
    points = [(p[0], p[1]) for p in (spline(profile) if curved else profile)]
    vertices = [
        (r * cos(2 * pi * k / segments), r * sin(2 * pi * k / segments), z) for r, z in points for k in range(segments)
    ]
    faces = [
        (
            i * segments + k,
            i * segments + (k + 1) % segments,
            (i + 1) * segments + (k + 1) % segments,
            (i + 1) * segments + k,
        )
        for i in range(len(points) - 1)
        for k in range(segments)
    ]
    thing = mesh(vertices, faces, material, location, rotation, smooth)
    return soften(thing, sharp) if smooth else thing


def box(
    size: Point,
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    bevel: float = 0.0,
    segments: int = 3,
) -> bpy.types.Object:
    """Make a box about its centre, with rounded edges of radius `bevel`."""
    x, y, z = (s / 2 for s in size)
    corners = [(sx * x, sy * y, sz * z) for sx in (-1, 1) for sy in (-1, 1) for sz in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    thing = mesh(corners, faces, material, location, rotation)
    return rounded(thing, bevel, segments) if bevel else thing


def cylinder(
    radius: float,
    height: float,
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    bevel: float = 0.0,
    segments: int = 64,
    top: float | None = None,
) -> bpy.types.Object:
    """Make a cylinder (or cone, with a `top` radius) about its centre, along z."""
    top = radius if top is None else top
    h, b = height / 2, bevel
    profile = [(0.0, -h), (radius - b, -h), *([(radius, -h + b), (top, h - b)] if b else []), (top - b, h), (0.0, h)]
    if b:
        arc = [(sin(a * pi / 8), cos(a * pi / 8)) for a in range(5)]
        profile = [
            (0.0, -h),
            *((radius - b + b * s, -h + b - b * c) for s, c in arc),
            *((top - b + b * s, h - b + b * c) for s, c in reversed(arc)),
            (0.0, h),
        ]
    return lathe(profile, material, location, rotation, segments)


def sphere(
    radius: float,
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    scale: Point | float = 1.0,
    segments: int = 64,
) -> bpy.types.Object:
    """Make a smooth ball; `scale` flattens or stretches it."""
    rings = segments // 2
    profile = [(radius * sin(pi * i / rings), -radius * cos(pi * i / rings)) for i in range(rings + 1)]
    thing = lathe(profile, material, location, rotation, segments, sharp=180)
    return place(thing, location, rotation, scale)


def torus(
    radius: float,
    thickness: float,
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    segments: int = 96,
) -> bpy.types.Object:
    """Make a ring about z; `thickness` is the radius of its section."""
    profile = [(radius + thickness * cos(2 * pi * i / 32), thickness * sin(2 * pi * i / 32)) for i in range(33)]
    return lathe(profile, material, location, rotation, segments, sharp=180)
