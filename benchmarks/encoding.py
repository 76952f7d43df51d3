"""Compare ways to encode on this machine's CPU: the full ViT-B-32-256 with random weights.

    python -m benchmarks.encoding [--rounds 5] [--threads 2] [--compile]

Speed does not depend on the weights' values. All candidates take turns, so that other load on the machine hits all of
them, and the CPU seconds that a picture costs are printed besides the pictures per second. The cosine to torch in fp32
is the least one over the sample images; random weights say little about int8, which trained outliers hurt most.
OpenVINO takes part if it is installed; a CPU without bf16 units is imitated, for torch, with ONEDNN_MAX_CPU_ISA=AVX2.
"""

from __future__ import annotations

import argparse
import copy
import importlib.util
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import open_clip
import torch

from benchmarks.daily.models import ARCHITECTURE, SIDE, TINY
from indexer.arrays import FloatArray, unit_rows
from indexer.decoding.decode import open_picture
from indexer.exported.graph import export_graph
from indexer.files.formats import PICTURE_SUFFIXES
from indexer.image_tower.int8 import save_int8
from indexer.image_tower.tower import ImageTower, files_of
from indexer.models.device import cpu_has_bf16
from indexer.models.open_clip_encoder import normalising
from indexer.models.preprocess import Pixels, Preprocess
from indexer.packed_tower.int8 import quantised as in_int8
from indexer.packed_tower.vit import packed

SAMPLES = Path(__file__).parent.parent / "sample_images"
MEAN, STD = open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD

Tower = Callable[[Pixels], FloatArray]


def sample_pixels(count: int) -> Pixels:
    """Return the sample images, again and again, as a batch."""
    preprocess = Preprocess(SIDE, SIDE)
    paths = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in PICTURE_SUFFIXES][:count]
    pictures = [preprocess(open_picture(path, SIDE).image) for path in paths]
    return np.stack([pictures[number % len(pictures)] for number in range(count)])


def normalised(pixels: Pixels) -> torch.Tensor:
    """Return pixels as the model's own preprocessing would, (n, 3, height, width)."""
    scale, offset = (255 * torch.tensor(values).view(1, 3, 1, 1) for values in (STD, MEAN))
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().sub_(offset).div_(scale)


def visual(tiny: bool) -> torch.nn.Module:
    """Return the same random image tower each time."""
    torch.manual_seed(0)
    model = open_clip.CLIP(**TINY) if tiny else open_clip.create_model(ARCHITECTURE)
    return model.visual.eval().requires_grad_(False)


def with_torch(tower: torch.nn.Module, dtype: torch.dtype, compiled: bool = False) -> Tower:
    """Return open_clip's own tower."""
    tower = copy.deepcopy(tower).to(dtype)
    if compiled:
        torch._inductor.config.freezing = True
        tower = torch.compile(tower, dynamic=False)

    def run(pixels: Pixels) -> FloatArray:
        return tower(normalised(pixels).to(dtype)).float().numpy()

    return run


def with_packed(tower: torch.nn.Module, dtype: torch.dtype) -> Tower:
    """Return clipsearch's layout."""
    layout = packed(copy.deepcopy(tower), MEAN, STD, dtype)
    assert layout is not None
    return lambda pixels: layout(torch.from_numpy(pixels)).numpy()


def exported(tower: torch.nn.Module, folder: Path, batch: int) -> Path:
    """Export the tower to ONNX, by tracing, which needs no other packages."""
    path = folder / "tower.onnx"
    if not path.exists():
        torch.backends.mha.set_fastpath_enabled(False)  # ONNX has no such operator
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what tracing fixes: the batch, which is always the same here
            example = torch.zeros(batch, 3, SIDE, SIDE)
            torch.onnx.export(tower, (example,), path, dynamo=False, opset_version=17, input_names=["pixels"])
        torch.backends.mha.set_fastpath_enabled(True)
    return path


def with_onnxruntime(path: Path, threads: int) -> Tower:
    """Return an exported tower in onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(None, {"pixels": normalised(pixels).contiguous().numpy()})[0]


def quantised(path: Path) -> Path:
    """Return the file with weights per channel and activations dynamically in int8."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    made = path.with_name("int8.onnx")
    quantize_dynamic(
        path,
        made,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gemm"],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # of what the export names no type for
    )
    return made


def with_openvino(path: Path, threads: int, precision: str) -> Tower:
    """Return the tower in OpenVINO."""
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    model = openvino.Core().compile_model(path, "CPU", settings)
    return lambda pixels: model(normalised(pixels).contiguous().numpy())[0]


