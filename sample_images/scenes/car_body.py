"""Car bodywork: rounded blocks bent into body and cabin; doors, glass and lamps are signed distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import bpy
import numpy as np

from scenes.modelling import Array, mesh, rounded_cube, rounded_polygon, smoothstep, spline
from scenes.shading import Graph, Socket, Tint

Line = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Cabin:
    """The glasshouse in side view: where its ends meet the belt and the roof, and its half widths there."""

    rear_base: float
    rear_roof: float
    front_roof: float
    front_base: float
    belt: float
    roof: float
    base_half: float
    roof_half: float
    windows: Sequence[Line]
    pillar: float = 0.07
    arching: float = 0.03
    power: float = 9.0
    bow: float = 0.12
    sill: float = 0.05
    header: float = 0.09


@dataclass(frozen=True)
class CarShape:
    """Lengths in metres; x points forward, the origin lies on the ground below the middle."""

    length: float
    width: float
    top: Line
    bottom: Line
    plan: Line
    nose: Line
    tail: Line
    axles: tuple[float, float]
    wheel: float
    arch: float
    side: Line
    cabin: Cabin | None
    hole: Line
    doors: Sequence[Line]
    bonnet: Sequence[Line]
    front_lamps: Sequence[Line]
    rear_lamps: Sequence[Line]
    grilles: Sequence[Line]
    rear_trim: Sequence[Line] = field(default_factory=tuple)
    haunch: tuple[float, float] = (0.0, 0.0)
    power: float = 6.5
    nose_bow: float = 0.22
    tail_bow: float = 0.12
    crease: float = 0.7
    grille_bars: float = 55.0
    """Bars to the metre; upright ones if negative."""
    sill_trim: float = 0.0


def shell_points(shape: CarShape, q: Array) -> Array:
    """Bend points of the rounded block into the lower body."""
    half = shape.length / 2
    x0 = q[:, 0] * half
    low, high = spline(shape.bottom)(x0), spline(shape.top)(x0)
    rise = (q[:, 2] + 1) / 2
    z = low + (high - low) * rise
    y = q[:, 1] * shape.width / 2 * spline(shape.plan)(x0) * spline(shape.side)(z)
    across = np.abs(q[:, 1])
    front, back = smoothstep(half * 0.55, half, x0), smoothstep(-half * 0.55, -half, x0)
    x = x0 - front * (shape.nose_bow * across**2.4 + spline(shape.nose)(rise))
    x += back * (shape.tail_bow * across**2.4 + spline(shape.tail)(rise))
    flank = smoothstep(0.75, 0.95, across)
    for axle, lift in zip(shape.axles, shape.haunch, strict=True):
        away = np.hypot(x - axle, z - shape.wheel)
        y += np.sign(q[:, 1]) * flank * 0.028 * np.exp(-((np.maximum(away - shape.arch, 0) / 0.07) ** 2))
        crest = np.exp(-(((x - axle) / 0.42) ** 2)) * np.exp(-(((across - 0.82) / 0.2) ** 2))
        z += lift * crest * smoothstep(0.6, 1.0, rise)
    line = (z - shape.crease) / 0.035
    y += np.sign(q[:, 1]) * flank * 0.012 * np.exp(-(line**2)) * (z < 9)
    return np.stack([x, y, z], axis=1)


def nose_at(shape: CarShape, y: float, z: float) -> float:
    """How far forward the bodywork reaches at a place of its front."""
    points = shell_points(shape, rounded_cube(80, shape.power)[0])
    points = points[points[:, 0] > 0]
    return float(points[np.argmin(np.hypot(points[:, 1] - y, points[:, 2] - z)), 0])


def union(x: Array, y: Array, outlines: Sequence[Line], radius: float) -> Array:
    """Signed distance to several rounded outlines together."""
    distance = np.full(np.shape(x), 9.0)
    for outline in outlines:
        distance = np.minimum(distance, rounded_polygon(x, y, outline, radius))
    return distance


def shell_marks(shape: CarShape, points: Array, q: Array) -> dict[str, Array]:
    """Signed distances of the body's openings, joints and lamps."""
    x, y, z = points.T
    away = np.minimum(*(np.hypot(x - axle, z - shape.wheel) for axle in shape.axles))
    half = shape.length / 2
    at_front, at_back = half * 0.56 - x, x + half - 0.34
    upper = 0.55 - q[:, 2]
    marks = {
        "arch": np.maximum(away - shape.arch, 0.55 - np.abs(q[:, 1])),
        "lip": away - shape.arch - 0.012,
        "lamp": np.maximum(union(np.abs(y), z, shape.front_lamps, 0.03), at_front),
        "rear": np.maximum(union(np.abs(y), z, shape.rear_lamps, 0.03), at_back),
        "grille": np.maximum(union(np.abs(y), z, shape.grilles, 0.03), at_front),
        "trim": np.maximum(union(np.abs(y), z, shape.rear_trim, 0.02), at_back),
        "hole": np.maximum(union(x, np.abs(y), [shape.hole], 0.08), upper) if shape.hole else y * 0 + 9,
        "sill": z - shape.sill_trim,
    }
    for number in range(3):
        far = np.full(len(x), 9.0)
        marks[f"door{number}"] = rounded_polygon(x, z, shape.doors[number], 0.06) if number < len(shape.doors) else far
        marks[f"lid{number}"] = (
            rounded_polygon(x, np.abs(y), shape.bonnet[number], 0.08) if number < len(shape.bonnet) else far
        )
    marks["flank"] = np.abs(q[:, 1]) - 0.72
    marks["deck"] = q[:, 2] - 0.55
    return marks


