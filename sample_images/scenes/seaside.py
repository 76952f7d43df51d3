"""A sailing boat at sea and a lighthouse on a rocky point."""

from __future__ import annotations

from math import cos, pi, radians, sin

import numpy as np

from scenes import studio as s
from scenes.landscape import boulder, field, fractal, rock, sea
from scenes.modelling import Array, grid_faces, mesh, smoothstep
from scenes.modelling import spline as curve
from scenes.roadside import hills
from scenes.shading import Graph, chrome, plain, timber


def hull(length: float, beam: float, depth: float) -> tuple[Array, Array]:
    """Half-open boat hull as a loft, bow towards +x."""
    along = np.linspace(-0.5, 0.5, 60)
    turn = np.linspace(-pi / 2, pi / 2, 41)
    width = curve([(-0.5, 0.66), (-0.3, 0.92), (-0.05, 1.0), (0.25, 0.75), (0.42, 0.32), (0.5, 0.02)])(along)
    keel = curve([(-0.5, 0.35), (-0.2, 0.9), (0.1, 1.0), (0.4, 0.75), (0.5, 0.45)])(along)
    sheer = 0.55 + 1.5 * (along + 0.12) ** 2
    y = np.outer(width, np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.6) * beam / 2
    drop = np.abs(np.cos(turn)) ** 0.75
    z = sheer[:, None] * depth - np.outer(keel * depth + 0.0, drop) * 1.25
    x = (
        np.repeat(along[:, None] * length, len(turn), 1)
        + np.outer((along > 0.2) * (along - 0.2), -drop) * length * 0.25
    )
    return np.stack([x, y, z], -1).reshape(-1, 3), grid_faces(60, 41)


def sail(tack: Array, head: Array, clew: Array, belly: float, material: object) -> object:
    """A triangular sail with a belly towards +y."""
    n = 40
    u, v = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n), indexing="ij")
    foot = tack + (clew - tack) * v[..., None]
    points = foot + (head - foot) * u[..., None]
    roach = np.sin(pi * u) * v**3
    points = points + (clew - tack) * 0.07 * roach[..., None]
    points[..., 1] += belly * np.sin(pi * np.clip(v, 0, 1)) ** 0.8 * (1 - u) * (0.5 + u)
    item = mesh("sail", points.reshape(-1, 3), grid_faces(n, n), material)
    return item


