"""Tables as Parquet on stdout, in row groups, so that no more of them is in memory than one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from cli.terminal.streams import is_terminal

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 65_536  # in a row group, at least, except in the last


def check_parquet() -> None:
    """Raise click.UsageError where stdout is a terminal, ClipsearchError where what writes Parquet is missing."""
    if is_terminal(sys.stdout):
        raise click.UsageError("--format parquet is not for terminals; send it to a file: > labels.parquet")
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        from indexer.errors import OutputError
        from indexer.installation import install_command

        raise OutputError(f"Parquet needs the extra lance; run: {install_command('lance')}") from error


def write_parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches to stdout; if they break off there is no footer, so that nobody takes half a file for a whole."""
    import pyarrow.parquet as pq

    sink = _Stdout(sys.stdout.buffer)
    writer = pq.ParquetWriter(sink, schema, compression="zstd")
    try:
        for table in _row_groups(schema, batches):
            writer.write_table(table, row_group_size=max(len(table), 1))
    except BaseException:
        sink.is_open = False
        raise
    finally:
        writer.close()


def _row_groups(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= ROWS:
            yield pa.Table.from_batches(waiting, schema)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting, schema)


class _Stdout:
    """A stream for pyarrow over one that may be a pipe, which knows no position, and that stays open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._position = stream, 0
        self.is_open = True  # else nothing is written any more
        self.closed = False

    def write(self, content: bytes) -> int:
        """Write bytes."""
        size = memoryview(content).nbytes
        if self.is_open:
            self._stream.write(content)
        self._position += size
        return size

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._position

    def flush(self) -> None:
        """Hand on what was written."""
        if self.is_open:
            self._stream.flush()

    def close(self) -> None:
        """Hand on what was written; the stream stays open."""
        self.flush()

    def readable(self) -> bool:
        """Say no."""
        return False

    def writable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say no."""
        return False