def paint(shader: Graph, colour: Tint, metallic: float) -> Socket:
    """Clear-coated paint."""
    return shader.surface(colour, 0.38, Metallic=metallic, Coat_Weight=1.0, Coat_Roughness=0.02, Coat_IOR=1.6)


def shell_material(shape: CarShape, colour: Tint, metallic: float, checks: Tint | None) -> bpy.types.Material:
    """Paint with joints, lamps, grilles and holes cut by the marks; `checks` adds a chequered band."""
    s = Graph("bodywork")
    base: Tint | Socket = colour
    x, y, z = s.split(s.coordinates())
    if checks is not None:
        row, column = (s.math("FLOOR", s.math("MULTIPLY", v, 16.0)) for v in (x, z))
        square = s.math("MODULO", s.math("ABSOLUTE", s.math("ADD", row, column)), 2.0)
        band = s.near(s.math("SUBTRACT", z, 0.6875), 0.0625)
        flank = s.math("GREATER_THAN", s.attribute("flank"), 0.0)
        base = s.blend(s.math("MULTIPLY", s.math("MULTIPLY", square, band), flank), colour, checks)
    shader = paint(s, base, metallic)
    black = s.surface((0.01, 0.01, 0.011), 0.4)
    shader = s.mix(s.inside(s.attribute("sill")), shader, black)
    joint: float | Socket = 0.0
    for kind, gate in (("door", "flank"), ("lid", "deck")):
        for number in range(3):
            line = s.near(s.attribute(f"{kind}{number}"), 0.0045)
            gated = s.math("MULTIPLY", line, s.math("GREATER_THAN", s.attribute(gate), 0.0))
            joint = s.math("MAXIMUM", joint, gated)
    shader = s.mix(joint, shader, black)
    across = y if shape.grille_bars < 0 else z
    bars = s.math("GREATER_THAN", s.math("SINE", s.math("MULTIPLY", across, shape.grille_bars * 6.283)), 0.2)
    chrome = s.surface((0.75, 0.76, 0.78), 0.12, Metallic=1.0)
    hollow = s.surface((0.006, 0.006, 0.007), 0.6)
    shader = s.mix(s.inside(s.attribute("grille")), shader, s.mix(bars, hollow, s.surface((0.09, 0.09, 0.1), 0.25)))
    shader = s.mix(s.near(s.attribute("grille"), 0.007), shader, chrome)
    ribs = s.math("ADD", s.math("MULTIPLY", s.math("SINE", s.math("MULTIPLY", y, 300.0)), 0.5), 0.5)
    lens = s.surface(
        s.blend(ribs, (0.55, 0.57, 0.6), (0.8, 0.82, 0.85)),
        0.12,
        Metallic=0.85,
        Coat_Weight=1.0,
        Coat_Roughness=0.0,
    )
    shader = s.mix(s.inside(s.attribute("lamp")), shader, lens)
    shader = s.mix(s.near(s.attribute("lamp"), 0.005), shader, black)
    red = s.surface(
        s.blend(ribs, (0.25, 0.002, 0.003), (0.5, 0.01, 0.01)),
        0.15,
        Coat_Weight=1.0,
        Emission_Color=(1.0, 0.02, 0.02, 1.0),
        Emission_Strength=0.06,
    )
    shader = s.mix(s.inside(s.attribute("rear")), shader, red)
    shader = s.mix(s.near(s.attribute("rear"), 0.005), shader, black)
    shader = s.mix(s.inside(s.attribute("trim")), shader, black)
    gap = s.math("MAXIMUM", s.inside(s.attribute("arch")), s.inside(s.attribute("hole")))
    return s.done(s.mix(gap, shader, s.clear()))


