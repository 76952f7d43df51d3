"""The cars' measurements and assembly, about the origin and looking along +x."""

from __future__ import annotations

from dataclasses import replace

from scenes.car_body import Cabin, CarShape, glasshouse, nose_at, shell
from scenes.car_parts import (
    blob,
    handles,
    interior,
    lamp,
    letters,
    mirrors,
    number_plate,
    running_gear,
    wheel,
    wing,
)
from scenes.modelling import box, place, tube
from scenes.shading import chrome, plain

COUPE = CarShape(
    length=4.4,
    width=1.92,
    top=[
        (-2.2, 0.86),
        (-1.9, 0.93),
        (-1.3, 0.95),
        (-0.6, 0.92),
        (0.2, 0.89),
        (0.8, 0.87),
        (1.4, 0.79),
        (1.9, 0.68),
        (2.2, 0.58),
    ],
    bottom=[(-2.2, 0.34), (-1.8, 0.2), (-1.2, 0.15), (1.5, 0.15), (2.2, 0.18)],
    plan=[(-2.2, 0.92), (-1.4, 1.0), (-0.1, 0.95), (1.3, 0.99), (2.2, 0.9)],
    nose=[(0, 0.1), (0.2, 0.0), (0.45, 0.02), (0.8, 0.1), (1, 0.2)],
    tail=[(0, 0.18), (0.3, 0.04), (0.6, 0.05), (0.9, 0.0), (1, 0.02)],
    axles=(1.32, -1.28),
    wheel=0.34,
    arch=0.385,
    side=[(0.14, 0.92), (0.3, 0.97), (0.55, 1.0), (0.8, 0.975), (1.0, 0.92)],
    cabin=Cabin(
        rear_base=-1.85,
        rear_roof=-0.7,
        front_roof=0.05,
        front_base=0.95,
        belt=0.88,
        roof=1.25,
        base_half=0.82,
        roof_half=0.55,
        pillar=0.06,
        windows=[[(-1.05, 0.95), (0.7, 0.93), (0.08, 1.165), (-0.55, 1.17)]],
    ),
    hole=[(-1.0, -0.6), (0.62, -0.6), (0.62, 0.6), (-1.0, 0.6)],
    doors=[[(-0.62, 0.24), (0.78, 0.24), (0.86, 0.6), (0.8, 1.2), (-0.7, 1.2)]],
    bonnet=[[(0.95, -0.66), (1.95, -0.55), (1.95, 0.55), (0.95, 0.66)]],
    front_lamps=[[(0.5, 0.5), (0.86, 0.56), (0.92, 0.68), (0.6, 0.6)]],
    rear_lamps=[[(0.4, 0.7), (0.85, 0.7), (0.85, 0.8), (0.4, 0.8)]],
    grilles=[
        [(-0.42, 0.25), (0.42, 0.25), (0.5, 0.43), (-0.5, 0.43)],
        [(0.6, 0.25), (0.82, 0.27), (0.8, 0.4), (0.6, 0.38)],
    ],
    rear_trim=[[(-0.7, 0.3), (0.7, 0.3), (0.7, 0.42), (-0.7, 0.42)]],
    haunch=(0.06, 0.07),
    crease=0.62,
    sill_trim=0.2,
)


