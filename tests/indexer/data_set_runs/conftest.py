"""A run into a data-set library with the fake model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.data_set_runs.local_engine import LocalEngine
from indexer.data_set_runs.run import index_data_set
from indexer.data_sets.description import Description
from indexer.data_sets.failures_table import FailuresTable
from indexer.data_sets.pictures_table import PicturesTable
from indexer.indexing.summary import Summary
from indexer.models.encoder import Encoder
from indexer.sources.item import Source
from tests.fakes import ColourEncoder, Recorder


@dataclass
class DataSetOfTest:
    """A library, what is in it, and runs into it."""

    address: str
    encoder: ColourEncoder

    def run(self, *sources: Source, listener: Recorder | None = None, **options: Any) -> Summary:
        """Index; pictures are decoded in this process."""
        heard = listener or Recorder()
        engine = LocalEngine(self._load, workers=0, stopping=heard.stopping)
        return index_data_set(self.address, sources, engine, lambda: Description.of(self._load()), heard, **options)

    def _load(self) -> Encoder:
        return self.encoder

    def addresses(self) -> list[str]:
        """Return the addresses of all rows, sorted."""
        return sorted(self.column("address"))

    def column(self, name: str) -> list[Any]:
        """Return a column of all rows."""
        batches = PicturesTable.open(self.address).scan([name])
        return [value for batch in batches for value in batch[name].to_pylist()]

    def failures(self) -> dict[str, str]:
        """Return why pictures are missing, by address."""
        return {failure.address: failure.reason for failure in FailuresTable(self.address).all()}


@pytest.fixture
def data_set(tmp_path: Path) -> DataSetOfTest:
    """A library that is not there yet."""
    return DataSetOfTest(str(tmp_path / "data-set"), ColourEncoder())


MakeDataSet = Callable[[], DataSetOfTest]
