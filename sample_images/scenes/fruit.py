"""Fruit: oranges, lemons, bananas, apples and strawberries."""

from __future__ import annotations

import random
from itertools import pairwise
from math import cos, exp, pi, radians, sin

import bpy
from mathutils import Vector

from scenes import studio as s
from scenes.picture import Picture


def stalk(location: s.Point, lean: float = 10, length: float = 0.3) -> bpy.types.Object:
    """Put a brown woody stalk on a fruit."""
    bark = s.material("#4b3520", 0.8, bump=0.4, bump_scale=30)
    return s.tube(
        [(0, 0, -0.08), (0.01, 0, length * 0.5), (0.05, 0, length)], [0.03, 0.025, 0.045], bark, location, (0, lean, 30)
    )


def orange_skin() -> bpy.types.Material:
    """Dimpled orange peel."""
    shader = s.Shader("orange")
    shader.colour(shader.ramp(shader.noise(1.5), [(0.35, "#e8760c"), (0.65, "#f59a1e")]))
    shader.set(Roughness=0.38, Coat_Weight=0.2, Coat_Roughness=0.3, Subsurface_Weight=0.1, Subsurface_Scale=0.05)
    pores = shader.node("ShaderNodeTexVoronoi", Scale=22)
    shader.link(shader.coordinates(), pores.inputs["Vector"])
    shader.bump(pores.outputs["Distance"], 0.35, 0.02)
    return shader.material


def navel(location: s.Point, rotation: s.Point) -> None:
    """Put the green stem star on an orange."""
    s.cylinder(0.07, 0.05, s.material("#6f7a35", 0.8, bump=0.5), location, rotation, bevel=0.015, segments=7)


def oranges() -> None:
    """Three oranges, one of them cut in half."""
    s.tabletop(s.wood("#8f6238", "#553319", 0.5), "#9a9c96", depth=5)
    skin = orange_skin()
    s.displace(s.sphere(0.85, skin, (-0.85, 0.35, 0.82), (20, 10, 0), (1, 1, 0.96)), 0.04, 0.8, 1)
    s.displace(s.sphere(0.82, skin, (0.85, 0.5, 0.79), (-30, 20, 40), (1, 1, 0.95)), 0.04, 0.8, 2)
    navel((-0.85, -0.1, 1.5), (35, 0, 0))
    navel((0.95, 0.15, 1.5), (30, 10, 0))
    half = [s.lathe([(0, -0.78), (0.3, -0.73), (0.58, -0.53), (0.74, -0.27), (0.8, 0)], skin, curved=True)]
    pith = s.material("#f7e3b0", 0.6, subsurface=0.1)
    half.append(s.cylinder(0.8, 0.02, pith, (0, 0, 0)))
    pulp = s.speckled([(0.3, "#f08a10"), (0.7, "#fdb238")], 14, 0.18, coat=0.5, subsurface=0.2, bump=0.5, bump_scale=20)
    for k in range(10):
        start, end = radians(36 * k + 3), radians(36 * k + 33)
        rim = [(0.71 * cos(start + (end - start) * i / 8), 0.71 * sin(start + (end - start) * i / 8)) for i in range(9)]
        middle = (start + end) / 2
        half.append(s.extrude([(0.09 * cos(middle), 0.09 * sin(middle)), *rim], 0.05, pulp, (0, 0, 0.012), bevel=0.02))
    s.group(half, (0.1, -0.95, 0.74), (62, 0, -8))
    s.studio_light(1.0, side=-1, warmth=0.4)
    s.camera((0.2, -6.2, 2.6), (0, 0, 0.72), 55, 1.6)


def lemon(location: s.Point, rotation: s.Point, skin: bpy.types.Material, seed: int) -> None:
    """Put a lemon whose length is along its own z."""
    body = s.lathe(
        [
            (0, -1.0),
            (0.09, -0.98),
            (0.16, -0.88),
            (0.42, -0.66),
            (0.62, -0.3),
            (0.67, 0),
            (0.62, 0.3),
            (0.42, 0.64),
            (0.18, 0.84),
            (0.13, 0.93),
            (0.1, 1.03),
            (0, 1.05),
        ],
        skin,
        curved=True,
        sharp=180,
    )
    s.displace(s.place(body, location, rotation), 0.06, 0.5, seed)


