"""The ONNX file of a text network, with weights in fp32, fp16 or int8.

int8 is MatMulNBits of onnxruntime: weights in blocks of 32 with a scale each; while computing, activations are
quantised in blocks too. One scale for a whole activation, as in dynamic quantisation, costs a real model too much:
all-MiniLM-L6-v2 falls to a cosine of 0.985 with it, and stays at 0.998 with blocks. onnxruntime's own quantizer is as
exact but does only MatMul in 8 bits (ViT-B-32-256 takes 180 MB, 69 MB here), and newer ones need another package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from indexer.exported.graph import ONNXRUNTIME, replace_nodes, save_graph

BLOCK = 32  # weights with one scale
INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level
HALF_MOST = float(np.finfo(np.float16).max)
LEAST_ROWS = 1000  # a table with fewer rows, such as that of the positions, stays as it is


def save_fp32(source: Path, graph: Path, weights: Path) -> None:
    """Write a graph, with its weights in a file beside it that can be mapped."""
    import onnx

    save_graph(onnx.load(str(source)), graph, weights)


def save_int8(source: Path, graph: Path, weights: Path) -> None:
    """Write a graph with the weights of its matrix products and of its token embedding in 8 bits."""
    import onnx

    model = onnx.load(str(source))
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes, added = [], []
    for node in model.graph.node:
        changed, tensors = _quantised(node, tables)
        nodes += changed
        added += tensors
    replace_nodes(model, nodes, added)
    save_graph(model, graph, weights)


def save_fp16(source: Path, graph: Path, weights: Path) -> None:
    """Write a graph that computes in fp32 with its weights in 16 bits: halves of the size, rounded in the 12th bit."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(str(source))
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    halves: dict[str, Any] = {}
    nodes: list[Any] = []
    for node in model.graph.node:
        position = _position_of_weights(node, tables)
        if position is not None:
            name = node.input[position]
            if name not in halves:
                halves[name] = numpy_helper.from_array(_half(numpy_helper.to_array(tables[name])), f"{name}_half")
                nodes.append(helper.make_node("Cast", [f"{name}_half"], [f"{name}_wide"], to=TensorProto.FLOAT))
            node.input[position] = f"{name}_wide"
        nodes.append(node)
    replace_nodes(model, nodes, list(halves.values()))
    save_graph(model, graph, weights)


def _half(table: Any) -> Any:
    return table.clip(-HALF_MOST, HALF_MOST).astype(np.float16)


def _position_of_weights(node: Any, tables: dict[str, Any]) -> int | None:
    """Return which input of a node is a matrix of weights; None if none is."""
    position = {"MatMul": 1, "Gemm": 1, "Gather": 0}.get(node.op_type)
    is_matrix = position is not None and node.input[position] in tables
    return position if is_matrix and len(tables[node.input[position]].dims) == 2 else None


def _quantised(node: Any, tables: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the nodes and tensors that replace a node: itself and none if it has no weights to quantise."""
    from onnx import helper, numpy_helper

    position = _position_of_weights(node, tables)
    if position is None:
        return [node], []
    settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    table = numpy_helper.to_array(tables[node.input[position]])
    if node.op_type == "Gather":
        known = table.dtype == np.float32 and len(table) >= LEAST_ROWS and not settings.get("axis", 0)
        return _gathered(node, table) if known else ([node], [])
    if not settings.get("transB", 0):
        table = table.T
    plain = settings.get("alpha", 1) == settings.get("beta", 1) == 1 and not settings.get("transA", 0)
    return _multiplied(node, table) if plain and table.shape[1] % BLOCK == 0 else ([node], [])


def _multiplied(node: Any, table: Any) -> tuple[list[Any], list[Any]]:
    """Return MatMulNBits with weights (out, in), to replace a matrix product."""
    from onnx import helper, numpy_helper

    rows, columns = table.shape
    blocks = np.ascontiguousarray(table, dtype=np.float32).reshape(rows, columns // BLOCK, BLOCK)
    whole, scales = _int8(blocks)
    values, factors = f"{node.output[0]}_values", f"{node.output[0]}_scales"
    bias = ["", "", node.input[2]] if len(node.input) > 2 else []  # after the zero points and the group index
    product = helper.make_node(
        "MatMulNBits",
        [node.input[0], values, factors, *bias],
        node.output,
        domain=ONNXRUNTIME,
        K=columns,
        N=rows,
        bits=8,
        block_size=BLOCK,
        accuracy_level=INT8_ACTIVATIONS,
    )
    shifted = (whole.astype(np.int16) + 128).astype(np.uint8)  # zero is 128
    return [product], [numpy_helper.from_array(shifted, values), numpy_helper.from_array(scales, factors)]


def _gathered(node: Any, table: Any) -> tuple[list[Any], list[Any]]:
    """Return a Gather of int8 rows and of their scales, to replace a Gather of float32 rows."""
    from onnx import TensorProto, helper, numpy_helper

    whole, scales = _int8(table)
    output, ids = node.output[0], node.input[1]
    values, factors = f"{output}_values", f"{output}_scales"
    nodes = [
        helper.make_node("Gather", [values, ids], [f"{output}_whole"]),
        helper.make_node("Gather", [factors, ids], [f"{output}_factors"]),
        helper.make_node("Cast", [f"{output}_whole"], [f"{output}_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{output}_float", f"{output}_factors"], [output]),
    ]
    return nodes, [numpy_helper.from_array(whole, values), numpy_helper.from_array(scales[:, np.newaxis], factors)]


def _int8(values: Any) -> tuple[Any, Any]:
    """Return int8 values and float32 scales of the rows along the last axis; value * scale is the original."""
    scales = np.maximum(np.abs(values).max(axis=-1), np.finfo(np.float32).tiny) / np.float32(127)
    return np.rint(values / scales[..., np.newaxis]).clip(-127, 127).astype(np.int8), scales.astype(np.float32)


SAVE = {"int8": save_int8, "fp16": save_fp16, "fp32": save_fp32}  # by the precision of the weights
