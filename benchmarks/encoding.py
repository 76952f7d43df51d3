"""Measure encoding on this machine's device against fp32 on the CPU: the full ViT-B-32-256 with random weights.

    python benchmarks/encoding.py [--batches 10] [--device auto]

Speed does not depend on the weights' values. The cosine between both precisions is printed too, on noise
pictures; random weights say little about it, so a trained model should be looked at before any claim.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import open_clip
import torch

from indexer import open_clip_encoder
from indexer.encoder import FloatArray
from indexer.model_choice import load_encoder
from indexer.preprocess import Pixels

ARCHITECTURE = "ViT-B-32-256"
SIZE = 256


def rate(name: str, device: str, batch: Pixels, batches: int) -> tuple[float, FloatArray]:
    """Return the pictures per second, as the median over batches, and the embeddings."""
    encoder = load_encoder(name, device)
    encoder.encode_images(batch)
    times = []
    for _ in range(batches):
        started = time.perf_counter()
        rows = encoder.encode_images(batch)
        times.append(time.perf_counter() - started)
    return len(batch) / statistics.median(times), rows


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    batch = np.random.default_rng(0).integers(0, 256, (arguments.batch_size, SIZE, SIZE, 3), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "random.pt"
        torch.manual_seed(0)
        torch.save(open_clip.create_model(ARCHITECTURE).state_dict(), weights)
        name = f"{ARCHITECTURE}/{weights}"
        chosen, rows = rate(name, arguments.device, batch, arguments.batches)
        open_clip_encoder.image_precision = lambda _: torch.float32
        exact, reference = rate(name, "cpu", batch, max(2, arguments.batches // 3))
    cosine = float((rows * reference).sum(axis=1).min())
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, batch {arguments.batch_size}\n")
    print("| encoder | pictures/s | ratio | least cosine to fp32 |\n|-|-|-|-|")
    print(f"| fp32, CPU | {exact:.1f} | 1.0 | 1 |")
    print(f"| as clipsearch runs it, {arguments.device} | {chosen:.1f} | {chosen / exact:.1f} | {cosine:.5f} |")


if __name__ == "__main__":
    main()
