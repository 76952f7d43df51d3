"""Tables in Lance: made, opened, and written to by many at once. Whatever goes wrong is one sentence."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from indexer.addresses import is_url, s3_endpoints, table_at
from indexer.data_sets.sentences import CONFLICT, NOT_THERE, sentences
from indexer.errors import LibraryError
from indexer.installation import install_command
from indexer.remote_files.azure import AZURE, azure_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

PATIENCE = 600.0  # seconds that a writer tries to get between others
_QUIET = {"LANCE_LOG": "error", "LANCE_INCLUDE_VECTOR_CENTROIDS": "false"}  # else Lance writes warnings to stderr
_Result = TypeVar("_Result")


def lance_package() -> Any:
    """Return the package of Lance; raises LibraryError if it is not installed."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import lance
    except ImportError as error:
        raise LibraryError(f"A data-set library needs the extra lance; run: {install_command('lance')}") from error
    return lance


def open_table(address: str, table: str, version: int | None = None) -> Any | None:
    """Open a table of the library at an address at its newest version, or another; None if it is not there.

    Raises LibraryError if it can't be read.
    """
    lance = lance_package()
    with sentences(address):
        try:
            return lance.dataset(table_at(address, table), version, storage_options=storage_options(address))
        except (ValueError, FileNotFoundError) as error:
            if isinstance(error, ValueError) and NOT_THERE.match(str(error)) is None:
                raise
            return None


def create_table(address: str, table: str, schema: pa.Schema) -> Any:
    """Make a table, or open the one that is there; any number of writers may do so at once. Raises LibraryError.

    Without retries Lance makes it only if it is not there. Its own way to make one, `write_dataset`, looks first and
    writes then: of two at once the later emptied what the earlier had put in meanwhile.
    """
    if (there := open_table(address, table)) is not None:
        return there
    check_writable(address)
    lance = lance_package()
    made = lance.LanceOperation.Overwrite(schema, [])
    place, options = table_at(address, table), storage_options(address)
    with sentences(address):
        try:
            return lance.LanceDataset.commit(place, made, read_version=0, max_retries=0, storage_options=options)
        except OSError:
            if (there := open_table(address, table)) is not None:
                return there  # another writer made it meanwhile
            raise


def check_writable(address: str) -> None:
    """Raise LibraryError for a place that Lance only reads from."""
    if address.lower().startswith("hf://"):
        raise LibraryError(
            f"The hub can be read from only, so no library can be made at {address}: name a folder or a bucket, and"
            " upload a folder to the hub when it is done."
        )


def storage_options(address: str) -> dict[str, str] | None:
    """Return how an object store is talked to: patiently while it is busy, but not for minutes if it is not there.

    It is talked to without encryption where the environment names it so.
    """
    if not is_url(address):
        return None
    options = {"client_max_retries": "8", "client_retry_timeout": "60", "connect_timeout": "5s", "timeout": "60s"}
    if address.startswith("s3") and any(endpoint.startswith("http://") for endpoint in s3_endpoints()):
        options["allow_http"] = "true"
    return {**options, **azure_options()} if address.partition("://")[0].lower() in AZURE else options


def upsert(address: str, dataset: Any, key: str, rows: pa.Table) -> None:
    """Add rows, or replace those with the same key, all or none; the dataset is at the version that it made then.

    Lance compares the keys with all that are there: 50 ms for a million. An index would be faster, but by way of that
    two writers that add the same keys at once don't see one another, and the rows are there twice.
    """

    def merge() -> None:
        builder = dataset.merge_insert(key).when_matched_update_all().when_not_matched_insert_all().use_index(False)
        builder.conflict_retries(20).execute(rows)

    written(address, dataset, merge)


def delete_keys(address: str, dataset: Any, key: str, keys: Sequence[str]) -> None:
    """Delete the rows with these keys, however many, all or none."""
    import pyarrow as pa

    rows = pa.table([pa.array(keys, pa.string())], schema=pa.schema([dataset.schema.field(key)]))
    written(
        address,
        dataset,
        lambda: dataset.merge_insert(key).when_matched_delete().use_index(False).conflict_retries(20).execute(rows),
    )


def written(address: str, dataset: Any, write: Callable[[], _Result], patience: float = PATIENCE) -> _Result:
    """Return what a write to the newest version returns, tried again while others write; raises LibraryError."""
    deadline = time.monotonic() + patience
    with sentences(address):
        while True:
            dataset.checkout_latest()
            try:
                return write()
            except (OSError, RuntimeError, ValueError) as error:
                if CONFLICT.search(str(error)) is None or time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - so that writers part