def sailing_boat() -> None:
    """A white sloop heeling a little on a blue sea."""
    graph = Graph("sailcloth")
    _, _, z = graph.split(graph.coordinates())
    seam = graph.math("GREATER_THAN", graph.math("FRACT", graph.math("MULTIPLY", z, 1.1)), 0.965)
    tone = graph.blend(seam, (0.8, 0.79, 0.75), (0.55, 0.54, 0.5))
    thin = graph.node("ShaderNodeBsdfTranslucent", {"Color": tone}).outputs[0]
    canvas = graph.done(graph.mix(0.4, graph.surface(tone, 0.7), thin))
    points, faces = hull(9, 2.9, 1.0)
    paint = Graph("hull")
    _, _, height = paint.split(paint.coordinates())
    band = paint.near(paint.math("SUBTRACT", height, 0.33), 0.05)
    gelcoat = paint.blend(band, (0.8, 0.8, 0.78), (0.01, 0.03, 0.15))
    body = mesh("hull", points, faces, paint.done(paint.surface(gelcoat, 0.15, Coat_Weight=0.6)))
    rows = points.reshape(60, 41, 3)
    deck = mesh(
        "deck",
        rows[:, [0, 20, 40]].copy().reshape(-1, 3) * np.array([1, 1, 1]),
        grid_faces(60, 3),
        timber("teak", (0.2, 0.11, 0.05), (0.42, 0.26, 0.13)),
    )
    flat = np.array([v.co[:] for v in deck.data.vertices]).reshape(60, 3, 3)
    flat[:, 1] = (flat[:, 0] + flat[:, 2]) / 2 + np.array([0, 0, 0.05])
    deck.data.vertices.foreach_set("co", flat.ravel())
    white, metal = plain("white", (0.75, 0.75, 0.73), 0.3), chrome(0.25)
    cabin = s.box((3.0, 1.5, 0.5), white, (0.7, 0, 0.75), bevel=0.15)
    ports = [
        s.box((0.6, 1.53, 0.16), plain("port", (0.01, 0.01, 0.02), 0.1), (x, 0, 0.8), bevel=0.05) for x in (0.1, 1.2)
    ]
    mast = s.cylinder(0.07, 11.0, metal, (0.9, 0, 6.0))
    boom = s.tube([(0.9, 0, 1.7), (-3.1, 0.7, 1.65)], 0.06, metal, curved=False)
    main = sail(np.array([0.82, 0, 1.8]), np.array([0.8, 0, 11.3]), np.array([-3.1, 0.7, 1.75]), 0.55, canvas)
    jib = sail(np.array([4.2, 0, 1.0]), np.array([1.0, 0, 10.0]), np.array([0.3, 0.9, 1.2]), 0.7, canvas)
    wires = [
        s.tube([a, b], 0.015, metal, curved=False)
        for a, b in (
            ((4.3, 0, 0.95), (0.9, 0, 10.6)),
            ((-4.3, 0, 0.7), (0.9, 0, 11.4)),
            ((0.6, 1.35, 0.6), (0.9, 0, 9.5)),
            ((0.6, -1.35, 0.6), (0.9, 0, 9.5)),
        )
    ]
    s.group([body, deck, cabin, *ports, mast, boom, main, jib, *wires], (0, 0, 0.25), (8, 0, 20))
    sea((2, -24), 0.09)
    hills(900, 60, 2, (0.1, 0.13, 0.16), 1500)
    s.sky(40, -70, 0.1, dust=0.4)
    s.camera((2, -24, 2.2), (0.2, 0, 5.0), 58)


