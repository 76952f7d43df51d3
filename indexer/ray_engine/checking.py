"""Whether every node of a cluster runs the same clipsearch as this machine: what is sent there names its classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from indexer.errors import ClipsearchError

PATIENCE = 300.0  # seconds that a node may take to start Python


def check_nodes() -> None:
    """Raise ClipsearchError if a node lacks clipsearch, or has another state of it."""
    import ray

    look = _looking()
    here = look()
    nodes = [node for node in ray.nodes() if node["Alive"]]
    answers = {_ask(look, node["NodeID"]): node["NodeManagerAddress"] for node in nodes}
    ready, late = ray.wait(list(answers), num_returns=len(answers), timeout=PATIENCE)
    if late:
        raise ClipsearchError(f"The node {answers[late[0]]} of the Ray cluster does not answer; mend or remove it.")
    for answer in ready:
        try:
            there = ray.get(answer)
        except ray.exceptions.RayError:
            continue  # it has gone meanwhile, and nothing goes there
        if there != here:
            raise _other_code(answers[answer], there)


def _other_code(node: str, there: str | None) -> ClipsearchError:
    if there is None:
        return ClipsearchError(
            f"The node {node} of the Ray cluster has no clipsearch: install it there, with the same extras as here."
        )
    return ClipsearchError(
        f"The node {node} of the Ray cluster has another version of clipsearch than this machine: install the same one."
    )


def _ask(look: Callable[[], str | None], node: str) -> Any:
    """Have a node look, as its next task."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    there = NodeAffinitySchedulingStrategy(node_id=node, soft=False)
    return ray.remote(look).options(num_cpus=0, max_retries=0, scheduling_strategy=there).remote()


def _looking() -> Callable[[], str | None]:
    """Return what hashes the code of clipsearch where it is called; as an inner function it is sent there whole."""

    def look() -> str | None:
        import hashlib
        import importlib.util
        from pathlib import Path

        found = importlib.util.find_spec("indexer")
        if found is None or found.origin is None:
            return None
        folder = Path(found.origin).parent
        files = sorted(folder.rglob("*.py"))
        parts = (file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() for file in files)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    return look
