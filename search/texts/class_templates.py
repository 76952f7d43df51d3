"""Named sets of templates for classes, and how a class's name is put into a template.

Averaging a class's embeddings over many templates gains some points over a single one (Radford et al., "Learning
Transferable Visual Models From Natural Language Supervision", ICML 2021, arXiv 2103.00020, section 3.1.4). The sets are
our own: `openai80` is modelled on that paper's ensemble of 80, but put together from lists.

A template has the class's name at {}. In "a {}", the name gets the article that it takes: "a photo of an apple",
"a photo of scissors".
"""

from __future__ import annotations

import re
import unicodedata

from search.texts.query_templates import article_of, vowel_sound

_PHOTOS = (
    "bad",
    "good",
    "blurry",
    "sharp",
    "bright",
    "dark",
    "close-up",
    "cropped",
    "grainy",
    "black and white",
    "faded",
    "colourful",
    "low-resolution",
    "backlit",
    "wide-angle",
    "candid",
)
_LOOKS = ("big", "small", "clean", "dirty", "old", "new", "pretty", "strange", "single", "partly hidden")
_KINDS = (
    "photo",
    "drawing",
    "painting",
    "pencil sketch",
    "cartoon",
    "sculpture",
    "toy version",
    "plastic model",
    "computer rendering",
    "paper cutout",
    "embroidery",
    "tattoo",
    "mosaic",
    "video game picture",
)


def _ensemble() -> tuple[str, ...]:
    """Return 80 templates: of 16 manners of photo, 10 looks and 14 kinds of picture, each with "a" and "the"."""
    return tuple(
        template
        for article in ("a", "the")
        for template in (
            *(f"a {manner} photo of {article} {{}}" for manner in _PHOTOS),
            *(f"a photo of {article} {look} {{}}" for look in _LOOKS),
            *(f"{'an' if vowel_sound(kind) else 'a'} {kind} of {article} {{}}" for kind in _KINDS),
        )
    )


TEMPLATE_SETS: dict[str, tuple[str, ...]] = {
    "simple": ("a photo of a {}",),
    "photo7": (
        "a photo of a {}",
        "a close-up photo of a {}",
        "a photo of a {} seen from afar",
        "a photo of a {} at home",
        "a photo of a {} outdoors",
        "an everyday snapshot of a {}",
        "a photo with a {} in the middle",
    ),
    "openai80": _ensemble(),
}

_PICTURES = "photo|photograph|picture|image|drawing|painting|sketch|rendering|logo|icon"
_LOOK = r"(?!(?:of|on|in|with|for|at|and|or|from|by|to|the)\b)[a-z-]+ "
_SLOT = re.compile(
    rf"(?:\b(?P<article>an?|the) (?P<looks>(?:{_LOOK})??(?:{_LOOK})??))?\{{\}}(?P<phrase> (?:{_PICTURES})s?\b)?",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?P<own>an?|the|my|your|his|her|its|our|their) (?P<noun>.+)", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_ARTICLES = _words("a an the")
_SMALL = _words("of on in with for at and or from by to")  # they end the noun
_BARE = _words(
    "something anything nothing everything somebody anybody nobody someone anyone everyone"
    " asparagus hummus broccoli spinach garlic ginger chess hair wood glassware"
)
_SINGULAR = _words(  # though they look like plurals or masses
    "fish sheep deer rhinoceros thermos triceratops bellows building painting drawing ring earring king wing string"
    " spring swing sling ceiling wedding pudding railing awning duckling gosling seedling starling herring viking"
)


def fill(template: str, name: str) -> str:
    """Return a template with a class's name at {}; "a {}" and "a small {}" get the article that the name takes.

    Plurals, masses ("rice"), proper names ("Paris") and names in other scripts take none. An article or "my" in the
    name replaces the template's: "a small {}" with "my dog" is "my small dog". Underscores, as in the folder names of
    data sets, become spaces.
    """
    spoken = " ".join(name.replace("_", " ").split())
    brought = _OWN.fullmatch(spoken)
    own, noun = (brought["own"].lower(), brought["noun"]) if brought else ("", spoken)
    takes_article = bool(article_for(spoken))

    def written(match: re.Match[str]) -> str:
        before, looks, phrase = match["article"], match["looks"], match["phrase"] or ""
        if before is None:
            return spoken + phrase
        first = before.lower()
        if own and (own not in _ARTICLES or (own == "the" and not phrase)):  # in "a {} photo" it is the photo's
            first = own
        elif first != "the" and not (own or takes_article or phrase):
            return looks + noun
        if first in ("a", "an"):
            first = "an" if _begins_with_vowel(looks + noun) else "a"
        return f"{first.capitalize() if before[0].isupper() else first} {looks}{noun}{phrase}"

    return _SLOT.sub(written, template)


def article_for(name: str) -> str:
    """Return the article that a class's name takes: "a", "an" or ""."""
    words = name.split()
    head = words[: next((end for end, word in enumerate(words) if end and word.lower() in _SMALL), len(words))]
    if not head or head[0].lower() in _BARE or head[-1].lower() in _BARE or not _is_latin(head[0]):
        return ""
    if head[-1][0].islower():  # "Persian cat" is a cat; "Paris" is no kind of thing
        head = [word.lower() for word in head]
    if head[-1].lower() in _SINGULAR:
        head.append("one")
    return article_of(" ".join(head))


def _begins_with_vowel(text: str) -> bool:
    """Say whether a text begins with a vowel sound: "8-bit", "MRI scan" and "FBI agent" do, "US flag" does not."""
    if text[0].isdigit():
        return re.match(r"8|1[18](?!\d)", text) is not None
    if re.match(r"[A-Z]+(?![a-z])", text):  # an initialism
        return re.match(r"[AEIO]|[FHLMNRSX](?![AEIOU])", text) is not None
    return vowel_sound(_plain(text))


def _is_latin(word: str) -> bool:
    """Say whether a word begins with a Latin letter or a digit."""
    first = _plain(word)[0]
    return first.isascii() and first.isalnum()


def _plain(text: str) -> str:
    """Return a text in lower case, decomposed: accents follow their letters."""
    return unicodedata.normalize("NFD", text.lower())