def lemons() -> None:
    """Two whole lemons and a half."""
    s.tabletop(s.wood("#6d5138", "#3c2817", 0.5), "#7d8a93", depth=5)
    shader = s.Shader("lemon")
    shader.colour(shader.ramp(shader.noise(1.5), [(0.35, "#f0c314"), (0.65, "#fbdf3c")]))
    shader.set(Roughness=0.35, Coat_Weight=0.25, Coat_Roughness=0.3, Subsurface_Weight=0.1, Subsurface_Scale=0.05)
    pores = shader.node("ShaderNodeTexVoronoi", Scale=18)
    shader.link(shader.coordinates(), pores.inputs["Vector"])
    shader.bump(pores.outputs["Distance"], 0.4, 0.02)
    skin = shader.material
    lemon((-0.75, 0.3, 0.66), (90, 0, 62), skin, 1)
    lemon((0.95, 0.55, 0.66), (88, 0, -58), skin, 2)
    half = [
        s.lathe([(0, -1.0), (0.13, -0.97), (0.2, -0.86), (0.45, -0.62), (0.62, -0.28), (0.66, 0)], skin, curved=True),
        s.cylinder(0.66, 0.02, s.material("#fbf0c0", 0.5, subsurface=0.1)),
    ]
    pulp = s.speckled([(0.3, "#ecc84a"), (0.7, "#fbe88c")], 14, 0.15, coat=0.5, subsurface=0.2, bump=0.5, bump_scale=20)
    for k in range(9):
        start, end = radians(40 * k + 4), radians(40 * k + 36)
        rim = [(0.56 * cos(start + (end - start) * i / 8), 0.56 * sin(start + (end - start) * i / 8)) for i in range(9)]
        middle = (start + end) / 2
        half.append(s.extrude([(0.08 * cos(middle), 0.08 * sin(middle)), *rim], 0.05, pulp, (0, 0, 0.012), bevel=0.02))
    s.group(half, (0.15, -0.85, 0.62), (65, 0, 12))
    s.studio_light(1.0, side=1, warmth=0.2)
    s.camera((0, -6.0, 2.5), (0.08, 0, 0.55), 55, 1.6)


def bananas() -> None:
    """A bunch of four bananas."""
    s.tabletop(s.wood("#b98a5a", "#7d5530", 0.5), "#a7b0ad", depth=5)
    skin = s.speckled(
        [(0.3, "#e9b91c"), (0.5, "#f6d23a"), (0.7, "#f9da4e")], 1.6, 0.4, coat=0.1, subsurface=0.08, stretch=(1, 1, 1)
    )
    tip = s.material("#4a3a22", 0.8)
    green = s.material("#a8a03a", 0.5)
    for k in range(4):
        # each finger starts at the common crown, runs out and curves up at its end
        turn = -30 + 17 * k
        rise = 0.30 + 0.13 * k
        path = []
        for i in range(11):
            a = radians(-12 + 102 * i / 10)
            path.append((2.3 * sin(a) + 0.3, 0, 2.3 * (1 - cos(a)) * 0.72 + rise))
        widths = [0.11, 0.14, 0.26, 0.32, 0.345, 0.35, 0.345, 0.32, 0.26, 0.17, 0.08]
        finger = s.tube(path, widths, skin)
        finger.data.bevel_resolution = 1  # a rounded six-sided section
        end = s.tube([path[-1], (path[-1][0], 0, path[-1][2] + 0.12)], [0.085, 0.07], tip, curved=False)
        stem = s.tube([(-0.75, 0, 0.52), (-0.45, 0, rise * 0.5 + 0.28), path[0]], [0.12, 0.11, 0.115], green)
        s.group([finger, end, stem], (-1.2, -0.3 + 0.0 * k, -0.05), (0, 0, turn))
    s.studio_light(1.0, side=-1, warmth=0.3)
    s.camera((0.1, -6.6, 3.0), (-0.05, 0, 0.98), 46, 1.8)


def apple_green() -> None:
    """A Granny Smith apple and another behind it."""
    s.tabletop(s.wood("#9b6b42", "#5f3c22", 0.5), "#c4beb2", depth=5)
    shader = s.Shader("apple")
    shader.colour(shader.ramp(shader.noise(1.4, detail=3, stretch=(1, 1, 0.5)), [(0.3, "#6f9f1e"), (0.7, "#9cc03a")]))
    shader.set(Roughness=0.25, Coat_Weight=0.5, Coat_Roughness=0.12, Subsurface_Weight=0.1, Subsurface_Scale=0.05)
    profile = [
        (0, 0.1),
        (0.14, 0.06),
        (0.3, 0.0),
        (0.55, 0.1),
        (0.8, 0.4),
        (0.95, 0.85),
        (0.97, 1.15),
        (0.87, 1.5),
        (0.62, 1.72),
        (0.38, 1.72),
        (0.18, 1.6),
        (0.05, 1.42),
        (0, 1.4),
    ]
    for x, y, lean, turn, seed in ((-0.55, -0.3, -6, 20, 1), (0.95, 0.7, 8, 120, 2)):
        apple = s.lathe(profile, shader.material, curved=True, sharp=180)
        s.displace(apple, 0.08, 1.2, seed)
        s.group([apple, stalk((0, 0, 1.45), 12, 0.45)], (x, y, 0), (lean, lean, turn))
    s.studio_light(1.0, side=-1, warmth=0.2)
    s.camera((0, -6.4, 2.3), (0.12, 0, 0.85), 55, 1.6)


