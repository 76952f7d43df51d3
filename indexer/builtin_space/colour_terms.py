"""The words that say colours: the eleven basic colour terms, and what stands for one or two of them.

Berlin and Kay, "Basic Color Terms: Their Universality and Evolution", University of California Press, 1969. Other words
are put to these: crimson is red, turquoise is blue and green.
"""

from __future__ import annotations

COLOURS = ("black", "blue", "brown", "grey", "green", "orange", "pink", "purple", "red", "white", "yellow")
THINGS_DIM = 384  # of a text as MiniLM embeds it

# Words that hardly say anything but a colour, by what they mean.
ALWAYS = {
    "black": "black blackish inky pitch-black",
    "blue": "blue bluish blueish azure cerulean cyan ultramarine indigo",
    "brown": "brown brownish beige khaki sepia auburn taupe",
    "grey": "grey gray greyish grayish silvery",
    "green": "green greenish",
    "orange": "orangish",
    "pink": "pink pinkish magenta fuchsia",
    "purple": "purple purplish mauve",
    "red": "red reddish crimson scarlet vermilion vermillion carmine",
    "white": "white whitish",
    "yellow": "yellow yellowish blond blonde",
    "blue green": "teal aqua aquamarine",
    "red brown": "maroon burgundy",
    "orange brown": "ochre ocher",
    "brown yellow": "golden",
}
# Words that are things too, and say a colour where they stand before a noun: "a gold ring".
BEFORE_NOUNS = {
    "blue": "navy cobalt sapphire",
    "brown": "tan bronze copper",
    "grey": "silver",
    "green": "emerald jade",
    "orange": "orange amber",
    "purple": "violet lavender lilac",
    "red": "ruby",
    "white": "ivory",
    "black": "ebony",
    "brown yellow": "gold",
    "blue green": "turquoise",
}
# Words that are mostly things, and say a colour only beside another colour: "olive green", "salmon-coloured".
BESIDE_COLOURS = {
    "black": "charcoal jet coal",
    "blue": "sky",
    "brown": "chocolate coffee chestnut hazel rust",
    "green": "olive lime mint moss",
    "orange": "peach apricot coral tangerine",
    "pink": "rose salmon",
    "purple": "plum",
    "red": "cherry wine brick blood strawberry",
    "white": "cream snow milk",
    "yellow": "lemon mustard sand straw",
}
# What they make together is a kind of thing or a name, of whatever colour.
KINDS = {
    "black": "bear bears belt box friday forest hole holes ice market panther pepper rhino rhinos sea tea widow",
    "blue": "cheese hour jay jays moon mountains ridge whale whales",
    "brown": "bear bears bread rice sugar",
    "golden": "delicious gate retriever retrievers eagle eagles hour age",
    "gold": "coast rush",
    "green": "bay card cards day mamba party tea thumb turtle turtles",
    "grey": "seal seals whale whales wolf wolves",
    "gray": "seal seals whale whales wolf wolves",
    "orange": "blossom blossoms cake county grove groves jam juice juices marmalade peel peels sauce slice slices soda"
    " sorbet tree trees zest",
    "red": "bull cabbage carpet cross deer fox foxes kangaroo onion onions panda pandas sea square squirrel wine wines",
    "white": "bread chocolate house noise rhino rhinos shark sharks tea water wine wines wolf wolves",
    "yellow": "pages",
    "navy": "base officer officers seal seals ship ships",
    "lavender": "field fields oil plant plants",
    "violet": "plant plants",
    "silver": "birch fox",
    "copper": "mine wire",
}
KINDS_BEFORE = {"great": "blue white", "american": "black"}  # "great blue heron"

_TABLES = (ALWAYS, BEFORE_NOUNS, BESIDE_COLOURS)
# Of each word: 1 if it always says a colour, 2 before nouns, 3 beside colours; and which.
KIND_OF = {word: kind for kind, table in enumerate(_TABLES, 1) for listed in table.values() for word in listed.split()}
MEANINGS = {
    word: tuple(colours.split()) for table in _TABLES for colours, listed in table.items() for word in listed.split()
}


def has_colours(model: str, dim: int) -> bool:
    """Say whether the last dimensions of a model's space are the colours, as an earlier built-in model's are not."""
    return model == "builtin" and dim == THINGS_DIM + len(COLOURS)
