"""What is kept of uploads: the last ones' embeddings, under names that nobody guesses."""

from __future__ import annotations

import numpy as np
import pytest

from server.errors import Refused
from server.opened.uploads import MOST, Uploads


def vector(number: int) -> np.ndarray:
    return np.full(4, number, np.float32)


def test_an_embedding_is_found_by_its_name_alone() -> None:
    uploads = Uploads()
    one, other = uploads.keep("model", vector(1)), uploads.keep("model", vector(2))
    assert uploads.vector(one, "model")[0] == 1 and uploads.vector(other, "model")[0] == 2
    assert len({one, other}) == 2 and min(len(one), len(other)) >= 20 and len(one) <= 64
    for wrong in ("", "nothing", one[:-1]):
        with pytest.raises(Refused, match="give it again") as raised:
            uploads.vector(wrong, "model")
        assert raised.value.status == 410


def test_one_of_another_model_is_of_no_use() -> None:
    uploads = Uploads()
    with pytest.raises(Refused, match="give it again"):
        uploads.vector(uploads.keep("model", vector(1)), "another")


def test_the_last_ones_are_kept() -> None:
    uploads = Uploads()
    first = uploads.keep("model", vector(0))
    second = uploads.keep("model", vector(1))
    for number in range(MOST - 2):
        uploads.keep("model", vector(number))
    uploads.vector(first, "model")  # used: it is no longer the oldest
    uploads.keep("model", vector(9))
    assert MOST == 64 and uploads.vector(first, "model")[0] == 0
    with pytest.raises(Refused):
        uploads.vector(second, "model")
