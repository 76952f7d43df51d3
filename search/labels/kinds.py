"""Kinds of things, and which of the rival prompts are of each kind: an owl is an animal.

The text "an animal" is not near to the picture of an owl, but "an owl" is; that must count for the class "animal", not
against it. Only what nearly everybody would call so is listed; prompts that have the name of a kind need no listing.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from search.labels.classes import NamedClass
from search.labels.rival_prompts import prompts_among, prompts_with, rival_prompts, words_of
from search.texts.background import ANIMALS, DOCUMENTS, FOOD, PEOPLE, VEHICLES

BIRDS = "a duck; a chicken; an owl; a parrot; a penguin; a swan"
INSECTS = "a butterfly; a bee; an ant; a beetle; a dragonfly"
MAMMALS = """
a dog; a cat; a horse; a cow; a sheep; a pig; a whale; a monkey; an elephant; a lion; a bear; a deer; a rabbit; a mouse;
a squirrel; a fox; a zebra; a goat; a camel; a giraffe; a hedgehog
"""
REPTILES = "a snake; a lizard; a turtle; a crocodile"
FRUIT = "an apple; a lemon; a banana; grapes; berries"
VEGETABLES = "a carrot; a potato; a tomato; corn; a pumpkin"
DRINKS = "a cup of coffee; a glass of wine; a bottle of beer; a glass of water; tea"
BUILDINGS = """
a church; a castle; a temple; a mosque; a tower; a house; a skyscraper; a factory; a railway station; a stadium;
a museum
"""
LANDSCAPES = """
a mountain; a forest; a beach; the sea; a lake; a river; a waterfall; a desert; a field of grass; a sunset; a volcano;
an island; a path through the woods
"""
PLANTS = "a tree; a flower; a cactus; a plant in a pot; autumn leaves; a field of grass"
FURNITURE = "a chair; a table; a sofa; a bed; a bench; a cupboard; a shelf with books"
CLOTHES = "a hat; a shirt; trousers; a dress; shoes; gloves; a coat; a belt; a tie; a sock"
TABLEWARE = "a plate; a bowl; a cup; a knife; a fork; a spoon; a jug; a teapot; a tray"
INSTRUMENTS = "a guitar; a piano; a drum; a violin; a trumpet; a flute"
DEVICES = """
a telephone; a computer; a keyboard; a screen; a camera; a television; a radio; a loudspeaker; headphones; a printer;
a projector; a calculator; a microphone
"""
NOT_A_VEHICLE = ("a wheel", "an engine")

# names of a kind -> the prompts that are of it
KINDS = {
    "animal, wildlife, creature": f"{ANIMALS}; {BIRDS}; {INSECTS}; {MAMMALS}; {REPTILES}; an octopus",
    "bird": BIRDS,
    "insect, bug": INSECTS,
    "mammal": MAMMALS,
    "reptile": REPTILES,
    "fish": "a shark",
    "pet": "a dog; a cat; a rabbit; a parrot",
    "farm animal, livestock, cattle": "a horse; a cow; a sheep; a pig; a goat; a chicken; a duck",
    "food, dish, meal": f"{FOOD}; {FRUIT}; {VEGETABLES}; mushrooms",
    "fruit": FRUIT,
    "vegetable": VEGETABLES,
    "drink, beverage": DRINKS,
    "person, people, human": PEOPLE,
    "vehicle, transport": VEHICLES,
    "boat": "a ship; a sailing boat; a canoe",
    "ship, watercraft": "a sailing boat",
    "aircraft, plane": "an airplane; a helicopter",
    "building, architecture": BUILDINGS,
    "landscape, nature": LANDSCAPES,
    "plant": PLANTS,
    "furniture": FURNITURE,
    "clothing, clothes, garment": CLOTHES,
    "dishes, tableware, crockery": TABLEWARE,
    "musical instrument, instrument": INSTRUMENTS,
    "tool": "a hammer; a screwdriver; a saw",
    "weapon": "a sword",
    "jewellery, jewelry": "a necklace; a ring; a crown",
    "toy": "a doll; a teddy bear; a puzzle; a kite",
    "electronics, electronic device, gadget": DEVICES,
    "art, artwork": "a drawing; a painting; a sketch; a statue",
    "document, text, paperwork": DOCUMENTS,
}


def members_of(class_: NamedClass) -> NDArray[np.bool_]:
    """Return a mask (prompts,) of the rival prompts that are of the kind that a class is; none if it is no kind.

    The class's prompts decide, not its name, since they choose its meaning.
    """
    mask = np.zeros(len(rival_prompts()), dtype=bool)
    for prompt in class_.prompts:
        members = _kinds().get(words_of(prompt))
        if members is not None:
            mask |= prompts_among(members) | prompts_with(prompt)
    return mask


def without_narrower(members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the members (classes, prompts) of kinds without those of a narrower kind that is a class itself.

    Where "fruit" is a class too, an apple counts for it and not for "food", or nothing could tell the two apart.
    """
    left: NDArray[np.bool_] = members.copy()
    kinds = np.flatnonzero(members.any(axis=1))
    for kind in kinds.tolist():
        for narrower in kinds.tolist():
            within = not (members[narrower] & ~members[kind]).any()
            if within and members[narrower].sum() < members[kind].sum():
                left[kind] &= ~members[narrower]
    return left


@functools.cache
def _kinds() -> dict[frozenset[str], frozenset[str]]:
    """Return the members of each kind by the words of each of its names."""
    return {
        words_of(name): frozenset(" ".join(prompt.split()) for prompt in members.split(";")).difference(NOT_A_VEHICLE)
        for names, members in KINDS.items()
        for name in names.split(",")
    }
