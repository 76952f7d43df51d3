"""What bolts onto a car body: wheels, wells, lamps, mirrors, number plates, seats, steering wheel."""

from __future__ import annotations

import bpy
import numpy as np

from scenes.car_body import CarShape
from scenes.modelling import Point, box, lathe, mesh, place, rounded_cube, tube
from scenes.shading import Tint, black_rubber, chrome, glow, plain


def blob(
    name: str,
    size: Point,
    centre: Point,
    material: bpy.types.Material,
    power: float = 3.0,
    turn: Point = (0, 0, 0),
) -> bpy.types.Object:
    """A soft box."""
    points, faces = rounded_cube(17, power)
    item = mesh(name, points * np.array(size) / 2, faces, material)
    item.location, item.rotation_euler = centre, turn
    return item


def wheel(
    radius: float,
    width: float,
    rim: bpy.types.Material,
    spokes: int = 5,
    pairs: bool = True,
    rim_share: float = 0.68,
) -> list[bpy.types.Object]:
    """A wheel around the y axis whose outside looks towards +y."""
    half, r = width / 2, radius * rim_share
    tyre = [
        (r, -half * 0.8),
        (r + 0.015, -half * 0.95),
        (radius * 0.9, -half),
        (radius * 0.985, -half * 0.85),
    ]
    for groove in (-0.5, -0.15, 0.2, 0.55):
        y = groove * half
        tyre += [
            (radius, y - 0.012),
            (radius * 0.975, y - 0.008),
            (radius * 0.975, y + 0.002),
            (radius, y + 0.006),
        ]
    tyre += [
        (radius * 0.985, half * 0.85),
        (radius * 0.95, half * 0.97),
        (radius * 0.9, half),
        (r + 0.03, half * 0.97),
    ]
    tyre += [(r + 0.015, half * 0.9), (r, half * 0.8)]
    items = [lathe("tyre", tyre, black_rubber(), 72, "y")]
    barrel = [
        (r + 0.004, half * 0.86),
        (r - 0.004, half * 0.9),
        (r - 0.016, half * 0.86),
        (r - 0.022, half * 0.7),
        (r - 0.04, half * 0.1),
        (r - 0.045, -half * 0.8),
    ]
    items.append(lathe("barrel", barrel, rim, 72, "y"))
    disc = plain("disc", (0.25, 0.25, 0.26), 0.3, Metallic=1.0)
    items.append(lathe("disc", [(0.0, 0.0), (r * 0.72, 0.0), (r * 0.72, -0.03)], disc, 48, "y"))
    back = plain("dark", (0.008, 0.008, 0.008), 0.8)
    items.append(lathe("back", [(0.0, -half * 0.5), (r, -half * 0.5)], back, 48, "y"))
    for n in range(spokes):
        for lean in (-0.11, 0.11) if pairs else (0.0,):
            angle = 2 * np.pi * n / spokes + 0.3
            wide = r * (0.12 if pairs else 0.3)
            near, far = 0.04, r - 0.012
            across = [(near, wide * 0.6), ((near + far) / 2, wide * 0.42), (far, wide * 0.55)]
            points, bend = [], [half * 0.62, half * 0.74, half * 0.8]
            for (distance, thick), depth in zip(across, bend, strict=True):
                for side, drop in (
                    (-1, -0.03),
                    (-1, -0.008),
                    (-0.6, 0.0),
                    (0.6, 0.0),
                    (1, -0.008),
                    (1, -0.03),
                ):
                    turn = angle + lean * (distance / far)
                    along, off = (
                        np.array([np.cos(turn), np.sin(turn)]),
                        np.array([-np.sin(turn), np.cos(turn)]),
                    )
                    flat = along * distance + off * side * thick
                    points.append((flat[0], depth + drop, flat[1]))
            faces = [(i * 6 + j, i * 6 + j + 1, i * 6 + j + 7, i * 6 + j + 6) for i in range(2) for j in range(5)]
            items.append(mesh("spoke", np.array(points), faces, rim, smooth=False))
    hub = [
        (0.0, half * 0.86),
        (0.03, half * 0.85),
        (0.045, half * 0.78),
        (0.07, half * 0.66),
        (0.075, half * 0.3),
    ]
    items.append(lathe("hub", hub, rim, 36, "y"))
    return items


