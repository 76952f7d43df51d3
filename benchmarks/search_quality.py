"""Measure the cut-off: precision, recall and "no match" with and without, on queries with known answers.

    apt-get download tuxpaint-stamps-default && dpkg -x tuxpaint-stamps-default_*.deb stamps
    python -m benchmarks.search_quality stamps/usr/share/tuxpaint/stamps

Libraries: the 34 sample images; Tux Paint's photos of single objects with their captions, if the folder is named; the
same split by kind, so that a library is all of one thing; and a simulated CLIP-like geometry with one shared gap
between the modalities and narrow cosines (no CLIP weights are needed). Queries: benchmarks/quality_queries.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.builtin_model import captioned, encode
from benchmarks.quality_queries import (
    HELD_OUT_SAMPLE_NEGATIVES,
    HELD_OUT_SAMPLE_QUERIES,
    HELD_OUT_STAMP_NEGATIVES,
    HELD_OUT_STAMP_QUERIES,
    SAMPLE_NEGATIVES,
    SAMPLE_QUERIES,
    STAMP_NEGATIVES,
    STAMP_QUERIES,
    Question,
    questions,
)
from benchmarks.simulated_clip import simulated
from indexer.arrays import FloatArray
from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.recipe import DIM
from indexer.files.formats import PICTURE_SUFFIXES
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from search.index.spread import Spread
from search.query.coloured import Judged, lowest_coloured
from search.query.cutoff import lowest_match
from search.texts.background import background_prompts

SAMPLES = Path(__file__).parent.parent / "sample_images"
KINDS = {"birds": "animals/birds/", "animals": "animals/", "food": "food/", "flowers": "plants/flowers/"}
CANDIDATES = 200  # as search/query/ask.py asks for
TOP = 10
COLUMNS = (
    *("library", "pictures", "queries", "P", "R", "F1", "P top 10", "R top 10", "F1 top 10", "emptied"),
    *("without answer", "no match"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A library and what is asked of it."""

    name: str
    vectors: FloatArray
    asked: Sequence[tuple[FloatArray, Question]]
    background: FloatArray


def found(case: Case, query: FloatArray, spread: Spread, cut: bool) -> frozenset[int]:
    """Return what a query gets: everything above the cut-off, or the ten best."""
    scores = case.vectors @ query
    best = np.argsort(-scores)[:CANDIDATES]
    if not cut:
        return frozenset(best[:TOP].tolist())
    lowest = lowest_match(query, scores[best], case.vectors[best], case.background, spread)
    if case.vectors.shape[1] == DIM + len(COLOURS):
        judged = Judged(query, scores[best], case.vectors[best], case.background, spread)
        lowest = lowest_coloured(judged, lowest, len(COLOURS))
    return frozenset(np.flatnonzero(scores >= lowest).tolist())


def measures(got: frozenset[int], asked: Question) -> tuple[float, float, float]:
    """Return precision (NaN if nothing was found), recall and F1 of one query."""
    counted, right = got - asked.also, got & asked.right
    precision = len(right) / len(counted) if counted else float("nan")
    return precision, len(right) / len(asked.right), 2 * len(right) / (len(counted) + len(asked.right))


def row(case: Case) -> tuple[str, ...]:
    """Return the figures of a library, each query counting alike."""
    spread = Spread.of(case.vectors, len(case.vectors))
    answers = [
        (question, found(case, query, spread, True), found(case, query, spread, False))
        for query, question in case.asked
    ]
    positive = [one for one in answers if one[0].right]
    negative = [one for one in answers if not one[0].right]
    cut = np.nanmean([measures(got, question) for question, got, _ in positive], axis=0)
    top = np.nanmean([measures(ten, question) for question, _, ten in positive], axis=0)
    emptied = np.mean([not got for _, got, _ in positive])
    silent = np.mean([not got for _, got, _ in negative])
    figures = (*cut, *top, emptied)
    return (
        case.name,
        str(len(case.vectors)),
        str(len(positive)),
        *(f"{figure:.2f}" for figure in figures),
        str(len(negative)),
        f"{silent:.2f}",
    )


def real_cases(encoder: Encoder, stamps: Path | None) -> list[Case]:
    """Return the libraries of real pictures, with tuning and held-out queries."""
    samples = sorted(path for path in SAMPLES.iterdir() if path.suffix in PICTURE_SUFFIXES)
    rendered, names = encode(encoder, samples), [path.name for path in samples]
    photos = Stamps(encoder, stamps) if stamps else None
    encoder.encode_texts(["load"])
    started = time.perf_counter()
    background = encoder.encode_texts(background_prompts())
    print(f"{len(background)} background prompts embedded in {time.perf_counter() - started:.1f} s\n")
    cases = []
    for half, sample_texts, stamp_texts in (
        ("tuning", (SAMPLE_QUERIES, SAMPLE_NEGATIVES), (STAMP_QUERIES, STAMP_NEGATIVES)),
        (
            "held out",
            (HELD_OUT_SAMPLE_QUERIES, HELD_OUT_SAMPLE_NEGATIVES),
            (HELD_OUT_STAMP_QUERIES, HELD_OUT_STAMP_NEGATIVES),
        ),
    ):
        cases.append(_case(f"samples, {half}", rendered, questions(*sample_texts, names), background, encoder))
        if photos:
            cases += photos.cases(half, stamp_texts, background, encoder)
    return cases


class Stamps:
    """Tux Paint's photos, as one library and by kind."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        pairs = captioned(folder)
        self._paths = [str(picture.relative_to(folder)) for picture, _ in pairs]
        self._captions = [f"{path} {caption}" for path, (_, caption) in zip(self._paths, pairs, strict=True)]
        self._vectors = encode(encoder, [picture for picture, _ in pairs])

    def cases(self, half: str, texts: tuple[str, str], background: FloatArray, encoder: Encoder) -> list[Case]:
        """Return the libraries with one half of the queries."""
        asked = questions(*texts, self._captions)
        found = [_case(f"stamps, {half}", self._vectors, asked, background, encoder)]
        for kind, folder in KINDS.items():
            kept = [index for index, path in enumerate(self._paths) if path.startswith(folder)]
            found.append(_case(f"{kind}, {half}", self._vectors[kept], among(kept, asked), background, encoder))
        return found


def among(kept: Sequence[int], asked: Sequence[Question]) -> list[Question]:
    """Return the questions about some of the pictures; one whose answers are all doubtful there is left out."""
    place = {old: new for new, old in enumerate(kept)}
    questions_there = []
    for question in asked:
        right, also = (frozenset(place[one] for one in ids if one in place) for ids in (question.right, question.also))
        if right or not also:
            questions_there.append(Question(question.text, right, also))
    return questions_there


def _case(name: str, vectors: FloatArray, asked: list[Question], background: FloatArray, encoder: Encoder) -> Case:
    texts = encoder.encode_texts([question.text for question in asked])
    return Case(name, vectors, list(zip(texts, asked, strict=True)), background)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--most", type=int, default=sys.maxsize, help="leave out larger simulated libraries")
    arguments = parser.parse_args()
    import pillow_heif

    pillow_heif.register_heif_opener()
    cases = real_cases(load_encoder(arguments.model, "cpu"), arguments.folder)
    cases += [Case(f"simulated CLIP, {name}", *parts) for name, *parts in simulated(arguments.most)]
    print(f"| {' | '.join(COLUMNS)} |\n|{'-|' * len(COLUMNS)}")
    for case in cases:
        print(f"| {' | '.join(row(case))} |", flush=True)


if __name__ == "__main__":
    main()
