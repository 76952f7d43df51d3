"""Tests of search.index.refreshing: the index follows while an indexer runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import clipsearch
import search.index.building
import search.index.due
import search.index.refreshing
from indexer.files.found import Problem
from indexer.store.store import Store
from search.index.files import index_file
from search.index.refreshing import Refresher, RefreshingListener
from tests.embeddings import clustered, fill, stored_model
from tests.fakes import Recorder


def test_a_file_is_made_while_pictures_are_stored(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 100)
    monkeypatch.setattr(search.index.refreshing, "CHECK_SECONDS", 3600.0)
    model = stored_model(store)
    fill(store, model, clustered(300, seed=0))
    assert store.folder is not None
    recorder, refresher = Recorder(stop_after=1), Refresher(store.folder)
    listener = RefreshingListener(recorder, refresher)
    listener.progress(3)
    refresher.finish(lambda: False)
    assert index_file(store, model) is None, "not at every batch"
    monkeypatch.setattr(search.index.refreshing, "CHECK_SECONDS", 0.0)
    listener.progress(4)
    refresher.finish(lambda: False)
    file = index_file(store, model)
    assert file is not None and file.rows == 300
    problem = Problem(store.folder, "odd")
    listener.problem(problem)
    assert (recorder.done, recorder.problems, listener.stopping()) == ([3, 4], [problem], True)


def test_the_python_api_makes_it_too(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 100)
    model = stored_model(store)
    fill(store, model, clustered(300, seed=0))
    clipsearch.Library(store, None, "cpu").index([tmp_path])
    file = index_file(store, model)
    assert file is not None and file.rows == 300


def test_an_idle_run_loads_nothing_heavy() -> None:
    code = "import sys, search.index.refreshing; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"faiss", "torch"} & set(loaded)