SALOON = CarShape(
    length=4.8,
    width=1.84,
    top=[
        (-2.4, 0.9),
        (-2.2, 0.98),
        (-1.7, 1.01),
        (0.9, 0.98),
        (1.2, 0.96),
        (1.9, 0.88),
        (2.25, 0.8),
        (2.4, 0.7),
    ],
    bottom=[(-2.4, 0.36), (-2.0, 0.24), (-1.2, 0.19), (1.7, 0.19), (2.4, 0.22)],
    plan=[(-2.4, 0.92), (-1.5, 0.99), (0.0, 1.0), (1.5, 0.98), (2.4, 0.9)],
    nose=[(0, 0.09), (0.2, 0.0), (0.45, 0.0), (0.6, 0.05), (1, 0.1)],
    tail=[(0, 0.14), (0.25, 0.02), (0.5, 0.0), (0.6, 0.04), (1, 0.05)],
    axles=(1.45, -1.4),
    wheel=0.335,
    arch=0.37,
    side=[(0.18, 0.93), (0.35, 0.98), (0.6, 1.0), (0.85, 0.98), (1.0, 0.93)],
    cabin=Cabin(
        rear_base=-1.85,
        rear_roof=-1.15,
        front_roof=0.3,
        front_base=1.12,
        belt=0.97,
        roof=1.47,
        base_half=0.84,
        roof_half=0.62,
        pillar=0.065,
        header=0.08,
        arching=0.02,
        windows=[
            [(-0.45, 1.02), (0.9, 1.02), (0.28, 1.385), (-0.45, 1.39)],
            [(-1.45, 1.04), (-0.54, 1.02), (-0.54, 1.39), (-1.12, 1.38)],
        ],
    ),
    hole=[(-1.5, -0.68), (0.9, -0.68), (0.9, 0.68), (-1.5, 0.68)],
    doors=[
        [(-0.5, 0.28), (0.85, 0.28), (0.93, 0.7), (0.9, 1.3), (-0.5, 1.3)],
        [(-1.0, 0.28), (-0.5, 0.28), (-0.5, 1.3), (-1.55, 1.3), (-1.5, 0.9), (-1.15, 0.7)],
    ],
    bonnet=[[(1.05, -0.72), (2.22, -0.62), (2.22, 0.62), (1.05, 0.72)]],
    front_lamps=[[(0.5, 0.6), (0.88, 0.63), (0.9, 0.76), (0.52, 0.75)]],
    rear_lamps=[[(0.5, 0.68), (0.92, 0.68), (0.92, 0.88), (0.5, 0.86)]],
    grilles=[
        [(-0.44, 0.6), (0.44, 0.6), (0.46, 0.75), (-0.46, 0.75)],
        [(-0.6, 0.27), (0.6, 0.27), (0.55, 0.38), (-0.55, 0.38)],
    ],
    rear_trim=[[(-0.6, 0.3), (0.6, 0.3), (0.6, 0.4), (-0.6, 0.4)]],
    crease=0.8,
    power=7.5,
    nose_bow=0.16,
    sill_trim=0.25,
)

ESTATE = replace(
    SALOON,
    length=4.7,
    top=[(-2.35, 0.93), (-1.7, 1.0), (0.8, 0.98), (1.15, 0.97), (1.8, 0.9), (2.2, 0.8), (2.35, 0.7)],
    tail=[(0, 0.12), (0.25, 0.0), (0.5, 0.0), (0.6, 0.05), (1, 0.1)],
    cabin=Cabin(
        rear_base=-2.26,
        rear_roof=-1.9,
        front_roof=0.3,
        front_base=1.12,
        belt=0.97,
        roof=1.5,
        base_half=0.84,
        roof_half=0.66,
        pillar=0.06,
        header=0.08,
        arching=0.012,
        windows=[
            [(-0.42, 1.02), (0.9, 1.02), (0.28, 1.4), (-0.42, 1.41)],
            [(-1.28, 1.02), (-0.5, 1.02), (-0.5, 1.41), (-1.28, 1.4)],
            [(-2.05, 1.05), (-1.36, 1.03), (-1.36, 1.4), (-1.85, 1.37)],
        ],
    ),
    hole=[(-2.0, -0.68), (0.9, -0.68), (0.9, 0.68), (-2.0, 0.68)],
    doors=[
        SALOON.doors[0],
        [(-1.0, 0.28), (-0.5, 0.28), (-0.5, 1.3), (-1.35, 1.3), (-1.35, 0.9), (-1.1, 0.7)],
    ],
    rear_lamps=[[(0.66, 0.68), (0.92, 0.68), (0.92, 1.1), (0.66, 1.1)]],
)

