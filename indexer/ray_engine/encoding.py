"""What an actor with a GPU, or some cores, does: load the model once, and encode batch after batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from indexer.engine.encoder_threads import EncoderThreads, is_out_of_memory
from indexer.errors import ClipsearchError, ModelMismatch
from indexer.ray_engine.messages import PIXELS, Told, encoded_row, rows

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.models.encoder import Encoder


class BatchEncoder:
    """Turns batches of pixels into embeddings."""

    def __init__(self, load: Callable[[], Encoder], fingerprint: str, threads: int) -> None:
        """Load the model, which must have this fingerprint; if it can't be loaded that is told with the first batch.

        An error here would make Ray start the actor again and again.
        """
        self._encoders: EncoderThreads | None = None
        try:
            encoder = load()
            if encoder.fingerprint != fingerprint:
                raise ModelMismatch(f"the model {encoder.name} there is not the one here; put the same files on each.")
            self._encoders = EncoderThreads([encoder], threads)
        except ClipsearchError as error:
            self._problem = _on_this_node(error)

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield each batch with its embeddings."""
        for shard, told, pixels in rows(table, PIXELS):
            try:
                yield self._encoded(shard, told, pixels)
            except ClipsearchError as error:
                if is_out_of_memory(error.__cause__):
                    os._exit(1)  # a new process has all of the memory again; the shard goes through once more
                yield encoded_row(shard, _told(error), None, "")

    def _encoded(self, shard: int, told: bytes, content: memoryview) -> pa.Table:
        if self._encoders is None:
            raise self._problem
        pixels = np.frombuffer(content, np.uint8).reshape(-1, *self._encoders.shape)
        if not len(pixels):
            return encoded_row(shard, told, None, "")
        encoded = self._encoders.encode(pixels)
        return encoded_row(shard, told, encoded.vectors.astype("<f2"), encoded.precision)


def _told(error: ClipsearchError) -> bytes:
    import pickle

    return pickle.dumps(Told(error=error))


def _on_this_node(error: ClipsearchError) -> ClipsearchError:
    """Return an error with the node's name in its sentence."""
    return type(error)(f"On the node {_address()} of the Ray cluster: {error}")


def _address() -> str:
    import ray

    return str(ray.util.get_node_ip_address())
