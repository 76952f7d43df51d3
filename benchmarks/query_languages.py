"""Measure how often a query is taken for not English: falsely on English, rightly on other languages.

    python -m benchmarks.query_languages stamps/usr/share/tuxpaint/stamps

English: the names and definitions of ImageNet's classes and of WordNet's 21,841 synsets in ImageNet-22k, and the
captions of Tux Paint's stamps (see benchmarks/builtin_model.py). Other languages: the translations of those captions,
which are in the same files, as lines such as "de.utf8=Ein roter Apfel.".
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path

from timm.data import ImageNetInfo

from search.texts.languages import foreign_language

TRANSLATION = re.compile(r"([a-z]{2,3}(?:_[A-Z]{2})?)\.utf8=(.*\S)")
SHOWN = (
    *("de", "nl", "tr", "fr", "es", "vi", "it", "ca", "ro", "sv", "pt", "pl", "hu", "cs", "da", "fi"),
    *("ru", "uk", "el", "ar", "he", "hi", "th", "ja", "ko", "zh_CN"),
)


def names(subset: str, detailed: bool) -> list[str]:
    """Return the names of a set of classes, each by itself, or with their definitions."""
    info = ImageNetInfo(subset)
    texts = [str(info.index_to_description(index, detailed=detailed)) for index in range(info.num_classes())]
    return texts if detailed else sorted({name.strip() for text in texts for name in text.split(",")})


def captions(folder: Path) -> dict[str, list[str]]:
    """Return the captions by language; those that are left in English are not counted."""
    found = defaultdict(list)
    for file in sorted(folder.rglob("*.txt")):
        first, *others = file.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
        found["en"].append(first)
        for line in others:
            match = TRANSLATION.fullmatch(line)
            if match and match[2].strip() != first.strip():
                found[match[1]].append(match[2])
    return found


def report(title: str, texts: list[str]) -> None:
    """Print how many of the texts are taken for another language."""
    taken = [text for text in texts if foreign_language(text)]
    print(f"{title:32} {len(taken):6} of {len(texts):6}  {len(taken) / len(texts):7.2%}  {'; '.join(taken[:3])[:60]}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    stamps = captions(parser.parse_args().folder)
    for subset in ("imagenet-1k", "imagenet-22k"):
        report(f"{subset}, names", names(subset, detailed=False))
        report(f"{subset}, definitions", names(subset, detailed=True))
    for language in ["en", *SHOWN]:
        report(f"captions, {language}", stamps[language])


if __name__ == "__main__":
    main()
