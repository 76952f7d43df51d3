"""How a cluster is made use of: how many encode, how many decode, and with how much of it each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.errors import ClipsearchError

CORES_PER_ENCODER = 8  # without GPUs: a model gains little from more
MOST_PROCESSES = 32  # that one actor decodes with
ROW_OF_A_GPU = 256  # pictures in a batch, at least


@dataclass(frozen=True, slots=True)
class Node:
    """What a node gives to Ray."""

    cpus: float
    gpus: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """The actors of a run, and what each reserves."""

    encoders: int
    encoder_cpus: float
    encoder_gpus: float
    threads: int  # of each encoder
    decoders: int
    decoder_cpus: float
    processes: int  # of each decoder

    def batch(self, asked: int | None, of_model: int) -> int:
        """Return how many pictures a batch has: what was asked for, else what suits the model where it runs."""
        return asked or (max(ROW_OF_A_GPU, of_model) if self.encoder_gpus else of_model)


def nodes_of(described: Iterable[Mapping[str, Any]]) -> list[Node]:
    """Return the nodes that are alive and compute, from what ray.nodes() says."""
    alive = (node["Resources"] for node in described if node["Alive"])
    nodes = (Node(float(has.get("CPU", 0)), float(has.get("GPU", 0))) for has in alive)
    return [node for node in nodes if node.cpus or node.gpus]


def sizes_for(nodes: Iterable[Node], shards: int) -> Sizes:
    """Return the actors for so many shards; one that decodes reads one shard at a time.

    With GPUs each has an encoder, and a core to feed it where the nodes have cores to spare; all other cores decode.
    Without, encoding and decoding have one half each, and the system decides: who decodes has a lower priority.
    Where there are fewer shards than cores, an actor that decodes has several of them. Raises ClipsearchError if no
    node computes.
    """
    nodes = list(nodes)
    if not nodes:
        raise ClipsearchError("The Ray cluster has no cores and no GPUs; add a node to it: ray start --address …")
    gpus = sum(int(node.gpus) for node in nodes)
    if gpus:
        own = 1.0 if all(node.cpus > 2 * node.gpus for node in nodes if node.gpus) else 0.0
        free = [node.cpus - own * int(node.gpus) for node in nodes]
        return _sizes(gpus, own, 1.0, max(1, int(own)), free, shards)
    unit = min(CORES_PER_ENCODER, min(int(node.cpus) for node in nodes))
    own = max(1, unit) // 2 or 0.5
    counts = [max(1, int(node.cpus) // max(1, unit)) for node in nodes]
    free = [node.cpus - own * count for node, count in zip(nodes, counts, strict=True)]
    return _sizes(sum(counts), own, 0.0, max(1, unit), free, shards)


def _sizes(encoders: int, own: float, gpus: float, threads: int, free: list[float], shards: int) -> Sizes:
    """Return the sizes where so many cores of each node are free to decode."""
    free = [cores for cores in free if cores > 0]
    if max(free, default=0) < 1:
        return Sizes(encoders, own, gpus, threads, max(1, min(shards, len(free))), min(free, default=0.0), 1)
    cores = [int(cores) for cores in free if cores >= 1]
    each = max(1, min(sum(cores) // max(1, shards), *cores, MOST_PROCESSES))
    decoders = min(shards, sum(core // each for core in cores))
    return Sizes(encoders, own, gpus, threads, decoders, each, each if gpus else 2 * each)
