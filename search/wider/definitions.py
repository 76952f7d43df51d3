"""What kind of thing a rarer word is, by its definition in ImageNet's dictionary: "antelope" for "gnu".

The dictionary is WordNet's (Miller, "WordNet: A Lexical Database for English", Communications of the ACM 38, 1995) as
timm carries it: some 22,000 nouns of what can be on a photo. It is read from timm's files; nothing of timm is imported.
Where they are missing there just are fewer wider terms.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from search.texts.query_templates import words_of

FOLDER = "data/_info"  # in timm
LEMMAS, DEFINITIONS = "imagenet_synset_to_lemma.txt", "imagenet_synset_to_definition.txt"
LARGEST = 16 << 20  # bytes of such a file, which has 2 MB
SENSES = 3  # of a word, that are looked at
PERSONS = ("n096", "n114")  # the dictionary numbers all people from the first to before the second
PERSON = "person"

NO_NOUNS = words_of(  # or seldom; the dictionary has a butterfly called blue
    "red blue green yellow orange pink purple violet brown black white grey gray silver golden beige dark light bright"
    " colorful colourful old new small big little large tall short long good best bad nice beautiful pretty happy sad"
    " cool top high low hot cold warm wet dry open closed full empty broken dirty clean young own first last many few"
    " photo picture image something anything thing object stuff place view scene moment day time way part side"
    # What people are called, and animals too
    " ben bill billy bob buddy dale don frank hag hank jack james jean jenny john kit marge maria marshall martin mina"
    " molly myrtle nan patty phoebe sierra toby tom"
)
_NOTE = re.compile(r"^\s*\([^)]*\)\s*")  # "(botany) a living organism ..."
# Where the noun that says the kind has ended
_END = re.compile(
    r"[;,:(]|\b(?:that|which|who|whose|with|without|in|on|at|from|for|by|to|used|having|made|found|formed|grown|native|"
    r"resembling|consisting|containing|related|between|where|when|as|and|or|usually|often|especially|similar|whereby|"
    r"intended|designed|worn|served|bearing|living|characterized|covered|equipped|under|over|near|after|able|being|"
    r"cultivated|widely|given|built|belonging|like|than|about|through|during|against|fitted|held|attached|inhabiting|"
    r"capable|suitable|common|including|yielding|called|known|eaten|cooked|prepared|growing|shaped|powered|typically|"
    r"now|extinct|sometimes|once|mostly|more|not|very|is|are|was|were|has|have|can|it|its|their)\b"
)
_NO_KINDS = {"breed", "breeds", "species", "variety", "varieties", "genus", "family", "type", "kind", "form", "strain"}
# "any of various ... X", "a kind of X": what follows "of" says the kind
_KINDS = re.compile(
    r"^(?:any|one|an article|kind|kinds|type|variety|breed|species|genus|family|form|class|group|pair|piece|several"
    r"|member|set|sort|strain|cultivar|suborder|order"
    r"|(?:(?:a|an|the|large|small|old|fine|american|british|european|english|asian) )+"
    r"(?:kind|type|variety|breed|species|genus|family|form|class|group|pair|piece|member|set|sort|strain|order))"
    r"(?: \w+)? of (?:the |a |an |various |several |numerous |many |two |three )*"
)


@functools.cache
def definition_heads(word: str) -> tuple[str, ...]:
    """Return the nouns, one for each sense of a word in small letters, that its definitions name as its kind.

    What may be said of a person is nothing but a person: to call somebody an animal, or by what a definition says
    of them, would hurt.
    """
    if word in NO_NOUNS:
        return ()
    places = sorted({place for before in ("\t", ", ") for place in _places(_file(LEMMAS), f"{before}{word}", ",\n")})
    synsets = [_line_at(_file(LEMMAS), place).split("\t")[0] for place in places]
    if any(PERSONS[0] <= synset < PERSONS[1] for synset in synsets):
        return (PERSON,)
    heads = [_head(_definition(synset)) for synset in synsets[:SENSES]]
    return tuple(dict.fromkeys(head for head in heads if head))


def _definition(synset: str) -> str:
    """Return a synset's definition; "" if it has none."""
    place = next(_places(_file(DEFINITIONS), f"\n{synset}", "\t"), None)
    return "" if place is None else _line_at(_file(DEFINITIONS), place + 1).partition("\t")[2]


def _head(definition: str) -> str:
    """Return the noun that the first phrase of a definition ends with; "" if it has none."""
    text = _KINDS.sub("", _NOTE.sub("", definition))
    phrase = [word for word in _END.split(text, maxsplit=1)[0].split(" of ")[0].split() if word not in _NO_KINDS]
    return phrase[-1].strip("'\"`-.") if phrase else ""


def _places(text: str, wanted: str, after: str) -> Iterator[int]:
    """Yield where a text has the wanted one with any of some signs after it."""
    place = text.find(wanted)
    while place >= 0:
        if text[place + len(wanted) : place + len(wanted) + 1] in after:
            yield place
        place = text.find(wanted, place + 1)


def _line_at(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : text.find("\n", place)]


@functools.cache
def _file(name: str) -> str:
    """Return a file of timm's in small letters, each line after a line break; "" if it is not there."""
    spec = find_spec("timm")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, FOLDER, name)
        try:
            if path.stat().st_size <= LARGEST:
                return f"\n{path.read_text(encoding='utf-8', errors='replace').lower()}\n"
        except OSError:
            pass
    return ""
