"""Rows that another library pulls: an error on the way comes out as it was, and not as that library tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class KeptError:
    """Batches to hand on. Use it as a context manager around the call that pulls them."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take what is pulled."""
        self._batches = batches
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except GeneratorExit:  # whoever pulls gave up, and says why
            raise
        except BaseException as error:
            self._error = error
            raise

    def __enter__(self) -> KeptError:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and self._error is not None and error is not self._error:
            raise self._error
