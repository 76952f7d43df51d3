"""What a library has stored of its models, and the vectors that these have made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from indexer.indexing.verifying import dim_of_embeddings, drop, verify
from indexer.store.models import StoredModel, is_sound, read_verdict
from indexer.store.soundness import LEAST_TEMPERATURE, MOST_DIM, MOST_TEMPERATURE, is_number, unit_vectors
from indexer.store.store import Store
from indexer.wording import doing
from search.checking.findings import Problem, Problems
from search.index.spread import stored_spread
from search.progress import Progress

TEXTS_AT_ONCE = 1024


def model_problems(store: Store) -> Problems:
    """Yield what is wrong with the rows of models; the dimension is repaired after what the embeddings say."""
    rows = store.db.execute(
        "SELECT id, name, fingerprint, dim, logit_scale, logit_bias, active, generation, temperature, int8 FROM models"
    ).fetchall()
    for id, name, fingerprint, dim, scale, bias, active, generation, temperature, int8 in rows:
        actual = dim_of_embeddings(store, id)
        if actual is not None and actual != dim and actual <= MOST_DIM:
            what = f"The model's dimension is said to be {dim!r:.40}, but its embeddings have {actual}."
            yield Problem("model", what, "It was set right.", _sets(store, id, "dim", actual))
            dim = actual
        if type(generation) is not int or not 0 <= generation < 2**62:
            done = "It was set to 0, and the index file is made anew."
            yield Problem("model", "The count of changes is damaged.", done, partial(_restart, store, id))
            generation = 0
        if temperature is not None and not is_number(temperature, LEAST_TEMPERATURE, MOST_TEMPERATURE):
            done = "Dropped; clipsearch eval --calibrate makes it again."
            yield Problem("model", "The calibration is damaged.", done, _sets(store, id, "temperature", None))
        if int8 is not None and read_verdict(int8) is None:
            yield Problem("model", "The verdict on int8 is damaged.", "Dropped.", _sets(store, id, "int8", None))
        if not is_sound(StoredModel(id, name, fingerprint, dim, scale, bias, active == 1, generation)):
            yield Problem(
                "model",
                f"What is stored of the model {str(name)[:80]!r} is damaged; clipsearch index --reindex --model NAME"
                " encodes all pictures again.",
            )
    if rows and not any(row[6] == 1 for row in rows):
        done = "The first one is now."
        yield Problem("model", "No model is the one that answers.", done, _sets(store, rows[0][0], "active", 1))


def vector_problems(store: Store, model: StoredModel, progress: Progress) -> Problems:
    """Yield what is wrong with a model's embeddings of pictures and texts, and their spread."""
    every = int(store.db.execute("SELECT count(*) FROM embeddings WHERE model = ?", [model.id]).fetchone()[0])
    found = verify(store, model, progress=lambda read: progress(min(read, every), every))
    progress(every, every)
    if found.bad:
        what = f"{doing(len(found.bad), 'embedding', 'is', 'are', ',')} damaged."
        done = "Dropped; the next clipsearch index encodes their pictures again."
        yield Problem("embeddings", what, done, lambda: drop(store, found.bad))
    texts = _bad_texts(store, model)
    if texts:
        what = f"{doing(len(texts), 'text embedding', 'is', 'are', ',')} damaged."
        yield Problem("texts", what, "Dropped; they are made again when they are needed.", _drop_texts(store, texts))
    has_spread = store.db.execute("SELECT 1 FROM spreads WHERE model = ?", [model.id]).fetchone()
    if has_spread and stored_spread(store, model) is None:
        done = "Dropped; it is made again with the index file."
        yield Problem("model", "The spread of the embeddings is damaged.", done, partial(_drop_spread, store, model.id))


def _bad_texts(store: Store, model: StoredModel) -> list[int]:
    """Return the rowids of damaged embeddings of texts."""
    bad: list[int] = []
    cursor = store.db.execute("SELECT rowid, vector, typeof(text) FROM texts WHERE +model = ?", [model.id])
    while block := cursor.fetchmany(TEXTS_AT_ONCE):
        _, sound = unit_vectors([row[1] for row in block], model.dim, "<f4")
        bad += [row[0] for row, good in zip(block, sound, strict=True) if not good or row[2] != "text"]
    return bad


def _drop_texts(store: Store, rowids: Sequence[int]) -> Callable[[], None]:
    def drop_them() -> None:
        with store.writing():
            store.db.conn.executemany("DELETE FROM texts WHERE rowid = ?", [(rowid,) for rowid in rowids])

    return drop_them


def _drop_spread(store: Store, model: int) -> None:
    store.db.execute("DELETE FROM spreads WHERE model = ?", [model])


def _sets(store: Store, model: int, column: str, value: float | None) -> Callable[[], None]:
    def set_it() -> None:
        store.db.execute(f"UPDATE models SET {column} = ? WHERE id = ?", [value, model])

    return set_it


def _restart(store: Store, model: int) -> None:
    with store.writing():
        store.db.execute("UPDATE models SET generation = 0, verified = NULL WHERE id = ?", [model])
        store.db.execute("DELETE FROM index_files WHERE model = ?", [model])
