"""A Ray cluster on this machine: nodes that pretend to have GPUs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from indexer.ray_engine.cluster import quiet_environment, unwarned

WITHIN = 180.0  # seconds
STORE = 100 * 1024**2  # bytes


class Nodes:
    """A cluster to which this process is connected."""

    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster

    def add(self) -> Any:
        """Add a node with a core and a GPU, and return it once it is there."""
        before = len(alive())
        with unwarned():
            node = self._cluster.add_node(wait=False, num_cpus=1, num_gpus=1, object_store_memory=STORE)
        wait_for(lambda: len(alive()) > before)
        return node

    def remove(self, node: Any) -> None:
        """Kill a node, as when a machine loses its power."""
        before = len(alive())
        with unwarned():
            self._cluster.remove_node(node, allow_graceful=False)
        wait_for(lambda: len(alive()) < before)


@contextmanager
def ray_cluster(nodes: int) -> Iterator[Nodes]:
    """Run a cluster of so many nodes, and be connected to it; all of it ends with the block."""
    with quiet_environment(), unwarned():
        import ray
        from ray.cluster_utils import Cluster

        cluster = Cluster()
        head = {"num_cpus": 1, "num_gpus": 1, "object_store_memory": STORE, "include_dashboard": False}
        try:  # not with an address of loopback: it would hang
            cluster.add_node(wait=False, **head)
            ray.init(address=cluster.address, log_to_driver=False, logging_level="CRITICAL")
            running = Nodes(cluster)
            for _ in range(nodes - 1):
                running.add()
            yield running
        finally:
            ray.shutdown()
            cluster.shutdown()


def alive() -> list[Any]:
    """Return what Ray says of the nodes that it takes to be alive."""
    import ray

    return [node for node in ray.nodes() if node["Alive"]]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