def lighthouse() -> None:
    """A white lighthouse with red bands on a rocky point."""
    graph = Graph("tower")
    _, _, z = graph.split(graph.coordinates())
    band = graph.math("GREATER_THAN", graph.math("FRACT", graph.math("DIVIDE", z, 7.6)), 0.5)
    stain = graph.ramp(
        graph.noise(1.2, 6.0, graph.scaled(graph.coordinates(), (1.5, 1.5, 0.25))),
        (0.35, (0.6, 0.58, 0.53)),
        (0.6, (0.82, 0.81, 0.78)),
    )
    colour = graph.blend(band, stain, (0.5, 0.018, 0.012))
    wall = graph.done(graph.surface(colour, 0.6))
    s.lathe([(3.1, 0), (2.95, 0.6), (1.75, 18.4), (1.9, 18.9), (2.7, 19.3), (2.7, 19.6), (0, 19.6)], wall)
    black, red = plain("iron", (0.015, 0.015, 0.017), 0.4), plain("red", (0.45, 0.012, 0.01), 0.35)
    for k in range(20):
        a = 2 * pi * k / 20
        s.cylinder(0.035, 1.1, black, (2.6 * cos(a), 2.6 * sin(a), 20.1))
    for z in (20.1, 20.65):
        s.torus(2.6, 0.045, black, (0, 0, z))
    s.cylinder(1.4, 0.8, plain("white", (0.75, 0.75, 0.72), 0.5), (0, 0, 20.0))
    pane = Graph("lantern")
    s.cylinder(1.3, 2.0, pane.done(pane.pane((0.75, 0.8, 0.8))), (0, 0, 21.4))
    s.sphere(
        0.5,
        plain("lens", (1, 0.85, 0.5), 0.1, Emission_Color=(1, 0.8, 0.4, 1), Emission_Strength=6.0),
        (0, 0, 21.4),
    )
    for k in range(10):
        a = 2 * pi * k / 10
        s.cylinder(0.045, 2.0, black, (1.32 * cos(a), 1.32 * sin(a), 21.4))
    s.lathe([(1.75, 22.3), (1.7, 22.5), (0.8, 23.5), (0.25, 23.9), (0.3, 24.2), (0.0, 24.5)], red)
    s.cylinder(0.04, 1.6, black, (0, 0, 25))
    for z, turn in ((4.5, -70), (9.5, -100), (14.5, -75)):
        r = 2.95 - (z - 0.6) * 0.0674
        a = radians(turn)
        s.box((0.25, 0.75, 1.1), black, (r * cos(a), r * sin(a), z), (0, 0, turn), 0.05)
    s.box((0.5, 1.3, 2.3), red, (2.95 * cos(radians(-95)), 2.95 * sin(radians(-95)), 1.1), (0, 0, -95), 0.05)
    house(plain("plaster", (0.75, 0.73, 0.68), 0.8), plain("tiles", (0.3, 0.06, 0.035), 0.7))
    x, y = np.meshgrid(np.linspace(-40, 40, 260), np.linspace(-26, 26, 200))
    dome = 1 - np.hypot(x / 24, y / 17) ** 2
    height = 3.6 * np.minimum(dome, 0.55) + 1.5 * (np.asarray(fractal(x * 0.14, y * 0.14, 6, 5, True)) - 0.9)
    flat = smoothstep(13.0, 6.0, np.hypot(x + 2, y))
    field(x, y, height * (1 - flat) + 1.95 * flat - 1.95, headland())
    for n in range(26):
        a = -pi * (0.02 + 0.96 * n / 25)
        boulder((21 * cos(a), 13.5 * sin(a), -2.2), (4.5, 3.5, 3.2), rock(), n + 1)
    sea((14, -58), 0.2).location.z = -2.7
    s.sky(30, -150, 0.1, dust=0.4)
    s.camera((14, -58, 3.0), (-2.5, 0, 9.6), 62)


def headland() -> object:
    """Grass on top, rock where it is steep or low."""
    graph = Graph("headland")
    normal = graph.split(graph.node("ShaderNodeNewGeometry").outputs["Normal"])[2]
    _, _, z = graph.split(graph.coordinates())
    rough = graph.noise(1.6, 9.0)
    stone = graph.ramp(rough, (0.3, (0.045, 0.04, 0.035)), (0.7, (0.27, 0.24, 0.2)))
    turf = graph.ramp(graph.noise(4.0, 6.0), (0.3, (0.03, 0.06, 0.012)), (0.7, (0.1, 0.14, 0.03)))
    green = graph.math(
        "MULTIPLY",
        graph.math("GREATER_THAN", graph.math("ADD", normal, graph.math("MULTIPLY", rough, 0.2)), 1.02),
        graph.math("GREATER_THAN", z, -0.7),
    )
    colour = graph.blend(green, stone, turf)
    return graph.done(graph.surface(colour, 0.9, Normal=graph.bump(rough, 1.0, 0.4)))


def house(wall: object, roof: object) -> None:
    """The keeper's house beside the tower."""
    s.box((6, 4.5, 3), wall, (-7, 1.5, 1.5))
    s.extrude([(-2.6, 0), (2.6, 0), (0, 1.9)], 6.4, roof, (-7, 1.5, 3.0), (90, 0, 90))
    s.box((0.7, 0.7, 1.6), wall, (-8.6, 1.5, 4.6))
    for x in (-9, -5.2):
        s.box((0.9, 0.1, 1.1), plain("window", (0.02, 0.025, 0.03), 0.1), (x, -0.77, 1.7))
    s.box((0.95, 0.1, 1.9), plain("door", (0.02, 0.1, 0.12), 0.5), (-7.1, -0.77, 0.95))
