"""Tests of indexer.exported.graph; what is exported with it is tested in text_tower and image_tower."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from indexer.exported.graph import OUTPUT, export_graph, save_graph

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch


def test_rows_of_unit_length_for_any_number_of_inputs(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(3, 500), torch.nn.GELU(), torch.nn.Linear(500, 4))
    values = np.random.default_rng(0).standard_normal((7, 3)).astype(np.float32)
    export_graph(network, values[:2], "values", {0: "rows"}, tmp_path / "graph.onnx", tmp_path / "graph.bin")
    assert (tmp_path / "graph.bin").stat().st_size >= 4 * 7 * 500 > (tmp_path / "graph.onnx").stat().st_size
    save_graph(onnx.load(tmp_path / "graph.onnx"), tmp_path / "saved.onnx", tmp_path / "saved.bin")
    (tmp_path / "graph.bin").unlink()
    session = onnxruntime.InferenceSession(str(tmp_path / "saved.onnx"), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = torch.nn.functional.normalize(network(torch.from_numpy(values)), dim=-1).numpy()
    assert np.allclose(session.run([OUTPUT], {"values": values})[0], expected, atol=1e-5)
    assert not list(tmp_path.glob("*.raw"))
