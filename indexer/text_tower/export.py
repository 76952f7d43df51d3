"""Writes a model's text tower to the cache folder; prepare.py says when, and tower.py runs it.

int8 is used if the embeddings of all probe texts have a cosine of at least 0.99 to the encoder's own; else fp32, which
must equal them except for rounding; else there is no tower. Beside int8 there is an exact tower, for labels: its
weights are in fp16, which moves nothing that could be seen, and half as large.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.exported.folder import Files, NotExported, new_folder
from indexer.text_tower import tower as text_tower
from indexer.text_tower.probes import some_probe_texts
from indexer.text_tower.tower import About, TextTower, tower_folder

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder, TextModule

LEAST_EXACT = 0.9995
LEAST_COSINES = {"int8": 0.99, "fp32": 0.999}  # in fp16 on a GPU the encoder itself is some 0.0002 off


def export_tower(
    encoder: Encoder, tell: Callable[[str], None] = lambda _: None, stopping: Callable[[], bool] = lambda: False
) -> About:
    """Export an encoder's text tower and return its facts; takes as long as encoding 100 texts plus some seconds.

    Raises NotExported if the encoder has no text module or the result differs, OSError if the cache folder can't be
    written, or whatever torch, onnx and onnxruntime raise.
    """
    module = encoder.text_module()
    if module is None:
        raise NotExported("the model's text side is of a kind that can't be exported")
    tell("Preparing text queries, once for this model...")
    texts = some_probe_texts()
    with new_folder(tower_folder(encoder.fingerprint)) as folder:
        source = folder / "whole.onnx"
        _export(module, source)
        expected = encoder.encode_texts(texts)
        for precision, least in LEAST_COSINES.items():
            if stopping():
                raise NotExported("stopped")
            _write(module, source, folder, precision)
            about = _about(encoder, module, folder, precision, expected, texts)
            if about.least_cosine >= least:
                has_exact = precision == "int8" and _write_exact(encoder, module, source, expected)
                about = replace(about, has_exact=has_exact)
                for file in (source, source.with_suffix(".whole")):
                    file.unlink()
                text_tower.write_about(folder, about)
                return about
        raise NotExported(f"the exported text tower comes out differently, at a cosine of {about.least_cosine:.4f}")


def _write_exact(encoder: Encoder, module: TextModule, source: Path, expected: FloatArray) -> bool:
    """Write the exact tower into a folder of its own; return False if it would not be exact."""
    with contextlib.suppress(NotExported), new_folder(tower_folder(encoder.fingerprint, exact=True)) as folder:
        _write(module, source, folder, "fp16")
        about = _about(encoder, module, folder, "fp16", expected, some_probe_texts())
        if about.least_cosine < LEAST_EXACT:
            raise NotExported
        text_tower.write_about(folder, about)
        return True
    return False


def _export(module: TextModule, source: Path) -> None:
    """Write the fp32 graph, traced with a short text."""
    import numpy as np
    from tokenizers import Tokenizer

    from indexer.exported.graph import export_graph

    tokenizer = Tokenizer.from_str(module.tokenizer)
    tokenizer.no_padding()
    ids = tokenizer.encode("a photo of a cup").ids
    if module.pad is not None:
        ids += [module.pad] * (module.context - len(ids))
    free = {} if module.pad is not None else {1: "length"}
    export_graph(module.network, np.array([ids], dtype=np.int64), "ids", free, source, source.with_suffix(".whole"))


def _write(module: TextModule, source: Path, folder: Path, precision: str) -> None:
    """Write a tower's graph, weights and tokenizer."""
    from indexer.text_tower.graph import SAVE

    SAVE[precision](source, folder / text_tower.GRAPH, folder / text_tower.WEIGHTS)
    (folder / text_tower.TOKENIZER).write_text(module.tokenizer, encoding="utf-8")


def _about(
    encoder: Encoder, module: TextModule, folder: Path, precision: str, expected: FloatArray, texts: list[str]
) -> About:
    """Return the facts of the files, with the least cosine to the expected embeddings of the texts."""
    files = Files.of(folder, text_tower.FILES)
    about = About(
        format=text_tower.FORMAT,
        fingerprint=encoder.fingerprint,
        dim=encoder.dim,
        context=module.context,
        pad=module.pad,
        cleaning=module.cleaning,
        precision=precision,
        has_exact=False,
        least_cosine=0.0,
        hashes=files.hashes,
        sizes=files.sizes,
        colours=module.colours,
    )
    actual = TextTower(folder, about).encode_texts(texts)
    return replace(about, least_cosine=float((actual * expected).sum(axis=1).min()))
