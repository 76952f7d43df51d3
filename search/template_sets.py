"""Named sets of templates for classes, and putting a class's name into one.

Averaging a class's embeddings over many templates gains some points over a single one (Radford et al., "Learning
Transferable Visual Models From Natural Language Supervision", ICML 2021, arXiv 2103.00020, section 3.1.4). The sets are
our own: `openai80` is in the manner of that paper's ensemble of 80, put together from lists, and not its very texts.

A template has the class's name at {}. Written "a {}", the name gets the article that it takes: "a photo of an apple",
"a photo of scissors".
"""

from __future__ import annotations

import re
import unicodedata

from search.templates import article_of, vowel_sound

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
    """Return 80 templates: 16 manners of photo, 10 looks of the thing and 14 kinds of picture, with "a" and "the"."""
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
_ARTICLE = re.compile(
    rf"\b(?P<article>an?) (?P<looks>(?:[a-z-]+ )??(?:[a-z-]+ )??)\{{\}}(?P<phrase> (?:{_PICTURES})s?\b)?", re.IGNORECASE
)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_SMALL = _words("of on in with for at and or from by to")  # after one the noun is over
_BARE = _words(
    "something anything nothing everything somebody anybody nobody someone anyone everyone"
    " asparagus hummus broccoli spinach garlic ginger chess hair wood glassware"
)
_ONE = _words(  # things whose names look like plurals or masses
    "fish sheep deer rhinoceros thermos triceratops bellows building painting drawing ring earring king wing string"
    " spring swing sling ceiling wedding pudding railing awning duckling gosling seedling starling herring viking"
)


def fill(template: str, name: str) -> str:
    """Return a template with a class's name at {}; "a {}" and "a small {}" get the article that the name takes.

    Plurals, masses ("rice"), proper names ("Paris"), names with a word of their own ("my dog") and those in other
    scripts take none. Underscores, as in the names of data sets' folders, become spaces.
    """
    spoken = " ".join(name.replace("_", " ").split())
    article = article_for(spoken)

    def written(match: re.Match[str]) -> str:
        looks, phrase = match["looks"], match["phrase"] or ""
        if not article and not phrase:  # in "a {} photo" the article is the photo's
            return f"{looks}{{}}"
        first = match["article"]
        if not looks:
            right = "an" if vowel_sound(_plain(spoken)) else "a"
            first = right.capitalize() if first[0].isupper() else right
        return f"{first} {looks}{{}}{phrase}"

    return _ARTICLE.sub(written, template).replace("{}", spoken)


def article_for(name: str) -> str:
    """Return "a", "an" or "", whichever a class's name takes."""
    words = name.split()
    head = words[: next((at for at, word in enumerate(words) if at and word.lower() in _SMALL), len(words))]
    if not head or head[0].lower() in _BARE or head[-1].lower() in _BARE or not _is_latin(head[0]):
        return ""
    if head[-1][0].islower():  # "Persian cat" is a cat; "Paris" is no kind of thing
        head = [word.lower() for word in head]
    if head[-1].lower() in _ONE:
        head.append("one")
    return article_of(" ".join(head))


def _is_latin(word: str) -> bool:
    """Say whether a word begins with a Latin letter or a digit."""
    first = _plain(word)[0]
    return first.isascii() and first.isalnum()


def _plain(text: str) -> str:
    """Return a text in small letters with the accents after them."""
    return unicodedata.normalize("NFD", text.lower())
