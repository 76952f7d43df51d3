"""Pictures of cars."""

from __future__ import annotations

import numpy as np

from scenes import studio as s
from scenes.car_models import coupe, estate, jeep, taxi
from scenes.landscape import fan, field, fractal, sand, stones
from scenes.picture import Picture
from scenes.roadside import hedge, hills, road, tree, verge
from scenes.shading import plain


def red_sports_car() -> None:
    """A red sports coupe on a country road in the sun."""
    coupe()
    road(7.5, 1.2)
    verge(5.0)
    for n, (x, y) in enumerate([(-16, 16), (-3, 24), (-11, 30), (-26, 38), (-40, 44), (7, 30)]):
        tree((x, y, 0), 7.0, 5.5, n, 9000, 0.16)
    hills(190, 30, 4)
    s.sky(38, -60, 0.1, dust=0.3)
    s.camera((6.0, -4.2, 1.35), (0.05, 0, 0.62), 60)


def yellow_taxi() -> None:
    """A yellow cab at a kerb in town."""
    taxi()
    road(9.0, -1.6, kerb=True)
    s.box((120, 8, 0.12), plain("pavement", (0.3, 0.29, 0.27), 0.85), (0, 7.1, 0.06))
    facade(8.5)
    s.sky(42, -70, 0.1, dust=0.5)
    s.camera((7.6, -5.6, 1.9), (0, 0.1, 0.75), 62)


def facade(y: float) -> None:
    """A street front of brick houses with windows and shop doors."""
    sill, frame = plain("sill", (0.55, 0.53, 0.5), 0.7), plain("frame", (0.7, 0.7, 0.68), 0.5)
    glass = plain("window", (0.02, 0.025, 0.03), 0.05)
    for house in range(-5, 3):
        x = house * 7.0
        tone = [(0.3, 0.11, 0.07), (0.35, 0.3, 0.24), (0.24, 0.14, 0.1), (0.4, 0.36, 0.3)][house % 4]
        s.box((6.98, 6, 12), plain("wall", tone, 0.9), (x, y + 3, 6))
        s.box((7.0, 0.3, 0.25), sill, (x, y - 0.08, 3.6))
        for floor in range(3):
            for column in (-2.3, 0, 2.3):
                z = 1.8 if floor == 0 else 2.6 + floor * 2.9
                high = 2.6 if floor == 0 else 1.8
                s.box((1.5, 0.1, high), frame, (x + column, y - 0.02, z))
                s.box((1.3, 0.1, high - 0.2), glass, (x + column, y - 0.04, z))
                s.box((1.7, 0.3, 0.12), sill, (x + column, y - 0.06, z - high / 2 - 0.06))


def blue_estate() -> None:
    """A blue estate car parked before a hedge."""
    estate()
    road(9.0, -1.9, dashes=False, edge=False, kerb=True)
    verge(2.6)
    hedge(-26, 12, 6.5, 1.9, 1.2)
    for n, (x, y) in enumerate([(-14, 13), (-4, 15), (-24, 16), (4, 16)]):
        tree((x, y, 0), 7.5, 6.0, n + 20, 9000, 0.16)
    s.sky(40, -75, 0.1, dust=0.4)
    s.camera((4.2, -6.6, 1.6), (0.12, 0, 0.66), 57)


def green_jeep() -> None:
    """An off-road car on a sandy track."""
    jeep()
    track()
    hills(170, 45, 9, (0.3, 0.22, 0.13))
    s.sky(34, -45, 0.1, dust=1.0)
    s.camera((5.6, -4.1, 1.5), (0.1, 0, 0.92), 55)


def track() -> None:
    """Sand with hollows, and stones beside the car."""
    x, y = fan((5.6, -4.1), 1.5, 160, 50, 160, 160, 144)
    field(x, y, 0.07 * np.asarray(fractal(x * 0.35, y * 0.35)) - 0.05, sand())
    stones(260, 18, (0.03, 0.16), (0.25, 0.19, 0.13), 2, 3.0)


PUNCHY = "AgX - Punchy"
PICTURES = [
    Picture(
        "car-red.jpg",
        red_sports_car,
        1024,
        768,
        48,
        look=PUNCHY,
        exposure=0.2,
        taken="2024-05-18T16:42:07+02:00",
        gps=(43.7694, 11.2558),
    ),
    Picture(
        "car-taxi.jpg",
        yellow_taxi,
        samples=40,
        look=PUNCHY,
        exposure=0.1,
        taken="2023-10-07T10:15:33-04:00",
        gps=(40.7306, -73.9866),
    ),
    Picture("car-blue.jpg", blue_estate, samples=40, look=PUNCHY, exposure=0.5),
    Picture("car-jeep.jpg", green_jeep, samples=40, look=PUNCHY, exposure=0.5),
]
