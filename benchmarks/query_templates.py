"""Measure whether wrapping a query in templates finds more, on captioned photos.

    python -m benchmarks.query_templates stamps/usr/share/tuxpaint/stamps [--model builtin]

The photos are those of benchmarks/builtin_model.py. Each is asked for as a person would, by its caption without
article and full stop ("red apple"), once for each way of wrapping; a way with several templates takes the mean of
their unit embeddings. Prints recall at 1, 5 and 10, the mean reciprocal rank, and how far that is from the bare
query's, with the 95% interval of a paired bootstrap: a way helps measurably if the interval is above 0.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.builtin_model import captioned, class_name, encode
from indexer.arrays import FloatArray, unit_rows
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from search.texts.query_templates import SHORT_WORDS, article_of

WAYS: dict[str, tuple[str, ...]] = {
    "bare": ("{}",),
    "article": ("{a}",),
    "photo of": ("a photo of {}",),
    "photo of a": ("a photo of {a}",),
    "picture of a": ("a picture of {a}",),
    "bare + article": ("{}", "{a}"),
    "bare + photo of a": ("{}", "a photo of {a}"),
    "article + photo of a": ("{a}", "a photo of {a}"),
    "photos, 3": ("a photo of {a}", "a good photo of {a}", "a close-up photo of {a}"),
    "bare + photos, 3": ("{}", "a photo of {a}", "a good photo of {a}", "a close-up photo of {a}"),
    "bare + kind": ("{}", "a kind of {}"),
}
SAMPLES = 2000


def with_article(name: str) -> str:
    """Return a name with its article, if it surely takes one."""
    return f"{article_of(name)} {name}".strip()


def embedded(encoder: Encoder, templates: tuple[str, ...], names: list[str]) -> FloatArray:
    """Return the mean of the templates' unit embeddings of each name, shape (n, dim)."""
    rows = [
        encoder.encode_texts([template.replace("{}", name).replace("{a}", with_article(name)) for name in names])
        for template in templates
    ]
    return unit_rows(np.mean(rows, axis=0))


def ranks(texts: FloatArray, images: FloatArray) -> np.ndarray:
    """Return how many pictures come before each text's own."""
    scores = texts @ images.T
    return np.asarray((scores > np.diag(scores)[:, None]).sum(axis=1))


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the 95% interval of the mean, by bootstrap over the queries."""
    random = np.random.default_rng(0)
    chosen = random.integers(0, len(differences), (SAMPLES, len(differences)))
    low, high = np.percentile(differences[chosen].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def report(title: str, names: list[str], images: FloatArray, chosen: list[int], encoder: Encoder) -> None:
    """Print the figures of the chosen queries against all pictures."""
    print(f"\n{title}: {len(chosen)} queries, {len(images)} pictures")
    base: np.ndarray | None = None
    for way, templates in WAYS.items():
        found = ranks(embedded(encoder, templates, names), images)[chosen]
        reciprocal = 1 / (found + 1)
        base = reciprocal if base is None else base
        recall = "  ".join(f"R@{k} {(found < k).mean():.3f}" for k in (1, 5, 10))
        low, high = interval(reciprocal - base)
        change = (reciprocal - base).mean()
        print(f"  {way:22} {recall}  MRR {reciprocal.mean():.3f}  ({change:+.3f}, {low:+.3f} to {high:+.3f})")


def main() -> None:
    """Print the figures for short and for long queries."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="builtin")
    arguments = parser.parse_args()
    pairs = captioned(arguments.folder)
    encoder = load_encoder(arguments.model, "cpu")
    images = encode(encoder, [picture for picture, _ in pairs])
    names = [class_name(caption) for _, caption in pairs]
    short = [index for index, name in enumerate(names) if len(name.split()) <= SHORT_WORDS]
    report(f"up to {SHORT_WORDS} words", names, images, short, encoder)
    report("longer", names, images, sorted({*range(len(names))} - {*short}), encoder)
    report("all", names, images, list(range(len(names))), encoder)


if __name__ == "__main__":
    main()
