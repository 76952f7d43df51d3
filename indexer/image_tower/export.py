"""Writes a model's image tower to the cache folder; prepare.py says when, and tower.py runs it.

Each precision is compared with the model itself on real pictures: fp32 must equal it except for rounding, else there
is no tower. int8 must come near; whether it is used is decided on the user's own pictures (library_model/judging.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.exported.folder import Files, NotExported, new_folder
from indexer.image_tower import tower as image_tower
from indexer.image_tower.packed_way import PackedWay
from indexer.image_tower.tower import FORMAT, PACKED, PACKED_INT8, About, ImageTower, files_of, tower_folder

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder
    from indexer.models.preprocess import Pixels
    from indexer.packed_tower.vit import PackedViT

LEAST_COSINES = {"fp32": 0.999, "int8": 0.99}  # the model itself computes in bf16 or fp16 where that is faster


def export_tower(
    encoder: Encoder,
    pictures: Pixels,
    tell: Callable[[str], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> About:
    """Export an encoder's image tower and return its facts; takes some seconds.

    `pictures` are preprocessed ones (n, height, width, 3) to compare with. Raises NotExported if the encoder has no
    image module or the result differs, OSError if the cache folder can't be written, or whatever torch, onnx and
    onnxruntime raise.
    """
    from indexer.exported.graph import export_graph
    from indexer.image_tower.int8 import save_int8
    from indexer.packed_tower.file import write_packed

    module = encoder.image_module()
    if module is None:
        raise NotExported("the model's image side is of a kind that can't be exported")
    tell("Preparing quick starts, once for this model...")
    with new_folder(tower_folder(encoder.fingerprint)) as folder:
        graph, weights = (folder / name for name in files_of("fp32"))
        export_graph(module, pictures[:2], "pixels", {0: "pictures"}, graph, weights)
        del module
        if stopping():
            raise NotExported("stopped")
        expected = encoder.encode_images(pictures)
        precisions = ["fp32", *(["int8"] if save_int8(graph, *(folder / name for name in files_of("int8"))) else [])]
        optimise = "int8" not in precisions  # it has convolutions for the most part
        cosines = {}
        for precision in precisions:
            tower = ImageTower(folder, precision, encoder.dim, optimise, many=True)
            cosines[precision] = _least_cosine(tower.encode_images(pictures), expected)
        del tower  # Windows neither deletes nor renames what is mapped
        _drop_what_differs(folder, cosines)
        if (packed := encoder.packed_tower()) is not None:
            write_packed(packed, folder / PACKED)
            _write_packed_int8(packed, folder, pictures, expected, cosines)
        about = _about(encoder, folder, cosines, optimise)
        image_tower.write_about(folder / image_tower.ABOUT, about)
        return about


def _write_packed_int8(
    packed: PackedViT, folder: Path, pictures: Pixels, expected: FloatArray, cosines: dict[str, float]
) -> None:
    """Write a packed tower in int8 where that may be faster and is near enough, and note its cosine."""
    from indexer.models.device import cpu_has_amx, cpu_has_int8
    from indexer.packed_tower.file import write_packed
    from indexer.packed_tower.int8 import quantised

    if "int8" not in cosines or cpu_has_amx() or not cpu_has_int8() or (tower := quantised(packed)) is None:
        return
    cosine = _least_cosine(PackedWay(tower).encode_images(pictures), expected)
    if cosine >= LEAST_COSINES["int8"]:
        write_packed(tower, folder / PACKED_INT8)
        cosines[PACKED_INT8] = cosine


def _least_cosine(actual: FloatArray, expected: FloatArray) -> float:
    """Return the least cosine of unit rows that belong together."""
    return float((actual * expected).sum(axis=1).min())


def _drop_what_differs(folder: Path, cosines: dict[str, float]) -> None:
    """Remove the files of a precision that differs too much; raises NotExported if fp32 does."""
    if not cosines["fp32"] >= LEAST_COSINES["fp32"]:
        raise NotExported(f"the exported image tower comes out differently, at a cosine of {cosines['fp32']:.4f}")
    if "int8" in cosines and not cosines["int8"] >= LEAST_COSINES["int8"]:
        del cosines["int8"]
        for name in files_of("int8"):
            (folder / name).unlink()


def _about(encoder: Encoder, folder: Path, cosines: dict[str, float], optimise: bool) -> About:
    files = Files.of(folder, [file.name for file in folder.iterdir()])
    return About(
        format=FORMAT,
        fingerprint=encoder.fingerprint,
        dim=encoder.dim,
        logit_scale=encoder.logit_scale,
        logit_bias=encoder.logit_bias,
        context=encoder.context_length,
        batch_size=encoder.batch_size,
        preprocess=dataclasses.asdict(encoder.preprocess),
        least_cosines=cosines,
        optimise=optimise,
        rates={},
        hashes=files.hashes,
        sizes=files.sizes,
    )


def example_pixels(shape: tuple[int, int, int], count: int = 2) -> Pixels:
    """Return pictures of smooth colours, for where there are no real ones."""
    from PIL import Image

    random = np.random.default_rng(0)
    height, width, _ = shape
    small = random.integers(0, 256, (count, 9, 9, 3), dtype=np.uint8)
    scaled = (Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC) for pixels in small)
    return np.stack([np.asarray(picture) for picture in scaled])