def candidates(folder: Path, batch: int, threads: int, compiled: bool, tiny: bool) -> dict[str, Tower]:
    """Return what can be compared here."""
    tower = visual(tiny)
    path = exported(tower, folder, batch)
    return {
        **of_torch(tower, compiled),
        **of_clipsearch(tower, folder),
        "onnxruntime fp32": with_onnxruntime(path, threads),
        "onnxruntime int8, dynamic": with_onnxruntime(quantised(path), threads),
        **(of_openvino(path, threads) if importlib.util.find_spec("openvino") else {}),
    }


def of_torch(tower: torch.nn.Module, compiled: bool) -> dict[str, Tower]:
    """Return open_clip's tower in the precisions that this CPU has units for."""
    found = {"torch fp32": with_torch(tower, torch.float32)}
    if cpu_has_bf16():
        found["torch bf16"] = with_torch(tower, torch.bfloat16)
    if compiled:
        dtype = torch.bfloat16 if cpu_has_bf16() else torch.float32
        found["torch.compile"] = with_torch(tower, dtype, compiled=True)
    return found


def of_clipsearch(tower: torch.nn.Module, folder: Path) -> dict[str, Tower]:
    """Return what clipsearch runs: its layout for torch, and its exports."""
    found = {"packed fp32": with_packed(tower, torch.float32)}
    if cpu_has_bf16():
        found["packed bf16"] = with_packed(tower, torch.bfloat16)
    layout = packed(copy.deepcopy(tower), MEAN, STD, torch.bfloat16 if cpu_has_bf16() else torch.float32)
    int8 = None if layout is None else in_int8(layout)
    if int8 is not None:
        found["packed int8"] = lambda pixels: int8(torch.from_numpy(pixels)).numpy()
    return found | of_exports(tower, folder)


def of_exports(tower: torch.nn.Module, folder: Path) -> dict[str, Tower]:
    """Return clipsearch's exports in onnxruntime, in all threads."""
    (fp32, its_weights), int8 = ([folder / name for name in files_of(precision)] for precision in ("fp32", "int8"))
    with torch.inference_mode(False):
        network = normalising(copy.deepcopy(tower), MEAN, STD)
        export_graph(network, sample_pixels(2), "pixels", {0: "pictures"}, fp32, its_weights)
    precisions = ["fp32", *(["int8"] if save_int8(fp32, *int8) else [])]
    dim = int(tower(torch.zeros(1, 3, SIDE, SIDE)).shape[1])
    return {
        f"exported {precision}": ImageTower(folder, precision, dim, False, True).encode_images
        for precision in precisions
    }


def of_openvino(path: Path, threads: int) -> dict[str, Tower]:
    """Return the exported tower in OpenVINO."""
    found = {"OpenVINO fp32": with_openvino(path, threads, "f32")}
    if cpu_has_bf16():
        found["OpenVINO bf16"] = with_openvino(path, threads, "bf16")
    return found


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--compile", action="store_true", help="also torch.compile, which needs a C++ compiler")
    parser.add_argument("--tiny", action="store_true", help="a tiny model: does it run?")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    pixels = sample_pixels(arguments.batch_size)
    wall: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        towers = candidates(Path(folder), len(pixels), arguments.threads, arguments.compile, arguments.tiny)
        rows = {name: unit_rows(tower(pixels)) for name, tower in towers.items()}  # the first call, which may set up
        for _ in range(arguments.rounds):
            for name, tower in towers.items():
                started, used = time.perf_counter(), time.process_time()
                tower(pixels)
                wall.setdefault(name, []).append(time.perf_counter() - started)
                cpu.setdefault(name, []).append(time.process_time() - used)
    base = min(cpu["torch fp32"])
    print(f"torch {torch.__version__}, {arguments.threads} threads, batch {len(pixels)}, {arguments.rounds} rounds\n")
    print("| encoder | pictures/s, median | CPU ms a picture, least | of torch fp32 | least cosine |\n|-|-|-|-|-|")
    for name in towers:
        rate, cost = len(pixels) / statistics.median(wall[name]), min(cpu[name])
        cosine = float((rows[name] * rows["torch fp32"]).sum(axis=1).min())
        print(f"| {name} | {rate:.1f} | {1000 * cost / len(pixels):.1f} | {cost / base:.2f} | {cosine:.5f} |")


if __name__ == "__main__":
    main()
