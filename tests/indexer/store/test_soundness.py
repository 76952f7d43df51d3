"""Tests of indexer.store.soundness: which values can be used."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from indexer.store.soundness import MOST_ID, are_ids, is_count, is_id, is_name, is_number, unit_vectors

NAN, INF = float("nan"), float("inf")


def blob(*values: float, kind: str = "<f2") -> bytes:
    return np.array(values, kind).tobytes()


@pytest.mark.parametrize("kind", ["<f2", "<f4"])
def test_unit_vectors_are_told_from_the_rest(kind: str) -> None:
    good = [(1, 0, 0), (0.6, 0.8, 0), (0, 0, -1), (0.57735, 0.57735, 0.57735)]
    bad = [(NAN, 0, 0), (INF, 0, 0), (-INF, INF, 0), (0, 0, 0), (1.01, 0, 0), (0.99, 0, 0), (1, 0), (1, 0, 0, 0)]
    odd: list[Any] = [b"", b"\0", "abc", 5, None, 0.5]
    blobs = [*(blob(*values, kind=kind) for values in [*good, *bad]), *odd]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors, sound = unit_vectors(blobs, 3, kind)
    assert sound.tolist() == [True] * len(good) + [False] * (len(bad) + len(odd))
    assert vectors.shape == (4, 3) and vectors.dtype == np.float32 and np.allclose(vectors, good, atol=1e-3)


def test_lengths_that_only_agree_in_their_sum_are_bad() -> None:
    """Before: a long and a short one beside it shifted each other's numbers."""
    vectors, sound = unit_vectors([blob(1, 0, 0, 0), blob(0, 1), blob(0, 0, 1)], 3, "<f2")
    assert sound.tolist() == [False, False, True] and vectors.tolist() == [[0, 0, 1]]


def test_no_vectors() -> None:
    vectors, sound = unit_vectors([], 5, "<f2")
    assert vectors.shape == (0, 5) and not len(sound)


def test_every_fp16_unit_vector_is_one() -> None:
    rows = np.random.default_rng(0).standard_normal((2000, 512)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert unit_vectors([row.tobytes() for row in rows.astype("<f2")], 512, "<f2")[1].all()


def test_numbers_and_names() -> None:
    assert is_id(1) and is_id(MOST_ID) and not any(map(is_id, (0, -1, MOST_ID + 1, 1.0, True, "1", None)))
    assert (
        are_ids([1, MOST_ID]) and are_ids([]) and not any(are_ids([1, value]) for value in (0, MOST_ID + 1, 1.0, "1"))
    )
    assert is_count(-5) and not any(map(is_count, (2**63 - 1, 1.5, "1", None, b"")))
    assert is_number(0.5, 0, 1) and not any(is_number(value, 0, 1) for value in (NAN, INF, 2, -1, "0", None, True))
    assert is_name("a/b.png", None) and is_name("shown", b"a/\xff.png") and is_name("a..b/..c", None)
    bad = [
        ("", None),
        ("/a", None),
        ("../a", None),
        ("a/../b", None),
        ("a\0", None),
        (b"a", None),
        ("a", "b"),
        ("a", 5),
    ]
    assert not any(is_name(*pair) for pair in bad) and not is_name("a", b"../a")
