"""What of a cluster encodes and what decodes."""

from __future__ import annotations

import pytest

from indexer.errors import ClipsearchError
from indexer.ray_engine.sizes import Node, Sizes, nodes_of, sizes_for


@pytest.mark.parametrize(
    ("nodes", "shards", "expected"),
    [
        ([(2, 0)], 100, Sizes(1, 1, 0.0, 2, 1, 1, 2)),  # this machine
        ([(1, 0)], 100, Sizes(1, 0.5, 0.0, 1, 1, 0.5, 1)),
        ([(16, 0)], 100, Sizes(2, 4, 0.0, 8, 8, 1, 2)),
        ([(96, 8)], 1000, Sizes(8, 1.0, 1.0, 1, 88, 1, 1)),
        ([(96, 8)], 4, Sizes(8, 1.0, 1.0, 1, 4, 22, 22)),  # a few large tars: many cores for each
        ([(96, 8)], 1, Sizes(8, 1.0, 1.0, 1, 1, 32, 32)),
        ([(1, 1)] * 3, 100, Sizes(3, 0.0, 1.0, 1, 3, 1, 1)),
        ([(1, 1)] * 3, 2, Sizes(3, 0.0, 1.0, 1, 2, 1, 1)),  # no more than there are shards
        ([(8, 0), (32, 4)], 100, Sizes(4, 1.0, 1.0, 1, 36, 1, 1)),  # cores of nodes without a GPU decode too
    ],
)
def test_sizes(nodes: list[tuple[float, float]], shards: int, expected: Sizes) -> None:
    found = sizes_for([Node(*node) for node in nodes], shards)
    assert found == expected
    cpus = found.encoders * found.encoder_cpus + found.decoders * found.decoder_cpus
    assert cpus <= sum(node[0] for node in nodes)


def test_nodes_that_have_gone_or_only_lead() -> None:
    described = [
        {"Alive": True, "Resources": {"CPU": 4.0, "memory": 1e9}},
        {"Alive": False, "Resources": {"CPU": 8.0}},
        {"Alive": True, "Resources": {"memory": 1e9}},
        {"Alive": True, "Resources": {"CPU": 2.0, "GPU": 1.0}},
    ]
    assert nodes_of(described) == [Node(4, 0), Node(2, 1)]


def test_batches() -> None:
    on_gpus, on_cpus = sizes_for([Node(8, 1)], 9), sizes_for([Node(8, 0)], 9)
    assert (on_gpus.batch(None, 32), on_cpus.batch(None, 32)) == (256, 32)
    assert (on_gpus.batch(16, 32), on_cpus.batch(16, 32)) == (16, 16)


def test_a_cluster_that_only_leads_is_told() -> None:
    with pytest.raises(ClipsearchError, match="no cores and no GPUs; add a node"):
        sizes_for([], 9)