BERRY = [
    (0, 0.0),
    (0.16, 0.03),
    (0.38, 0.28),
    (0.6, 0.68),
    (0.72, 1.05),
    (0.69, 1.3),
    (0.5, 1.46),
    (0.2, 1.5),
    (0, 1.46),
]
"""The outline of a strawberry, as (radius, z) from its tip up to its leaves."""


def pips() -> list[Vector]:
    """Give the places of a strawberry's pips, in rings that lie about evenly along its outline."""
    curve = s.spline([(*p, 0) for p in BERRY], steps=40)
    places, walked, ring = [], 0.0, 0
    for before, after in pairwise(curve):
        walked += (after - before).length
        if walked < 0.15 * (ring + 1):
            continue
        ring += 1
        count = max(3, round(after.x * 23))
        if after.y < 1.44:
            turns = [2 * pi * (k + ring % 2 / 2) / count for k in range(count)]
            places += [Vector((after.x * cos(a), after.x * sin(a), after.y)) for a in turns]
    return places


def strawberry(middle: s.Point, rotation: s.Point, size: float, seed: int) -> None:
    """Lay a strawberry: dimpled flesh, a pip in every dimple, drooping leaves and a stalk."""
    dice = random.Random(seed)
    flesh = s.speckled([(0.3, "#a80810"), (0.7, "#cf1616")], 1.6, 0.3, coat=0.3, subsurface=0.15)
    green = s.material("#4d8a26", 0.5, variation=0.2)
    pip = s.material("#d8b04a", 0.4)
    body = s.lathe([tuple(p)[:2] for p in s.spline([(*p, 0) for p in BERRY], steps=12)], flesh, segments=160, sharp=180)
    places = pips()
    for vertex in body.data.vertices:
        near = min((vertex.co - place).length for place in places)
        axis = Vector((0, 0, 0.85))
        vertex.co += (axis - vertex.co).normalized() * 0.035 * exp(-((near / 0.045) ** 2))
    parts = [body]
    for place in places:
        inward = (Vector((0, 0, 0.8)) - place).normalized()
        grain = s.sphere(0.03, pip, place + inward * 0.028, (0, 0, 0), 1.0, 12)
        grain.rotation_euler = inward.to_track_quat("X", "Z").to_euler()
        grain.scale = (0.5, 0.6, 1.0)
        parts.append(grain)
    for k in range(11):
        fall = dice.uniform(-0.18, 0.12)
        path = [(0.02, 0, 1.5), (0.3, 0, 1.56), (0.6, 0, 1.5 + fall * 0.4), (0.86, 0, 1.44 + fall)]
        turn = 360 * k / 11 + dice.uniform(-8, 8)
        parts.append(s.tube(path, [0.06, 0.15, 0.12, 0.01], green, rotation=(0, 0, turn), flat=0.12))
    parts.append(s.tube([(0, 0, 1.45), (0.02, 0, 1.75), (0.12, 0, 2.05)], 0.04, green))
    s.group([s.group(parts, (0, 0, -0.85))], middle, rotation, size)


def strawberries() -> None:
    """Three strawberries on white."""
    s.backdrop("#efece6", depth=6)
    strawberry((-0.95, -0.1, 0.66), (-58, 0, 28), 1.0, 1)
    strawberry((0.75, -0.45, 0.64), (-66, 0, -40), 0.95, 2)
    strawberry((0.25, 1.25, 0.7), (-62, 0, 5), 1.05, 3)
    s.studio_light(0.85, side=-1, warmth=0.1)
    s.camera((0.0, -6.2, 3.2), (-0.05, 0.1, 0.68), 52, 1.8)


PICTURES = [
    Picture("oranges.jpg", oranges),
    Picture("lemons.webp", lemons),
    Picture("bananas.jpg", bananas, taken="2023-08-03T12:05:18-03:00", gps=(-22.9519, -43.2105)),
    Picture("apple-green.tif", apple_green, 640, 480),
    Picture("strawberries.jpg", strawberries),
]
