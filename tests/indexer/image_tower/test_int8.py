"""Tests of indexer.image_tower.int8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, save

from indexer.image_tower.int8 import save_int8

RANDOM = np.random.default_rng(3)
WEIGHTS = RANDOM.standard_normal((64, 32)).astype(np.float32) * np.linspace(0.01, 9, 32, dtype=np.float32)
BIAS = RANDOM.standard_normal(32).astype(np.float32)


def graph(path: Path, nodes: list[object], tables: dict[str, np.ndarray]) -> Path:
    """Save a graph of x (rows, 64) to y."""
    made = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


def ran(path: Path, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0])


def error(actual: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def test_products_with_weights_are_in_8_bits(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"]),
        helper.make_node("Gemm", ["x", "t", "b"], ["c"], transB=1),
        helper.make_node("Add", ["a", "c"], ["y"]),
    ]
    source = graph(tmp_path / "s.onnx", nodes, {"w": WEIGHTS, "t": WEIGHTS.T.copy(), "b": BIAS})
    assert save_int8(source, tmp_path / "i.onnx", tmp_path / "i.bin")
    x = RANDOM.standard_normal((7, 64)).astype(np.float32)
    assert 0 < error(ran(tmp_path / "i.onnx", x), x @ WEIGHTS * 2 + BIAS) < 0.01
    assert (tmp_path / "i.bin").stat().st_size < 1.5 * 2 * WEIGHTS.size


def test_a_row_of_large_values_costs_the_others_nothing(tmp_path: Path) -> None:
    source = graph(tmp_path / "s.onnx", [helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": WEIGHTS})
    save_int8(source, tmp_path / "i.onnx", tmp_path / "i.bin")
    x = RANDOM.standard_normal((5, 64)).astype(np.float32)
    x[0] *= 10_000
    x[1] = 0
    actual, expected = ran(tmp_path / "i.onnx", x), x @ WEIGHTS
    assert all(error(actual[row], expected[row]) < 0.03 for row in (0, 2, 3, 4))
    assert np.array_equal(actual[1], expected[1])


def test_what_is_no_product_with_weights_stays(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0]),
        helper.make_node("MatMul", ["t", "x"], ["m"]),
        helper.make_node("Gemm", ["x", "w"], ["g"], alpha=0.5),
        helper.make_node("Add", ["g", "b"], ["h"]),
        helper.make_node("MatMul", ["h", "k"], ["n"]),
        helper.make_node("MatMul", ["n", "m"], ["y"]),
    ]
    tables = {"w": WEIGHTS, "b": BIAS, "k": WEIGHTS.T.copy()}
    source = graph(tmp_path / "s.onnx", nodes, tables)
    assert not save_int8(source, tmp_path / "i.onnx", tmp_path / "i.bin"), "less than half of the weights"
