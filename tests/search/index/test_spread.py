"""Tests of search.index.spread: the spread of a query's scores, and of what it is estimated."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.index.building import open_index, refresh
from search.index.spread import Spread, save_spread, stored_spread
from tests.embeddings import clustered
from tests.search.index.conftest import QUERY, ROWS, stored


def test_the_spread_foretells_scores(store: Store, large: StoredModel) -> None:
    for compressed in (False, True):
        if compressed:
            refresh(store, large)
        spread = open_index(store, large).spread()
        assert spread is not None and spread.count == ROWS
        scores = stored(store, large)[1] @ QUERY
        mean, deviation = spread.of_scores(QUERY)
        assert mean == pytest.approx(scores.mean(), abs=0.02)
        assert deviation == pytest.approx(scores.std(), rel=0.15)


def test_a_stored_spread_is_read_again(store: Store, model: StoredModel) -> None:
    assert stored_spread(store, model) is None
    spread = Spread.of(clustered(200, seed=4), 12_345)
    save_spread(store, model, spread)
    again = stored_spread(store, model)
    assert again is not None and again.count == 12_345
    assert np.allclose(again.mean, spread.mean) and np.allclose(again.covariance, spread.covariance)
    centred = clustered(200, seed=4) - spread.mean
    assert np.allclose(spread.covariance, centred.T @ centred / 200, atol=1e-6)