def running_gear(
    shape: CarShape,
    rim: bpy.types.Material,
    spokes: int = 5,
    pairs: bool = True,
    width: float = 0.22,
    rim_share: float = 0.68,
    steer: float = 0.0,
    spread: float = 0.0,
) -> list[bpy.types.Object]:
    """Four wheels in their dark wells."""
    items: list[bpy.types.Object] = []
    dark = plain("well", (0.006, 0.006, 0.006), 0.9)
    track = shape.width / 2 - width / 2 - 0.02 + spread
    for number, axle in enumerate(shape.axles):
        for side in (1, -1):
            turn = (0 if side > 0 else np.pi) + (steer if number == 0 else 0.0)
            hook = place(
                wheel(shape.wheel, width, rim, spokes, pairs, rim_share),
                (axle, side * track, shape.wheel),
                turn,
            )
            items.append(hook)
            arc = np.linspace(-0.35, np.pi + 0.35, 40)
            inner, outer = side * (shape.width / 2 - 0.42), side * (shape.width / 2 - 0.035)
            rows = [
                [(axle + shape.arch * 1.03 * np.cos(t), y, shape.wheel + shape.arch * 1.03 * np.sin(t)) for t in arc]
                for y in (inner, outer)
            ]
            rows.append([(axle, inner, shape.wheel)] * len(arc))
            points = np.array([rows[2], rows[0], rows[1]]).reshape(-1, 3)
            n = len(arc)
            faces = [
                (i * n + j, i * n + j + 1, (i + 1) * n + j + 1, (i + 1) * n + j) for i in range(2) for j in range(n - 1)
            ]
            items.append(mesh("well", points, faces, dark))
    return items


def lamp(at: Point, radius: float, lit: float = 1.5, bezel: bool = True) -> list[bpy.types.Object]:
    """A round headlamp looking forward."""
    x, y, z = at
    bowl = [
        (radius, 0.0),
        (radius * 0.8, -radius * 0.25),
        (radius * 0.4, -radius * 0.45),
        (0.0, -radius * 0.5),
    ]
    items = [
        lathe("bowl", bowl, chrome(0.1), 32, "x"),
        blob("bulb", (radius * 0.5,) * 3, (-radius * 0.25, 0, 0), glow((1.0, 0.95, 0.85), lit), 2.0),
    ]
    dome = [(radius * np.cos(t), radius * 0.3 * np.sin(t)) for t in np.linspace(0, np.pi / 2, 8)]
    glass = plain("lens", (1, 1, 1), 0.0, Transmission_Weight=1.0, IOR=1.2)
    items.append(lathe("lens", dome, glass, 32, "x"))
    if bezel:
        ring = [
            (radius * 1.1, -radius * 0.2),
            (radius * 1.1, 0.0),
            (radius * 1.05, 0.015),
            (radius * 0.97, 0.0),
        ]
        items.append(lathe("bezel", ring, chrome(), 32, "x"))
    return [place(items, (x, y, z))]


def mirrors(at: Point, size: Point, material: bpy.types.Material) -> list[bpy.types.Object]:
    """A wing mirror on each side."""
    items = []
    for side in (1, -1):
        x, y, z = at
        items.append(blob("mirror", size, (x, side * y, z), material, 2.6))
        items.append(blob("stalk", (0.07, 0.16, 0.035), (x, side * (y - 0.1), z - size[2] * 0.4), material, 2.6))
        glass = blob(
            "reflector",
            (0.01, size[1] * 0.85, size[2] * 0.8),
            (x - size[0] * 0.46, side * y, z),
            chrome(0.02),
            4,
        )
        items.append(glass)
    return items


def number_plate(text: str, at: Point, forward: bool, colour: Tint = (0.8, 0.8, 0.78)) -> list[bpy.types.Object]:
    """A plate with raised characters, in the font that the renderer has built in."""
    items = [box("plate", (0.012, 0.5, 0.115), at, plain("plate", colour, 0.4), 0.004)]
    return [*items, letters(text, 0.105, (at[0] + (0.008 if forward else -0.008), at[1], at[2]), forward)]


