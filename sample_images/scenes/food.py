"""Food and drink: a pizza, a bottle of red wine."""

from __future__ import annotations

import random
from math import cos, pi, radians, sin

import bpy

from scenes import studio as s
from scenes.picture import Picture


def pizza() -> None:
    """A whole pizza with salami, cheese and basil on a wooden board."""
    dice = random.Random(5)
    s.tabletop(s.wood("#6e4a2f", "#3c2414", 0.5), "#7d7468", depth=8)
    board = s.wood("#caa06c", "#9a6f40", 0.6)
    s.cylinder(2.55, 0.12, board, (0, 0, 0.06), bevel=0.04, segments=128)
    dough = s.speckled([(0.36, "#9a5a22"), (0.5, "#d39a52"), (0.66, "#e7bf80")], 3.0, 0.7, bump=0.4, bump_scale=9)
    crust = s.lathe(
        [
            (0, 0.14),
            (1.9, 0.14),
            (2.2, 0.15),
            (2.3, 0.25),
            (2.26, 0.39),
            (2.1, 0.44),
            (1.95, 0.36),
            (1.88, 0.28),
            (0, 0.26),
        ],
        dough,
        curved=True,
        segments=160,
        sharp=180,
    )
    s.displace(crust, 0.12, 0.35, 3)
    sauce = s.speckled([(0.35, "#a8250f"), (0.6, "#c63d16")], 3, 0.6, bump=0.6, bump_scale=8)
    s.displace(s.lathe([(0, 0.3), (1.7, 0.3), (1.95, 0.27)], sauce, segments=160), 0.06, 0.2, 4)
    cheese = s.speckled(
        [(0.32, "#d8892c"), (0.5, "#f2cf74"), (0.7, "#f8e3a4")],
        2.4,
        0.35,
        coat=0.3,
        subsurface=0.15,
        bump=0.5,
        bump_scale=7,
    )
    for _ in range(70):
        r, a = 1.72 * dice.random() ** 0.5, dice.random() * 2 * pi
        blob = s.sphere(
            1,
            cheese,
            (r * cos(a), r * sin(a), 0.3),
            (0, 0, dice.random() * 180),
            (dice.uniform(0.16, 0.36), dice.uniform(0.14, 0.3), dice.uniform(0.05, 0.08)),
            32,
        )
        s.displace(blob, 0.3, 0.5, dice.randrange(50))
    meat = s.speckled([(0.35, "#7d170f"), (0.52, "#a8261a"), (0.68, "#c65a44")], 9, 0.5, bump=0.4, bump_scale=14)
    spots = [(0.0, 0.1)] + [(0.78, 72 * k + 15) for k in range(5)] + [(1.45, 40 * k) for k in range(9)]
    for r, a in spots:
        x, y = r * cos(radians(a)) + dice.uniform(-0.06, 0.06), r * sin(radians(a)) + dice.uniform(-0.06, 0.06)
        slice_ = s.lathe(
            [(0, 0), (0.24, 0.0), (0.285, 0.03), (0.29, 0.05), (0.26, 0.055), (0.2, 0.035), (0, 0.03)], meat
        )
        s.place(slice_, (x, y, 0.37), (dice.uniform(-7, 7), dice.uniform(-7, 7), dice.random() * 360))
    leaf = s.material("#2f6b1e", 0.4, variation=0.2, bump=0.2, bump_scale=10, coat=0.2)
    for r, a in ((0.45, 120), (0.5, 330), (1.1, 50), (1.15, 190), (1.1, 285), (1.2, 120)):
        outline = [(0, -0.24), (0.12, -0.1), (0.13, 0.05), (0, 0.26), (-0.13, 0.05), (-0.12, -0.1)]
        s.extrude(
            outline,
            0.015,
            leaf,
            (r * cos(radians(a)), r * sin(radians(a)), 0.44),
            (dice.uniform(-15, 15), dice.uniform(-15, 15), dice.random() * 360),
            bevel=0.005,
            curved=True,
        )
    s.studio_light(1.3, side=-1, warmth=0.4, scale=1.2)
    s.camera((0, -4.9, 5.6), (0, -0.12, 0.2), 50, 2.0)