JEEP = CarShape(
    length=3.7,
    width=1.5,
    top=[(-1.85, 1.12), (0.3, 1.12), (0.7, 1.12), (1.85, 1.06)],
    bottom=[(-1.85, 0.5), (1.85, 0.5)],
    plan=[(-1.85, 1.0), (0.55, 1.0), (1.85, 0.86)],
    nose=[(0, 0.0), (1, 0.02)],
    tail=[(0, 0.0), (1, 0.02)],
    axles=(1.22, -1.18),
    wheel=0.4,
    arch=0.45,
    side=[(0.4, 1.0), (1.2, 0.99)],
    cabin=Cabin(
        rear_base=-1.78,
        rear_roof=-1.7,
        front_roof=0.45,
        front_base=0.62,
        belt=1.12,
        roof=1.82,
        base_half=0.73,
        roof_half=0.67,
        pillar=0.06,
        header=0.1,
        sill=0.06,
        arching=0.0,
        power=16,
        bow=0.02,
        windows=[
            [(-0.5, 1.18), (0.45, 1.18), (0.34, 1.7), (-0.5, 1.7)],
            [(-1.62, 1.18), (-0.62, 1.18), (-0.62, 1.7), (-1.56, 1.7)],
        ],
    ),
    hole=[(-1.7, -0.64), (0.5, -0.64), (0.5, 0.64), (-1.7, 0.64)],
    doors=[[(-0.55, 0.56), (0.5, 0.56), (0.5, 1.5), (-0.55, 1.5)]],
    bonnet=[[(0.68, -0.62), (1.75, -0.5), (1.75, 0.5), (0.68, 0.62)]],
    front_lamps=[],
    rear_lamps=[[(0.58, 0.78), (0.7, 0.78), (0.7, 0.98), (0.58, 0.98)]],
    grilles=[
        [(x - 0.028, 0.68), (x + 0.028, 0.68), (x + 0.028, 0.98), (x - 0.028, 0.98)]
        for x in (-0.27, -0.18, -0.09, 0.0, 0.09, 0.18, 0.27)
    ],
    power=18,
    nose_bow=0.02,
    tail_bow=0.0,
    crease=9.0,
    grille_bars=0.001,
    sill_trim=0.0,
)


def coupe() -> None:
    """A low red sports coupe."""
    red = (0.36, 0.002, 0.004)
    shell(COUPE, red)
    glasshouse(COUPE.cabin, red)
    running_gear(COUPE, plain("rim", (0.55, 0.56, 0.58), 0.25, Metallic=1.0), 5, True, 0.25, 0.74, 0.25)
    interior(0.7, -1.0, 0.7, 0.3, 0.86, (0.03, 0.03, 0.03), (-0.35,))
    mirrors((0.55, 0.98, 0.98), (0.13, 0.22, 0.12), plain("mirror", red, 0.3, Coat_Weight=1.0))
    handles(((-0.45, 0.93, 0.72),), plain("handle", red, 0.3, Coat_Weight=1.0))
    number_plate("C 4117 LP", (2.22, 0, 0.36), True)


def taxi() -> None:
    """A yellow saloon with a chequered band and a lit sign on the roof."""
    yellow = (0.72, 0.33, 0.0)
    shell(SALOON, yellow, checks=(0.012, 0.012, 0.012))
    glasshouse(SALOON.cabin, yellow, tint=(0.3, 0.32, 0.32))
    running_gear(SALOON, plain("rim", (0.4, 0.41, 0.42), 0.3, Metallic=1.0), 10, False, 0.21, 0.66)
    interior(1.0, -1.5, 0.74, 0.32, 0.97, (0.05, 0.05, 0.055), (0.05, -0.9))
    mirrors((0.72, 1.03, 1.06), (0.12, 0.22, 0.15), plain("mirror", (0.012, 0.012, 0.012), 0.3))
    handles(((-0.3, 0.925, 0.86), (-1.28, 0.925, 0.86)), chrome())
    for side in (1, -1):
        lamp((nose_at(SALOON, 0.63, 0.685) - 0.02, side * 0.63, 0.685), 0.055, 3.0)
    sign = plain("sign", (0.85, 0.8, 0.6), 0.4, Emission_Color=(1.0, 0.85, 0.5, 1.0), Emission_Strength=0.8)
    blob("sign", (0.22, 0.75, 0.2), (-0.25, 0, 1.56), sign, 5.0)
    letters("TAXI", 0.17, (-0.135, 0, 1.56), True)
    number_plate("4C 29 NY", (2.43, 0, 0.47), True)


