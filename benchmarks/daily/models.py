"""The models of the benchmarks: ViT-B-32-256 with random weights, or a tiny one, and their export for rclip.

Speed does not depend on the weights' values. The tiny model has the same sizes at its two ends, 256 pixels and 512
dimensions, so that it can take the large one's place wherever the benchmarks only have to run.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ARCHITECTURE = "ViT-B-32-256"
SIDE, DIM = 256, 512
TINY: dict[str, Any] = {
    "embed_dim": DIM,
    "vision_cfg": {"image_size": SIDE, "layers": 2, "width": 64, "patch_size": 64, "head_width": 32},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
LEAST = 0.9999  # cosine of an exported tower's embeddings to the model's


def make_model(work: Path, tiny: bool) -> str:
    """Return the name by which clipsearch takes the random model, made if it is not there."""
    from benchmarks.daily.processes import fresh

    weights, folder = work / "random.pt", work / "tiny"
    if tiny and not folder.exists():
        fresh(save_tiny, folder)
    if not tiny and not weights.exists():
        fresh(save_random, weights)
    return f"local-dir:{folder}" if tiny else f"{ARCHITECTURE}/{weights}"


def save_random(weights: Path) -> None:
    """Save the random ViT-B-32-256 as a checkpoint."""
    import open_clip
    import torch

    torch.manual_seed(0)
    part = weights.with_suffix(".part")
    torch.save(open_clip.create_model(ARCHITECTURE).state_dict(), part)
    part.rename(weights)


def save_tiny(folder: Path) -> None:
    """Save the tiny model in open_clip's folder format."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    part = folder.with_suffix(".part")
    part.mkdir(exist_ok=True)
    (part / "open_clip_config.json").write_text(json.dumps({"model_cfg": TINY, "preprocess_cfg": {}}))
    state = {name: tensor.contiguous() for name, tensor in open_clip.CLIP(**TINY).state_dict().items()}
    save_file(state, part / "open_clip_model.safetensors")
    part.rename(folder)


def load(name: str) -> Any:
    """Return the model in open_clip, by its name in clipsearch."""
    import open_clip

    if name.startswith("local-dir:"):
        return open_clip.create_model(name, load_weights=True).eval()
    architecture, _, weights = name.partition("/")
    return open_clip.create_model(architecture, pretrained=weights).eval()


def export_for_rclip(name: str, folder: Path) -> None:
    """Write both towers as fp32 ONNX files, by the names of files, inputs and outputs that rclip has."""
    import open_clip
    import torch

    torch.manual_seed(1)
    model = load(name)
    texts = open_clip.tokenize(["a cup", "a car", "a red envelope"])
    export(model.encode_image, torch.rand(3, 3, SIDE, SIDE), folder / "visual.onnx")
    export(model.encode_text, texts, folder / "textual.onnx")


def export(encode: Callable[[Any], Any], example: Any, path: Path) -> None:
    """Export one tower, and check it on the example."""
    import torch

    class Tower(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = encode.__self__  # type: ignore[attr-defined]

        def forward(self, rows: torch.Tensor) -> Any:
            return encode(rows)

    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # ONNX has no such operator
    any_number = {"input": {0: "n"}, "output": {0: "n"}}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of what is fixed when tracing, which the check below tries
        torch.onnx.export(
            Tower().eval(),
            (example[:2],),
            path,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes=any_number,
            opset_version=17,
            dynamo=False,
        )
        check(path, example.numpy(), encode(example).numpy())
    torch.backends.mha.set_fastpath_enabled(fast)


def check(path: Path, example: Any, expected: Any) -> None:
    """Refuse an export that gives other embeddings than the model, for one row and for several."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for rows in (slice(0, 1), slice(None)):
        (found,) = session.run(None, {"input": example[rows]})
        lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(expected[rows], axis=1)
        assert ((found * expected[rows]).sum(axis=1) / lengths).min() > LEAST, f"{path.name} is not the model"