def wine_bottle() -> None:
    """A bottle of red wine beside a filled glass."""
    s.tabletop(s.wood("#7b4f30", "#452814", 0.5), "#8d857a", depth=9)
    dark = s.material("#0d2413", 0.05, coat=0.5)
    s.lathe(
        [
            (0, 0),
            (0.5, 0),
            (0.55, 0.05),
            (0.56, 0.15),
            (0.56, 2.1),
            (0.54, 2.3),
            (0.44, 2.55),
            (0.27, 2.8),
            (0.2, 3.0),
            (0.19, 3.3),
            (0.19, 3.6),
            (0.22, 3.62),
            (0.22, 3.75),
            (0.19, 3.78),
            (0, 3.78),
        ],
        dark,
        (-0.55, 0, 0),
    )
    s.lathe(
        [(0.2, 2.95), (0.205, 3.3), (0.203, 3.6), (0.235, 3.61), (0.235, 3.77), (0.2, 3.8), (0, 3.8)],
        s.material("#6d0f1c", 0.3, 0.4),
        (-0.55, 0, 0),
    )
    label = s.paper("#efe6cf")
    s.lathe([(0.565, 0.55), (0.565, 1.75)], label, (-0.55, 0, 0))
    gold, ink = s.material("#b48a35", 0.35, 0.8), s.material("#3b2020", 0.7)
    for z in (0.62, 1.68):
        s.torus(0.566, 0.012, gold, (-0.55, 0, z))
    for string, size, z, shade in (
        ("CHATEAU", 0.19, 1.42, ink),
        ("CLIPSEARCH", 0.14, 1.18, ink),
        ("2019", 0.16, 0.85, gold),
    ):
        word = s.text(string, size, 0.004, shade, (-0.55, -0.575, z), (90, 0, 0))
        bend(word, 0.57)
    clear = s.glass(ior=1.45)
    s.lathe(
        [
            (0, 0.05),
            (0.1, 0.06),
            (0.06, 0.2),
            (0.05, 0.9),
            (0.12, 1.02),
            (0.42, 1.25),
            (0.55, 1.6),
            (0.52, 2.0),
            (0.42, 2.4),
            (0.4, 2.4),
            (0.5, 2.0),
            (0.52, 1.6),
            (0.4, 1.28),
            (0.1, 1.08),
            (0, 1.06),
        ],
        clear,
        (0.85, -0.2, 0),
        curved=True,
    )
    s.lathe([(0, 0.01), (0.48, 0.01), (0.48, 0.03), (0.1, 0.06), (0, 0.06)], clear, (0.85, -0.2, 0))
    wine = s.glass("#7a0a18", ior=1.34)
    s.lathe(
        [(0, 1.07), (0.1, 1.09), (0.39, 1.29), (0.505, 1.6), (0.505, 1.65), (0, 1.65)],
        wine,
        (0.85, -0.2, 0),
        curved=False,
    )
    s.studio_light(1.2, side=-1, warmth=0.4, scale=1.3)
    s.camera((0.1, -9, 2.6), (0.15, 0, 1.85), 66, 1.6)


def bend(word: bpy.types.Object, radius: float) -> None:
    """Wrap upright lettering around a cylinder whose axis lies `radius` behind it."""
    word.location.y += radius
    bpy.context.view_layer.update()
    data = bpy.data.meshes.new_from_object(word.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    for vertex in data.vertices:
        x, y, lift = vertex.co
        angle = x / radius
        vertex.co = ((radius + lift) * sin(angle), y, (radius + lift) * cos(angle))
    twin = bpy.data.objects.new("label", data)
    bpy.context.collection.objects.link(twin)
    twin.location, twin.rotation_euler = word.location, word.rotation_euler
    bpy.data.objects.remove(word)


PICTURES = [
    Picture("pizza.heic", pizza, 800, 640, quality=60),
    Picture("wine-bottle.jpg", wine_bottle, 600, 800, orientation=8),
]
