"""Pictures of a data set as an iterable data set of torch: read from wherever they lie, shared out among workers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import IterableDataset, get_worker_info

from indexer.data_sets.columns import EMBEDDING
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.texts import from_column
from indexer.decoding.decode import decode_picture
from indexer.errors import PictureError
from indexer.files.content import digest_of
from indexer.sources.reading import AddressReader
from search.data_sets.lance_data_set import LanceDataSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from search.filters.filters import Filters

COLUMNS = ("address", "at_ms", "content_hash", "caption")
AT_ONCE = 256  # rows that are read; a worker takes every n-th of them


class StreamedPictures(IterableDataset[dict[str, Any]]):
    """Pictures of one version of a data set, in stored order: dicts of `image`, `caption`, `embedding` and `address`.

    `image` is an upright sRGB image of Pillow, or what `transform` makes of it; `caption` is "" where there is none;
    `embedding` is float32 (dim,). Workers of a DataLoader share the pictures. One that can't be read, or is another now
    than when it was indexed, raises PictureError, or is left out with `skip`. Videos are left out.
    """

    def __init__(
        self,
        address: str,
        version: int,
        filters: Filters,
        transform: Callable[[Any], Any] | None,
        with_embeddings: bool,
        skip: bool,
    ) -> None:
        """Take the version to read, and what passes."""
        self.address, self.version, self.filters = address, version, filters
        self.transform, self.with_embeddings, self.skip = transform, with_embeddings, skip

    def __iter__(self) -> Iterator[dict[str, Any]]:
        worker = get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        columns = [*COLUMNS, EMBEDDING] if self.with_embeddings else [*COLUMNS]
        pictures = LanceDataSet(PicturesTable.open(self.address, self.version))  # Lance is not taken over a fork
        with AddressReader() as reader:
            for rows in pictures.scan(columns, self.filters, AT_ONCE):
                for row in rows.to_pylist()[number::workers]:
                    yield from self._item(reader, row)

    def _item(self, reader: AddressReader, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the picture of a row, unless it is left out; raises PictureError."""
        if row["at_ms"] is not None:
            return
        address = from_column(str(row["address"]))
        try:
            image: Any = _image(reader, address, row["content_hash"])
        except PictureError as error:
            if self.skip:
                return
            raise PictureError(f"{address}: {error}") from error
        item = {"image": image if self.transform is None else self.transform(image)}
        if self.with_embeddings:
            item["embedding"] = torch.tensor(row[EMBEDDING], dtype=torch.float32)
        yield {**item, "caption": from_column(row["caption"]) or "", "address": address}


def _image(reader: AddressReader, address: str, digest: bytes | None) -> Any:
    with reader.open(address) as file:
        content = file.read()
    if digest is not None and digest_of([content]) != digest:
        raise PictureError("it is another picture now than the one that was indexed")
    return decode_picture(io.BytesIO(content), address.partition("::")[0]).image
