"""The stages of the way through the cluster, as Ray Data runs them: shards, batches of pixels, embeddings.

Each takes only as much from the one before as the object store holds. An actor that dies is started again, perhaps on
another node, but its tasks are not repeated: Ray would wait for ever with them if the actor finds no place. What they
had in hand is missing in the end, and who asked for it asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from indexer.ray_engine.cluster import unwarned
from indexer.ray_engine.decoding import ShardDecoder
from indexer.ray_engine.encoding import BatchEncoder
from indexer.ray_engine.messages import shard_row
from indexer.ray_engine.sizes import Node, Sizes, nodes_of, sizes_for

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.models.preprocess import Preprocess
    from indexer.sources.item import Shard

PATIENT_STARTS = 3  # actors in a row that may die while they start
RESTARTS = {"max_restarts": -1, "max_task_retries": 0}


class Stages:
    """The stages for one model."""

    def __init__(
        self,
        preprocess: Preprocess,
        load: Callable[[], Encoder],
        fingerprint: str,
        batch_size: int,
        asked_batch_size: int | None,
        sizes: Callable[[Iterable[Node], int], Sizes] = sizes_for,
    ) -> None:
        """Take what a model needs, what loads it on a node, and the batch sizes that suit it and that was asked for."""
        self._preprocess = preprocess
        self._load = load
        self._fingerprint = fingerprint
        self._batch_size = batch_size
        self._asked = asked_batch_size
        self._sizes = sizes

    def through(self, shards: Sequence[tuple[int, str, Shard]]) -> Any:
        """Return the dataset of what comes out at the end for shards, each with its number and source."""
        import ray

        sizes = self._sizes(nodes_of(ray.nodes()), len(shards))
        size = sizes.batch(self._asked, self._batch_size)
        height, width, channels = self._preprocess.shape
        with unwarned():
            _set_context(size * height * width * channels)
            rows = ray.data.from_arrow([shard_row(*shard) for shard in shards])
            return self._encoding(self._decoding(rows, sizes, size), sizes)

    def _decoding(self, rows: Any, sizes: Sizes, batch_size: int) -> Any:
        import ray

        return rows.map_batches(
            ShardDecoder,
            fn_constructor_args=(self._preprocess, batch_size, sizes.processes),
            compute=ray.data.ActorPoolStrategy(**_pool(sizes.decoders), max_tasks_in_flight_per_actor=1),
            num_cpus=sizes.decoder_cpus,
            batch_size=None,
            batch_format="pyarrow",
            **RESTARTS,
        )

    def _encoding(self, batches: Any, sizes: Sizes) -> Any:
        import ray

        return batches.map_batches(
            BatchEncoder,
            fn_constructor_args=(self._load, self._fingerprint, sizes.threads),
            compute=ray.data.ActorPoolStrategy(**_pool(sizes.encoders)),
            num_cpus=sizes.encoder_cpus,
            num_gpus=sizes.encoder_gpus,
            batch_size=1,  # of rows, each of which is a batch of pictures
            batch_format="pyarrow",
            **RESTARTS,
        )


def _pool(size: int) -> dict[str, int]:
    """Return how many actors there are to be; that there may be fewer, since Ray refuses more than there are blocks."""
    return {"min_size": 1, "initial_size": size, "max_size": size}


def _set_context(block: int) -> None:
    """Tell Ray Data that each batch is a block, and that one that is lost is no reason to stop."""
    import ray

    context = ray.data.DataContext.get_current()
    context.target_max_block_size = block
    context.max_errored_blocks = -1
    context.max_consecutive_actor_init_deaths = PATIENT_STARTS
    context.enable_progress_bars = False
    context.print_on_execution_start = False
