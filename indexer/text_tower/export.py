"""Writes a model's text tower to the cache folder; prepare.py says when, and tower.py runs it.

int8 is used if the embeddings of all probe texts have a cosine of at least 0.99 to the encoder's own; else fp32, which
must equal them except for rounding; else there is no tower.
"""

from __future__ import annotations

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
                source.unlink()
                text_tower.write_about(folder, about)
                return about
        raise NotExported(f"the exported text tower comes out differently, at a cosine of {about.least_cosine:.4f}")


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
    export_graph(
        module.network, np.array([ids], dtype=np.int64), "ids", {} if module.pad is not None else {1: "length"}, source
    )


def _write(module: TextModule, source: Path, folder: Path, precision: str) -> None:
    """Write a tower's graph, weights and tokenizer."""
    from indexer.text_tower.graph import save_fp32, save_int8

    save = save_int8 if precision == "int8" else save_fp32
    save(source, folder / text_tower.GRAPH, folder / text_tower.WEIGHTS)
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
        least_cosine=0.0,
        hashes=files.hashes,
        sizes=files.sizes,
    )
    actual = TextTower(folder, about).encode_texts(texts)
    return replace(about, least_cosine=float((actual * expected).sum(axis=1).min()))