def letters(text: str, size: float, at: Point, forward: bool) -> bpy.types.Object:
    """Black characters that look forward or back."""
    curve = bpy.data.curves.new("characters", "FONT")
    curve.body, curve.size, curve.extrude = text, size, 0.001
    curve.align_x, curve.align_y = "CENTER", "CENTER"
    item = bpy.data.objects.new("characters", curve)
    bpy.context.scene.collection.objects.link(item)
    curve.materials.append(plain("ink", (0.01, 0.01, 0.015), 0.5))
    item.location, item.rotation_euler = at, (np.pi / 2, 0, np.pi / 2 if forward else -np.pi / 2)
    return item


def wing(
    path: list[tuple[float, float]], inner: float, outer: float, thick: float, material: bpy.types.Material
) -> bpy.types.Object:
    """A flat mudguard over a wheel: an (x, z) path swept from one y to another."""
    line = np.array(path)
    rows = [
        np.column_stack([line[:, 0], np.full(len(line), y), line[:, 1] + lift])
        for y, lift in ((inner, 0), (outer, 0), (outer, -thick), (inner, -thick))
    ]
    n = len(path)
    faces = [
        (i * n + j, i * n + j + 1, (i + 1) % 4 * n + j + 1, (i + 1) % 4 * n + j) for i in range(4) for j in range(n - 1)
    ]
    item = mesh(
        "wing",
        np.concatenate(rows),
        [*faces, (0, n, 2 * n, 3 * n), (n - 1, 4 * n - 1, 3 * n - 1, 2 * n - 1)],
        material,
    )
    modifier = item.modifiers.new("bevel", "BEVEL")
    modifier.width, modifier.segments, modifier.harden_normals = 0.02, 3, True
    return item


def seat(at: Point, colour: Tint, high: float = 0.62) -> list[bpy.types.Object]:
    """A seat with a head rest, looking forward; `at` is the middle of its cushion."""
    x, y, z = at
    cloth = plain("seat", colour, 0.5)
    return [
        blob("cushion", (0.52, 0.5, 0.2), at, cloth, 4.0, (0, -0.1, 0)),
        blob("backrest", (0.17, 0.5, high), (x - 0.3, y, z + high * 0.48), cloth, 3.5, (0, -0.25, 0)),
        blob("headrest", (0.1, 0.27, 0.18), (x - 0.42, y, z + high * 1.06), cloth, 3.0, (0, -0.2, 0)),
    ]


def interior(
    front: float,
    rear: float,
    half: float,
    floor: float,
    belt: float,
    colour: Tint,
    seats: tuple[float, ...] = (0.0,),
) -> list[bpy.types.Object]:
    """Tub, dashboard, steering wheel and rows of two seats."""
    dark = plain("tub", (0.015, 0.015, 0.016), 0.7)
    items = [box("floor", (front - rear, half * 2, 0.02), ((front + rear) / 2, 0, floor), dark, 0.0)]
    for side in (1, -1):
        items.append(
            box(
                "lining",
                (front - rear, 0.03, belt - floor),
                ((front + rear) / 2, side * half, (belt + floor) / 2),
                dark,
                0.0,
            )
        )
    items.append(blob("dashboard", (0.5, half * 2, 0.34), (front - 0.12, 0, belt - 0.13), dark, 4.0))
    items.append(box("bulkhead", (0.03, half * 2, belt - floor), (rear, 0, (belt + floor) / 2), dark, 0.0))
    for x in seats:
        for y in (half * 0.48, -half * 0.48):
            items += seat((x, y, floor + 0.22), colour, belt - floor - 0.02)
    angle = np.linspace(0, 2 * np.pi, 41)
    ring = np.stack([0.05 * np.sin(angle), 0.18 * np.cos(angle), 0.17 * np.sin(angle)], axis=1)
    centre = np.array([front - 0.45, half * 0.48, belt - 0.02])
    items.append(tube("steering", ring + centre, 0.014, dark))
    items.append(tube("column", [tuple(centre), (front - 0.1, half * 0.48, belt - 0.15)], 0.03, dark))
    return items


def handles(places: tuple[Point, ...], material: bpy.types.Material) -> list[bpy.types.Object]:
    """Door handles on both sides."""
    return [
        blob("handle", (0.17, 0.03, 0.026), (x, side * y, z), material, 3.5) for x, y, z in places for side in (1, -1)
    ]
