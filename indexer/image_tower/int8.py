"""Matrix products of an ONNX graph in 8 bits: weights with a scale for each output, activations with one for each row.

A row is a token of a picture, so that one with large values costs the others no precision. It is quantised while
computing: x ~ s * q with s = max|x| / 127; the product of the integers is exact, and is scaled back afterwards.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from indexer.exported.graph import ONNXRUNTIME, replace_nodes, save_graph

ZERO = 128  # what stands for 0 in the unsigned 8 bits of an activation
LEAST_SHARE = 0.5  # of a graph's weights that must be in such products, or there is nothing to gain
CONSTANTS = {
    "int8_one": np.float32(1),
    "int8_zero": np.uint8(ZERO),
    "int8_step": np.float32(1 / 127),
    "int8_least": np.float32(1e-12),
}


def save_int8(source: Path, graph: Path, weights: Path) -> bool:
    """Write a graph with its matrix products in 8 bits; return False if it has too few of them."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(str(source))
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    rewriting = _Rewriting(tables)
    nodes = [new for node in model.graph.node for new in rewriting.nodes_for(node)]
    if rewriting.quantised < LEAST_SHARE * sum(int(np.prod(tensor.dims)) for tensor in tables.values()):
        return False
    constants = [numpy_helper.from_array(np.array(value), name) for name, value in CONSTANTS.items()]
    replace_nodes(model, nodes, rewriting.tensors + constants)
    save_graph(model, graph, weights)
    return True


class _Rewriting:
    """Replaces nodes one after the other; rows that several products need are quantised once."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._rows: set[str] = set()  # that are quantised already
        self.tensors: list[Any] = []
        self.quantised = 0  # weights

    def nodes_for(self, node: Any) -> list[Any]:
        """Return the nodes that take a node's place: itself, unless it multiplies with weights."""
        weights = self._weights(node)
        if weights is None:
            return [node]
        self.quantised += weights.size
        return [*self._quantise(node.input[0]), *self._multiply(node, weights)]

    def _weights(self, node: Any) -> Any:
        """Return a product's weights (in, out); None for any other node."""
        from onnx import helper, numpy_helper

        if node.op_type not in ("MatMul", "Gemm") or node.input[1] not in self._tables:
            return None
        settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        table = self._tables[node.input[1]]
        plain = settings.get("alpha", 1) == settings.get("beta", 1) == 1 and not settings.get("transA", 0)
        if not plain or len(table.dims) != 2:
            return None
        weights = numpy_helper.to_array(table)
        return weights.T if settings.get("transB", 0) else weights

    def _quantise(self, rows: str) -> list[Any]:
        """Return the nodes that make integers and scales of float rows."""
        from onnx.helper import make_node

        if rows in self._rows:
            return []
        self._rows.add(rows)
        return [
            make_node("ReduceMax", [rows], [f"{rows}_most"], axes=[-1], keepdims=1),
            make_node("ReduceMin", [rows], [f"{rows}_least"], axes=[-1], keepdims=1),
            make_node("Neg", [f"{rows}_least"], [f"{rows}_lowest"]),
            make_node("Max", [f"{rows}_most", f"{rows}_lowest", "int8_least"], [f"{rows}_largest"]),
            make_node("Mul", [f"{rows}_largest", "int8_step"], [f"{rows}_scales"]),
            make_node("Div", [rows, f"{rows}_scales"], [f"{rows}_steps"]),
            make_node("QuantizeLinear", [f"{rows}_steps", "int8_one", "int8_zero"], [f"{rows}_whole"]),
        ]

    def _multiply(self, node: Any, weights: Any) -> list[Any]:
        """Return the nodes of the product, scaled back, with its bias."""
        from onnx import numpy_helper
        from onnx.helper import make_node

        rows, name = node.input[0], node.output[0]
        scales = np.maximum(np.abs(weights).max(axis=0), np.finfo(np.float32).tiny) / np.float32(127)
        whole = np.rint(weights / scales).clip(-127, 127).astype(np.int8)
        self.tensors += [numpy_helper.from_array(whole, f"{name}_values")]
        self.tensors += [numpy_helper.from_array(scales.astype(np.float32), f"{name}_steps")]
        inputs = [f"{rows}_whole", f"{name}_values", "int8_one", f"{name}_steps", "int8_zero"]
        bias = list(node.input[2:])
        scaled = f"{name}_scaled" if bias else name
        nodes = [
            make_node("MatMulIntegerToFloat", inputs, [f"{name}_unscaled"], domain=ONNXRUNTIME),
            make_node("Mul", [f"{name}_unscaled", f"{rows}_scales"], [scaled]),
        ]
        return [*nodes, make_node("Add", [scaled, *bias], [name])] if bias else nodes
