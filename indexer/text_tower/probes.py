"""Texts that show whether two ways of embedding agree: queries of all kinds, with typing errors and odd characters."""

from __future__ import annotations

import itertools

SUBJECTS = (
    "dog",
    "red envelope",
    "birthday cake",
    "old stone bridge",
    "two children",
    "invoice",
    "mountain bike",
    "owl",
)
PLACES = ("on a beach", "in the snow", "at night", "in my kitchen", "under water", "in front of the Eiffel tower")
WORDS = ("cup", "wedding", "blurry", "selfie", "screenshot", "passport", "sunset", "graffiti", "MRI", "x", "7", "fog")
STYLES = ("a photo of a {}", "{}", "a black and white photograph of {}", "{}, close-up", "no {}", "my {} from 2019")
ODD = (
    "it's the dog's ball, isn't it? They'll say we've seen it",
    "IMG_2041.JPG, 3,5 x 12 cm (50% off!!!) #sale @home",
    "rock &amp; roll &lt;live&gt;",
    "caf\u00c3\u00a9 cr\u00e8me br\u00fbl\u00e9e",
    "S\u00e3o Paulo, \u0141\u00f3d\u017a, Troms\u00f8, \u0130stanbul",
    "Sonnenuntergang am Meer",
    "un chat noir sur le toit",
    "\u043a\u043e\u0448\u043a\u0430 \u043d\u0430 \u043e\u043a\u043d\u0435",
    "\u6d77\u8fba\u306e\u72ac",
    "\u0643\u0644\u0628 \u0639\u0644\u0649 \u0627\u0644\u0634\u0627\u0637\u0626",
    "\u0938\u092e\u0941\u0926\u094d\u0930",
    "\U0001f600 party \U0001f44d\U0001f3fd \U0001f1eb\U0001f1f7",
    "tabs\tand\nlines  and   spaces ",
    "snake_case-kebab/slash\\back",
    "!?",
)
LONG = "a very long description of a picture that goes on and on, with a river, a boat and a bridge, "
LONG_TIMES = (1, 3, 20)
LONG_TEXTS = len(LONG_TIMES) * len(SUBJECTS)


def some_probe_texts() -> list[str]:
    """Return some 30 of them, of all kinds and lengths: a model in fp32 takes 40 ms for each."""
    texts = probe_texts()
    return [*ODD, *texts[len(ODD) : -LONG_TEXTS : 12], *texts[-LONG_TEXTS :: len(SUBJECTS)]]


def probe_texts() -> list[str]:
    """Return some 190 texts of all lengths, the longest far beyond any context."""
    scenes = [f"a {subject} {place}" for subject, place in itertools.product(SUBJECTS, PLACES)]
    styled = [style.format(word) for style, word in itertools.product(STYLES, WORDS)]
    pairs = [f"{first} and {second}" for first, second in itertools.combinations(SUBJECTS, 2)]
    longs = [LONG * times + subject for times in LONG_TIMES for subject in SUBJECTS]
    return [*ODD, *scenes, *styled, *pairs, *longs]
