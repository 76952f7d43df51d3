"""Shapes made of curves: bars and ribbons along a path, plates of an outline, lettering."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
from mathutils import Vector

from scenes.objects import ORIGIN, Point, add


def spline(points: Sequence[Point], steps: int = 10, closed: bool = False) -> list[Vector]:
    """Give points of a smooth curve through the given ones (Catmull-Rom)."""
    given = [Vector(p) for p in points]
    n = len(given)
    curve: list[Vector] = []
    for i in range(n if closed else n - 1):
        if closed:
            a, b, c, d = (given[(i + k) % n] for k in (-1, 0, 1, 2))
        else:
            b, c = given[i], given[i + 1]
            a = given[i - 1] if i else b * 2 - c
            d = given[i + 2] if i + 2 < n else c * 2 - b
        for s in range(steps):
            t = s / steps
            curve.append(
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            )
    return curve if closed else [*curve, given[-1]]


def tube(
    path: Sequence[Point],
    radius: float | Sequence[float],
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    curved: bool = True,
    closed: bool = False,
    flat: float | None = None,
) -> bpy.types.Object:
    """Make a round bar along a path; one radius, or one per path point.

    With `flat` it becomes a ribbon instead: 2 * radius wide, and `flat` times as thick as wide.
    """
    widths = [radius] * len(path) if isinstance(radius, (int, float)) else list(radius)
    points = [(*p, w) for p, w in zip(path, widths, strict=True)]
    if curved:
        points = [tuple(p) for p in spline_many(points, closed)]
    data = bpy.data.curves.new("tube", "CURVE")
    data.dimensions = "3D"
    if flat is None:
        data.bevel_depth, data.bevel_resolution, data.use_fill_caps = 1.0, 6, True
    else:
        section = extrude_curve([[(-1, -flat), (1, -flat), (1, flat), (-1, flat)]])
        data.bevel_mode, data.bevel_object, data.use_fill_caps = "OBJECT", add(section, None), True
        data.bevel_object.hide_render = True
    line = data.splines.new("POLY")
    line.points.add(len(points) - 1)
    line.use_cyclic_u = closed
    line.use_smooth = True
    for point, (x, y, z, w) in zip(line.points, points, strict=True):
        point.co, point.radius = (x, y, z, 1.0), w
    return add(data, material, location, rotation)


def spline_many(points: Sequence[Point], closed: bool) -> list[list[float]]:
    """Smooth points of more than four numbers in two halves (position, then the rest)."""
    places = spline([p[:3] for p in points], closed=closed)
    rest = spline([(p[3], 0.0, 0.0) for p in points], closed=closed)
    return [[*p, r[0]] for p, r in zip(places, rest, strict=True)]


def extrude_curve(outlines: Sequence[Sequence[Point]]) -> bpy.types.Curve:
    """Make flat closed curve data of outlines; an outline within another is a hole."""
    data = bpy.data.curves.new("outline", "CURVE")
    data.dimensions = "2D"
    for outline in outlines:
        line = data.splines.new("POLY")
        line.points.add(len(outline) - 1)
        line.use_cyclic_u = True
        for point, p in zip(line.points, outline, strict=True):
            point.co = (p[0], p[1], 0.0, 1.0)
    return data


def extrude(
    outline: Sequence[Point],
    depth: float,
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    bevel: float = 0.0,
    holes: Sequence[Sequence[Point]] = (),
    curved: bool = False,
) -> bpy.types.Object:
    """Make a plate of a flat (x, y) outline, `depth` thick about z = 0, with rounded rims."""
    outlines = [outline, *holes]
    if curved:
        outlines = [spline([(*p[:2], 0) for p in o], closed=True) for o in outlines]
    data = extrude_curve(outlines)
    data.fill_mode = "BOTH"
    data.bevel_depth, data.bevel_resolution, data.extrude = bevel, 3, max(depth / 2 - bevel, 0.0)
    data.offset = -bevel
    return add(data, material, location, rotation)


def text(
    string: str,
    size: float,
    depth: float,
    material: bpy.types.Material | None = None,
    location: Point = ORIGIN,
    rotation: Point = ORIGIN,
    bevel: float = 0.0,
    font: str | None = None,
) -> bpy.types.Object:
    """Make centred lettering in the xy plane, in Blender's own font or a font file of this machine."""
    data = bpy.data.curves.new("text", "FONT")
    data.body, data.size, data.extrude, data.bevel_depth = string, size, depth / 2, bevel
    data.align_x, data.align_y = "CENTER", "CENTER"
    if font:
        data.font = bpy.data.fonts.load(font)
    return add(data, material, location, rotation)
