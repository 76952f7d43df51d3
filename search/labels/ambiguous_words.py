"""Words with two meanings that photos may show; whoever names a class by one of them gets a note on how to choose.

Only words with two meanings that are both common in photos are listed, and none that everybody takes in one way: too
many notes teach people to overlook them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from search.labels.classes import NamedClass

MOST_NOTES = 3  # of a long list of classes, the first ones

MEANINGS = """
bass: a bass fish; a bass guitar
bat: a flying bat; a baseball bat
beetle: a beetle on a leaf; a Volkswagen Beetle
bow: a bow made of ribbon; a bow for arrows
bulb: a light bulb; a flower bulb
cell: a living cell under a microscope; a prison cell
chest: a person's chest; a wooden chest
chips: potato chips; computer chips
club: a golf club; a night club
coach: a coach with passengers; a sports coach
cone: an ice cream cone; a traffic cone
court: a tennis court; a court of law
crane: a crane bird; a construction crane
cricket: a cricket in the grass; people playing cricket
fan: an electric fan; a sports fan
fly: a fly on a wall; a fishing fly
football: a soccer match; a game of American football
glasses: a pair of glasses to see with; drinking glasses
hood: the hood of a car; the hood of a jacket
jaguar: a jaguar in the jungle; a Jaguar car
jam: a jar of jam; a traffic jam
kiwi: a kiwi fruit; a kiwi bird
match: a burning match; a sports match
mole: a mole in a garden; a mole on the skin
mouse: a mouse with a tail; a computer mouse
mustang: a wild horse; a Ford Mustang
nail: a finger nail; an iron nail
notebook: a paper notebook; a notebook computer
nut: nuts to eat; a nut for a bolt
organ: a church organ; an organ of the body
palm: a palm tree; the palm of a hand
pipe: a tobacco pipe; a water pipe
pitcher: a pitcher of water; a baseball pitcher
plane: an airplane; a carpenter's plane
port: a harbour; a glass of port wine
ruler: a ruler to measure with; a king or queen
scale: kitchen scales; the scales of a fish
seal: a seal in the sea; a wax seal
spring: a landscape in spring; a metal spring
stamp: a postage stamp; a rubber stamp
swallow: a swallow bird; a person swallowing
tablet: a tablet computer; a medicine tablet
tank: a military tank; a fish tank
torch: a burning torch; an electric torch
trunk: the trunk of a tree; the trunk of an elephant
turkey: a turkey bird; a landscape in Turkey
"""


def notes_on_meanings(classes: Sequence[NamedClass]) -> list[str]:
    """Return a note for each class whose name alone may mean two things, the first MOST_NOTES of them."""
    meanings = _meanings()
    names = [class_.name for class_ in classes if class_.is_plain and class_.name.casefold() in meanings]
    notes = []
    for name in names[:MOST_NOTES]:
        first, second = meanings[name.casefold()]
        notes.append(f'"{name}" may mean two things; choose with "{name}={first}" or "{name}={second}".')
    return notes


@functools.cache
def _meanings() -> dict[str, tuple[str, str]]:
    """Return the two meanings of each word."""
    lines = (line.partition(": ") for line in MEANINGS.strip().splitlines())
    pairs = {word: meanings.split("; ") for word, _, meanings in lines}
    return {word: (first, second) for word, (first, second) in pairs.items()}
