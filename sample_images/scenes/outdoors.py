"""Pictures of things out of doors: a hot-air balloon, toadstools, and those of the seaside."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from scenes import studio as s
from scenes.landscape import grass
from scenes.modelling import grid_faces, mesh
from scenes.modelling import spline as curve
from scenes.picture import Picture
from scenes.roadside import foliage, ground, hills, leafy, tree
from scenes.seaside import lighthouse, sailing_boat
from scenes.shading import Graph, Tint, meadow, plain, timber

PUNCHY = "AgX - Punchy"


def envelope(at: tuple[float, float, float], colours: list[Tint], size: float = 1.0) -> None:
    """A hot-air balloon with bulging gores, about 20 units high."""
    gores, around, rows = 24, 384, 140
    outline = curve(
        [
            (0, 1.3),
            (0.12, 2.6),
            (0.3, 5.4),
            (0.5, 7.6),
            (0.66, 8.2),
            (0.8, 7.6),
            (0.92, 5.2),
            (0.98, 2.4),
            (1, 0.01),
        ]
    )
    rise = np.linspace(0, 1, rows) ** 0.9
    turn = np.linspace(0, 2 * pi, around, endpoint=False)
    bulge = 1 + 0.02 * np.abs(np.sin(turn * gores / 2)) - 0.02
    radius = np.outer(outline(rise), bulge)
    height = 4 + 17 * (1 - (1 - rise) ** 1.15)
    points = np.stack([radius * np.cos(turn), radius * np.sin(turn), np.repeat(height[:, None], around, 1)], -1)
    index = np.floor(turn / (2 * pi) * gores).astype(int)[None, :] + np.floor(rise * 9.0).astype(int)[:, None]
    graph = Graph("envelope")
    stops = tuple((n / len(colours), c) for n, c in enumerate(colours))
    cloth = graph.ramp(graph.attribute("band"), *stops, sharp=True)
    thin = graph.node("ShaderNodeBsdfTranslucent", {"Color": cloth}).outputs[0]
    shader = graph.mix(0.35, graph.surface(cloth, 0.45), thin)
    band = ((index % len(colours)) + 0.5) / len(colours)
    bag = mesh(
        "envelope",
        points.reshape(-1, 3),
        grid_faces(rows, around, wrap_columns=True),
        graph.done(shader),
        attributes={"band": band.ravel()},
    )
    basket = s.box((1.7, 1.7, 1.25), wicker(), (0, 0, 0.65), bevel=0.15)
    rim = s.torus(1.0, 0.08, plain("leather", (0.09, 0.04, 0.02), 0.6), (0, 0, 1.3))
    ropes = [
        s.tube(
            [(0.8 * cos(a), 0.8 * sin(a), 1.2), (1.25 * cos(a), 1.25 * sin(a), 4.1)],
            0.03,
            plain("rope", (0.1, 0.08, 0.05), 0.8),
            curved=False,
        )
        for a in np.arange(8) * pi / 4
    ]
    s.group([bag, basket, rim, *ropes], at, scale=size)


def wicker() -> object:
    """Woven willow."""
    graph = Graph("wicker")
    x, y, z = graph.split(graph.coordinates())
    weave = graph.math(
        "MULTIPLY",
        graph.math("SINE", graph.math("MULTIPLY", graph.math("ADD", x, y), 40.0)),
        graph.math("SINE", graph.math("MULTIPLY", z, 50.0)),
    )
    value = graph.math("ADD", graph.math("MULTIPLY", weave, 0.5), 0.5)
    colour = graph.ramp(value, (0.2, (0.09, 0.045, 0.02)), (0.9, (0.4, 0.24, 0.1)))
    return graph.done(graph.surface(colour, 0.7, Normal=graph.bump(value, 0.8, 0.05)))


def hot_air_balloon() -> None:
    """A striped hot-air balloon above hills in the morning, with a second one far off."""
    red, yellow, blue, white = (0.6, 0.015, 0.01), (0.8, 0.42, 0.01), (0.01, 0.05, 0.3), (0.75, 0.72, 0.65)
    envelope((0, 40, 16), [red, yellow, red, white, blue, white])
    envelope((-29, 120, 27), [blue, white, yellow, white])
    ground(meadow(), 3000, -0.01)
    hills(260, 40, 8, (0.06, 0.1, 0.06))
    hills(420, 85, 3, (0.1, 0.13, 0.14))
    s.sky(24, -140, 0.1, dust=0.4)
    s.camera((0, -22, 12), (-2.2, 40, 26.0), 62)


def fly_agaric() -> None:
    """Red toadstools with white warts in moss and grass; one unit is ten centimetres."""
    toadstool((0, 0, 0), 1.0, 3)
    toadstool((0.95, 0.45, -0.05), 0.62, 8)
    ground(moss(), 60)
    grass((-5, 5), (-1.2, 7), 5200, 0.75, 0.03, 2, (0.01, 0.03, 0.004), (0.07, 0.14, 0.02), 0.35)
    for n, (x, y) in enumerate([(-5, 14), (1.5, 17), (7, 15), (-10, 20), (12, 24)]):
        s.cylinder(0.7, 30, timber("bark", (0.03, 0.022, 0.015), (0.11, 0.08, 0.05), 0.9), (x, y, 14))
        foliage((x + 2, y + 5, 4 + n), (8, 5, 6), 900, 0.35, leafy("bush"), n)
    s.sky(38, -120, 0.1)
    s.camera((0.3, -4.6, 1.05), (0.28, 0, 0.82), 62, 0.9, (0, -0.3, 1.1))


def toadstool(at: tuple[float, float, float], size: float, seed: int) -> None:
    """Cap, warts, gills, ring and stalk."""
    random = np.random.default_rng(seed)
    skin = Graph("cap")
    shade = skin.ramp(skin.noise(2.0, 4.0), (0.3, (0.42, 0.012, 0.006)), (0.75, (0.62, 0.05, 0.012)))
    red = skin.done(skin.surface(shade, 0.22, Coat_Weight=0.7, Coat_Roughness=0.1))
    pale = plain("flesh", (0.74, 0.7, 0.6), 0.7, Subsurface_Weight=0.2, Subsurface_Scale=0.05)
    stalk = s.lathe(
        [(0.0, -0.1), (0.24, -0.05), (0.25, 0.12), (0.19, 0.26), (0.145, 0.5), (0.13, 0.9), (0.14, 1.15)],
        pale,
        curved=True,
    )
    ring = s.lathe(
        [(0.14, 0.84), (0.24, 0.76), (0.3, 0.66), (0.285, 0.66), (0.2, 0.78), (0.14, 0.82)], pale, curved=True
    )
    top = [(0.0, 1.5), (0.25, 1.475), (0.5, 1.39), (0.7, 1.24), (0.81, 1.06), (0.79, 1.0), (0.74, 1.0)]
    cap = s.lathe(top, red, curved=True)
    gills = Graph("gills")
    gx, gy, _ = gills.split(gills.coordinates())
    fold = gills.math("SINE", gills.math("MULTIPLY", gills.math("ARCTAN2", gy, gx), 90.0))
    under = s.lathe(
        [(0.78, 1.01), (0.5, 1.1), (0.13, 1.12)],
        gills.done(gills.surface((0.72, 0.67, 0.56), 0.8, Normal=gills.bump(fold, 1.0, 0.05))),
    )
    things = [stalk, ring, cap, under]
    outline = np.array(top[:5])
    for k in range(95):
        share = (k + 0.5) / 95
        reach = 0.78 * share**0.5
        angle = k * 2.39996 + random.normal(0, 0.12)
        height = np.interp(reach, outline[:, 0], outline[:, 1])
        big = random.uniform(0.025, 0.07) * (1.15 - 0.4 * share)
        lump = s.sphere(
            big,
            pale,
            (reach * cos(angle), reach * sin(angle), height + 0.012),
            (0, np.degrees(np.arcsin(min(reach / 0.95, 1))), np.degrees(angle)),
            (1.0, random.uniform(0.7, 1.2), 0.55),
            12,
        )
        things.append(lump)
    s.group(things, at, (random.uniform(-5, 5), random.uniform(-6, 6), 0), size)


def moss() -> object:
    """Dark green cushions and brown litter."""
    graph = Graph("moss")
    fine, wide = graph.noise(30.0, 6.0), graph.noise(1.5, 4.0)
    green = graph.ramp(fine, (0.3, (0.01, 0.022, 0.004)), (0.7, (0.06, 0.1, 0.015)))
    colour = graph.blend(graph.math("MULTIPLY", wide, 0.7), green, (0.07, 0.04, 0.02))
    return graph.done(graph.surface(colour, 0.95, Normal=graph.bump(fine, 1.0, 0.1)))


def traffic_light() -> None:
    """A traffic light that shows red, before trees."""
    black, steel = (
        plain("housing", (0.012, 0.013, 0.012), 0.35),
        plain("post", (0.16, 0.17, 0.17), 0.4, Metallic=0.8),
    )
    s.box((0.42, 0.3, 1.16), black, (0, 0, 3.4), bevel=0.05)
    s.box((0.62, 0.02, 1.4), black, (0, 0.1, 3.4), bevel=0.01)
    for z, colour, lit in (
        (3.76, (1.0, 0.012, 0.006), 1.4),
        (3.4, (0.25, 0.12, 0.005), 0.0),
        (3.04, (0.005, 0.12, 0.06), 0.0),
    ):
        lens = Graph("lens")
        x, _, y = lens.split(lens.coordinates())
        cells = (lens.math("SINE", lens.math("MULTIPLY", value, 260.0)) for value in (x, y))
        bumps = lens.bump(lens.math("MULTIPLY", *cells), 0.5, 0.004)
        face = lens.surface(colour, 0.15, Emission_Color=(*colour, 1.0), Emission_Strength=lit, Normal=bumps)
        s.sphere(0.135, lens.done(face), (0, -0.14, z), scale=(1, 0.35, 1))
        turn = np.linspace(-0.22 * pi, 1.22 * pi, 40)
        rows = [
            np.stack([0.155 * np.cos(turn), np.full(40, depth), z + 0.155 * np.sin(turn)], 1)
            for depth in (-0.12, -0.26, -0.38)
        ]
        rows[2][:, 1] += 0.13 * (1 - np.sin(np.clip(turn, 0, pi)))
        visor = mesh("visor", np.concatenate(rows), grid_faces(3, 40), black)
        s.thicken(visor, 0.008)
    s.cylinder(0.06, 5.0, steel, (0, 0.3, 1.6))
    for z in (3.0, 3.8):
        s.box((0.06, 0.3, 0.05), steel, (0, 0.2, z))
    s.sphere(0.075, steel, (0, 0.3, 4.1))
    ground(meadow(), 400, -0.01)
    for n, (x, y) in enumerate([(-6, 17), (3, 21), (9, 16), (-13, 23), (15, 24)]):
        tree((x, y, 0), 7.5, 6.0, n + 60, 6000, 0.2)
    s.sky(35, -65, 0.1, dust=0.4)
    s.camera((1.1, -5.0, 2.5), (0.0, 0, 3.36), 88, 2.8)


PICTURES = [
    Picture(
        "hot-air-balloon.jpg",
        hot_air_balloon,
        600,
        800,
        look=PUNCHY,
        exposure=0.7,
        taken="2022-08-13T07:05:12+02:00",
        gps=(47.2692, 11.4041),
    ),
    Picture("sailboat.webp", sailing_boat, 640, 800, 40, look=PUNCHY, exposure=0.7),
    Picture("lighthouse.jpg", lighthouse, 600, 800, 40, look=PUNCHY, exposure=0.7, orientation=6),
    Picture("traffic-light.png", traffic_light, 480, 640, 48, look=PUNCHY, exposure=0.5),
    Picture("fly-agaric.heic", fly_agaric, samples=48, look=PUNCHY, exposure=0.6),
]
