"""Measure labelling: a million embeddings against 100 and 1,000 classes, beside plain numpy on the same machine.

    python -m benchmarks.labeling --pictures 1000000

Makes a library of random unit embeddings around centres, labels it (reading, multiplying, softmax, the best class, and
with --store into SQLite), and does the same with numpy on one array in memory. The results are compared: every class
the same but where two are nearer than rounding, every probability to 1e-5. Last, two classes with "other" and with
--multi, for which numpy has no counterpart.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from indexer.arrays import FloatArray, unit_rows
from indexer.store.models import active_model
from indexer.store.store import Store
from indexer.store.texts import cache_texts
from search.filters.filters import NO_FILTERS
from search.labels.blocks import NewLabels
from search.labels.classes import NamedClass
from search.labels.judge import Judge
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.labels.recipe import Recipe
from search.labels.rival_prompts import rival_prompts
from search.library.library import Library
from search.texts.class_templates import fill

DIM = 512
SCALE = 100.0
NOISE = 1.2  # of a picture around its centre
AT_ONCE = 50_000
ROUNDING = 1e-4  # of logits: nearer ones may change places


def fill_library(folder: Path, count: int) -> None:
    """Write a library of random pictures."""
    random = np.random.default_rng(1)
    centres = unit_rows(random.normal(size=(2_000, DIM)).astype(np.float32))
    with Store.create(folder) as store:
        db = store.db
        db.execute("PRAGMA synchronous = OFF")
        with store.writing():
            db.execute(
                "INSERT INTO models (id, name, fingerprint, dim, logit_scale, active, added_at)"
                " VALUES (1, 'random', 'random', ?, ?, 1, '2026')",
                [DIM, SCALE],
            )
            db.execute("INSERT INTO roots (id, path, added_at) VALUES (1, '/photos', '2026')")
        for start in range(0, count, AT_ONCE):
            some = min(AT_ONCE, count - start)
            noise = random.normal(size=(some, DIM)).astype(np.float32) * NOISE / DIM**0.5
            vectors = unit_rows(centres[random.integers(len(centres), size=some)] + noise).astype("<f2")
            ids = range(start + 1, start + some + 1)
            with store.writing():
                db.conn.executemany(
                    "INSERT INTO images (id, root, path, size, mtime_ns, width, height, format, indexed_at)"
                    " VALUES (?, 1, ?, 1, 1, 100, 100, 'JPEG', '2026')",
                    ((image, f"{image:08}.jpg") for image in ids),
                )
                db.conn.executemany(
                    "INSERT INTO embeddings (image, model, vector) VALUES (?, 1, ?)",
                    ((image, row.tobytes()) for image, row in zip(ids, vectors, strict=True)),
                )


def random_recipe(store: Store, classes: int) -> Recipe:
    """Return a recipe whose texts are in the cache, so that no model is needed."""
    random = np.random.default_rng(2)
    vectors = unit_rows(random.normal(size=(classes, DIM)).astype(np.float32))
    names = [f"class {number}" for number in range(classes)]
    model = active_model(store)
    assert model is not None
    cache_texts(store, model, {name: vector for name, vector in zip(names, vectors, strict=True)})
    return Recipe(tuple(NamedClass(name, (name,)) for name in names), ("{}",), other=False)


def measure_others(library: Library) -> None:
    """Print what labelling takes in which more than the classes is looked at."""
    texts = [fill("a photo of a {}", prompt) for prompt in (*rival_prompts(), "animal", "vehicle")]
    random = np.random.default_rng(3)
    vectors = unit_rows(random.normal(size=(len(texts), DIM)).astype(np.float32))
    cache_texts(library.store, library.model, {text: vector for text, vector in zip(texts, vectors, strict=True)})
    for multi in (False, True):
        judge = Judge(library, make_recipe(["animal", "vehicle"], other=True, multi=multi))
        started = time.perf_counter()
        NewLabels.of(library, judge, library.passing(NO_FILTERS), np.empty(0, np.int64))
        print(f"2 classes {'with --multi' if multi else 'and other'}: {time.perf_counter() - started:.2f} s")


def plain(vectors: FloatArray, texts: FloatArray) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Return each picture's best class, its probability, and its lead in logits, by numpy alone."""
    logits = vectors @ texts.T * np.float32(SCALE)
    best = logits.argmax(axis=1)
    second = np.partition(logits, -2, axis=1)[:, -2]
    lead = logits.max(axis=1) - second
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    return best, 1.0 / logits.sum(axis=1), lead


def measure(library: Library, classes: int, vectors: FloatArray, with_store: bool) -> None:
    """Print what labelling takes beside plain numpy, and compare the results."""
    recipe = random_recipe(library.store, classes)
    judge = Judge(library, recipe)
    started = time.perf_counter()
    found = NewLabels.of(library, judge, library.passing(NO_FILTERS), np.empty(0, np.int64))
    ours = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform != "darwin" else 1024**3)
    texts = library.embed([one.name for one in recipe.classes], exact=True)
    started = time.perf_counter()
    parts = [plain(vectors[start : start + AT_ONCE], texts) for start in range(0, len(vectors), AT_ONCE)]
    theirs = time.perf_counter() - started
    best, probability, lead = (np.concatenate(part) for part in zip(*parts, strict=True))
    rows = found.images - 1
    same = found.labels == best[rows]
    assert np.all(same | (lead[rows] < ROUNDING)), "a class differs"
    assert np.allclose(found.probabilities, probability[rows], atol=1e-5), "a probability differs"
    line = f"{len(vectors):,} x {classes:,}: {ours:.2f} s from the library; numpy in memory {theirs:.2f} s;"
    print(f"{line} identical (ties within rounding: {np.count_nonzero(~same)}); peak memory {peak:.2f} GiB")
    if with_store:
        started = time.perf_counter()
        label_library(library, recipe, again=True)
        print(f"  with storing the labels: {time.perf_counter() - started:.2f} s")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--classes", type=int, nargs="*", default=[100, 1_000])
    parser.add_argument("--store", action="store_true", help="also store the labels")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fill_library(Path(folder), arguments.pictures)
        with Store.open(Path(folder)) as store:
            library = Library(store)
            for classes in arguments.classes:  # memory is measured before numpy takes its own
                judge = Judge(library, random_recipe(store, classes))
                NewLabels.of(library, judge, library.passing(NO_FILTERS), np.empty(0, np.int64))
            measure_others(library)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(
                f"peak memory of labelling alone: {peak / (1024**2 if sys.platform != 'darwin' else 1024**3):.2f} GiB"
            )
            vectors = np.empty((arguments.pictures, DIM), dtype=np.float32)
            for ids, rows in library.index.blocks():
                vectors[ids - 1] = rows
            for classes in arguments.classes:
                measure(library, classes, vectors, arguments.store)


if __name__ == "__main__":
    main()
