"""The ONNX file of a network: exported by torch, optimised by onnxruntime, its weights in a file beside it."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

OPSET = 17
OUTPUT = "embedding"
LEAST_OUTSIDE = 1024  # bytes of a tensor that is kept outside the graph
_TRACING = threading.Lock()  # torch's exporter keeps its state in globals
ONNXRUNTIME = "com.microsoft"  # the domain of its own operators


def export_graph(
    network: torch.nn.Module, example: Any, input_name: str, free: dict[int, str], graph: Path, weights: Path
) -> None:
    """Write a network as an optimised fp32 graph whose output is a unit row (1, dim) for each row of the input.

    `example` is an array to trace it with; `free` names the axes of the input that may have other lengths.
    """
    import torch

    class Unit(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.normalize(self.network(values), dim=-1)

    raw = graph.with_suffix(".raw")
    axes = {input_name: free} | ({OUTPUT: {0: free[0]}} if 0 in free else {})
    with _TRACING, warnings.catch_warnings(), _plain_attention():
        warnings.simplefilter("ignore")  # of tracing and of the older exporter
        torch.onnx.export(
            Unit().eval(),
            (torch.from_numpy(example),),
            str(raw),
            dynamo=False,  # the newer exporter needs two packages more and several times as long
            opset_version=OPSET,
            input_names=[input_name],
            output_names=[OUTPUT],
            dynamic_axes=axes if free else None,
        )
    _optimise(raw, graph, weights)
    raw.unlink()


def _optimise(raw: Path, graph: Path, weights: Path) -> None:
    """Write a graph as onnxruntime would run it on any CPU, with its weights in a file beside it that can be mapped."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(graph)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", weights.name)
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_min_size_in_bytes", str(LEAST_OUTSIDE)
    )
    options.add_session_config_entry("session.disable_prepacking", "1")
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])


@contextlib.contextmanager
def _plain_attention() -> Iterator[None]:
    """Keep torch from using one operator for the whole attention, which ONNX does not have."""
    import torch

    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def save_graph(model: Any, graph: Path, weights: Path) -> None:
    """Write a graph, with its weights in a file beside it that can be mapped."""
    import onnx

    weights.unlink(missing_ok=True)  # onnx would append to it
    onnx.save_model(model, str(graph), save_as_external_data=True, location=weights.name, size_threshold=LEAST_OUTSIDE)


def replace_nodes(model: Any, nodes: list[Any], added: list[Any]) -> None:
    """Give a graph other nodes, with the tensors that they need; those that none uses any more are dropped."""
    import onnx

    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used] + added
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(kept)
    if ONNXRUNTIME not in {opset.domain for opset in model.opset_import}:
        model.opset_import.append(onnx.helper.make_opsetid(ONNXRUNTIME, 1))