def estate() -> None:
    """A blue estate car with roof rails."""
    blue = (0.006, 0.035, 0.17)
    shell(ESTATE, blue, 0.25)
    glasshouse(ESTATE.cabin, blue, 0.25, tint=(0.22, 0.25, 0.26))
    running_gear(ESTATE, plain("rim", (0.55, 0.56, 0.58), 0.25, Metallic=1.0), 6, False, 0.21, 0.68, 0.2)
    interior(1.0, -2.0, 0.74, 0.32, 0.97, (0.12, 0.11, 0.1), (0.05, -0.9))
    mirrors((0.72, 1.03, 1.06), (0.12, 0.22, 0.15), plain("mirror", blue, 0.3, Coat_Weight=1.0))
    handles(((-0.3, 0.925, 0.86), (-1.12, 0.925, 0.86)), chrome())
    for side in (1, -1):
        lamp((nose_at(ESTATE, 0.63, 0.685) - 0.02, side * 0.63, 0.685), 0.055, 3.0)
        tube(
            "rail",
            [
                (-1.75, side * 0.56, 1.44),
                (-1.65, side * 0.56, 1.53),
                (-0.6, side * 0.56, 1.56),
                (0.15, side * 0.56, 1.53),
                (0.25, side * 0.56, 1.45),
            ],
            0.018,
            chrome(0.2),
        )
    number_plate("KB 806 T", (2.38, 0, 0.47), True)


def jeep() -> None:
    """A boxy olive-green off-road car with round lamps, open wings and a spare wheel."""
    green = (0.055, 0.075, 0.03)
    black = plain("plastic", (0.015, 0.015, 0.015), 0.6)
    shell(JEEP, green)
    glasshouse(JEEP.cabin, green, tint=(0.3, 0.32, 0.31), roof=(0.015, 0.015, 0.014))
    running_gear(JEEP, plain("rim", (0.35, 0.35, 0.36), 0.35, Metallic=1.0), 5, False, 0.27, 0.55, 0.3, 0.16)
    interior(0.55, -1.6, 0.68, 0.55, 1.1, (0.04, 0.035, 0.03), (-0.2, -1.0))
    for side in (1, -1):
        lamp((1.84, side * 0.45, 0.87), 0.105, 2.0)
        blob(
            "indicator",
            (0.05, 0.09, 0.06),
            (1.78, side * 0.76, 0.98),
            plain("amber", (0.8, 0.22, 0.01), 0.2, Emission_Color=(1, 0.3, 0.0, 1), Emission_Strength=0.3),
        )
        for axle in JEEP.axles:
            path = [(axle - 0.62, 0.62), (axle - 0.38, 0.93), (axle + 0.38, 0.95), (axle + 0.62, 0.72)]
            wing(path, side * 0.66, side * 0.92, 0.05, black)
    box("bumper", (0.16, 1.56, 0.17), (1.98, 0, 0.6), black, 0.03)
    box("step", (1.1, 0.14, 0.05), (0.0, 0.8, 0.46), black, 0.02)
    box("step", (1.1, 0.14, 0.05), (0.0, -0.8, 0.46), black, 0.02)
    box("back bumper", (0.14, 1.5, 0.16), (-1.92, 0, 0.58), black, 0.03)
    spare = place(wheel(0.4, 0.26, chrome(0.3), 5, False, 0.55), (-2.0, 0, 1.05), 1.5708)
    spare.name = "spare"
    mirrors((0.42, 0.92, 1.25), (0.08, 0.2, 0.16), black)
    handles(((-0.4, 0.755, 1.0),), black)
    number_plate("JP 3150", (2.07, 0, 0.62), True)