def shell(
    shape: CarShape,
    colour: Tint,
    metallic: float = 0.0,
    checks: Tint | None = None,
    count: int = 150,
) -> bpy.types.Object:
    """The painted lower body."""
    q, faces = rounded_cube(count, shape.power)
    points = shell_points(shape, q)
    marks = shell_marks(shape, points, q)
    for key in ("lamp", "rear", "grille"):
        inward = 0.018 if key == "grille" else 0.008
        points[:, 0] -= np.sign(points[:, 0]) * inward * smoothstep(0.012, -0.012, marks[key])
    return mesh("bodywork", points, faces, shell_material(shape, colour, metallic, checks), attributes=marks)


def cabin_points(cabin: Cabin, q: Array) -> tuple[Array, Array]:
    """Bend the rounded block into the glasshouse; also give the half width at each point's height."""
    sunk = 0.35
    rise = (q[:, 2] + 1) / 2 * (1 + sunk) - sunk
    front = cabin.front_base + (cabin.front_roof - cabin.front_base) * rise
    rear = cabin.rear_base + (cabin.rear_roof - cabin.rear_base) * rise
    x = (front + rear) / 2 + q[:, 0] * (front - rear) / 2
    x += np.sign(q[:, 0]) * cabin.bow * (1 - q[:, 1] ** 2) * smoothstep(0.5, 1.0, np.abs(q[:, 0]))
    half = cabin.base_half + (cabin.roof_half - cabin.base_half) * rise
    middle, reach = (cabin.front_roof + cabin.rear_roof) / 2, (cabin.front_base - cabin.rear_base) / 2
    ends = 1 - 0.1 * smoothstep(0.2, 1.0, np.abs(x - middle) / reach) ** 2
    y = q[:, 1] * half * ends
    z = cabin.belt + (cabin.roof - cabin.belt) * rise
    z -= cabin.arching * ((x - middle) / 0.8) ** 2 * np.clip(rise, 0, 1) + 0.035 * q[:, 1] ** 2 * np.clip(rise, 0, 1)
    return np.stack([x, y, z], axis=1), half * ends


def glasshouse(
    cabin: Cabin,
    colour: Tint,
    metallic: float = 0.0,
    tint: Tint = (0.16, 0.18, 0.18),
    trim: Tint = (0.012, 0.012, 0.013),
    roof: Tint | None = None,
    open_top: bool = False,
    count: int = 120,
) -> bpy.types.Object:
    """Roof, pillars and windows; with an open top only the windscreen."""
    q, faces = rounded_cube(count, cabin.power)
    points, half = cabin_points(cabin, q)
    x, y, z = points.T
    low, high = cabin.belt + cabin.sill, cabin.roof - cabin.header
    ends = np.maximum(np.abs(y) - half + cabin.pillar, np.abs(z - (low + high) / 2) - (high - low) / 2)
    ends = np.maximum(ends, 0.75 - np.abs(q[:, 0]))
    sides = np.maximum(union(x, z, cabin.windows, 0.04), 0.6 - np.abs(q[:, 1]))
    glass = np.minimum(ends, sides)
    points[:, 1] -= np.sign(y) * 0.01 * smoothstep(0.012, -0.012, sides)
    s = Graph("glasshouse")
    shader = paint(s, roof or colour, metallic)
    mark = s.attribute("glass")
    rubber = s.surface(trim, 0.25, Coat_Weight=0.5)
    shader = s.mix(s.inside(s.math("SUBTRACT", mark, 0.022)), shader, rubber)
    shader = s.mix(s.inside(mark), shader, s.pane(tint))
    if open_top:
        shader = s.mix(s.inside(s.attribute("front")), shader, s.clear())
    return mesh("glasshouse", points, faces, s.done(shader), attributes={"glass": glass, "front": q[:, 0] - 0.88})
