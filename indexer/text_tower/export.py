"""Writes a model's text tower to the cache folder, once; tower.py runs it.

int8 is used if the embeddings of all probe texts have a cosine of at least 0.99 to the encoder's own; else fp32, which
must equal them except for rounding; else there is no tower. A failed export is remembered, with the versions of the
packages, so that it is not tried again on every run. Nothing here makes a run fail.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.files.whole import sync_file
from indexer.paths import cache_folder
from indexer.store.models import active_model
from indexer.text_tower import tower as text_tower
from indexer.text_tower.probes import probe_texts
from indexer.text_tower.tower import About, TextTower, tower_folder

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder, TextModule
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

LEAST_COSINES = {"int8": 0.99, "fp32": 0.999}  # in fp16 on a GPU the encoder itself is some 0.0002 off
FAILED = "failed.json"
PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "open_clip_torch", "transformers")
LEFT_OVER_SECONDS = 3600.0  # after which an unfinished folder is taken for that of a killed run


class NotExported(Exception):
    """This model has no tower; the message says why."""


def prepare_texts(
    store: Store,
    loaded: Encoder | None,
    load: Callable[[StoredModel], Encoder] | None,
    tell: Callable[[str], None],
    stopping: Callable[[], bool],
) -> None:
    """Export the active model's text tower if it has none and no export has failed; never raises an Exception.

    `loaded` is the model that a run has loaded, if any; else `load` loads the active one, if given. `tell` gets a line
    if there is something to do.
    """
    active = active_model(store)
    if active is None or stopping():
        return
    encoder = loaded if loaded is not None and loaded.fingerprint == active.fingerprint else None
    if (encoder is None and load is None) or _is_settled(active.fingerprint, encoder is None) or not _can_keep():
        return
    try:
        if encoder is None:
            assert load is not None
            encoder = load(active)
        export_tower(encoder, tell, stopping)
    except Exception as error:
        # torch, onnx and onnxruntime raise many kinds; without a tower a query loads the model.
        if not stopping():
            _remember_failure(active.fingerprint, error, encoder is not None)


def export_tower(
    encoder: Encoder, tell: Callable[[str], None] = lambda _: None, stopping: Callable[[], bool] = lambda: False
) -> About:
    """Export an encoder's text tower and return its facts; takes as long as encoding 400 texts plus some seconds.

    Raises NotExported if the encoder has no text module or the result differs, OSError if the cache folder can't be
    written, or whatever torch, onnx and onnxruntime raise.
    """
    module = encoder.text_module()
    if module is None:
        raise NotExported("the model's text side is of a kind that can't be exported")
    tell("Preparing text queries, once for this model...")
    texts = probe_texts()
    with _new_folder(tower_folder(encoder.fingerprint)) as folder:
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

    from indexer.text_tower.graph import export_graph

    tokenizer = Tokenizer.from_str(module.tokenizer)
    tokenizer.no_padding()
    ids = tokenizer.encode("a photo of a cup").ids
    if module.pad is not None:
        ids += [module.pad] * (module.context - len(ids))
    export_graph(module.network, np.array([ids], dtype=np.int64), module.pad is None, source)


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
    about = About(
        format=text_tower.FORMAT,
        fingerprint=encoder.fingerprint,
        dim=encoder.dim,
        context=module.context,
        pad=module.pad,
        cleaning=module.cleaning,
        precision=precision,
        least_cosine=0.0,
        hashes={name: text_tower.hash_of(folder / name) for name in text_tower.FILES},
        sizes={name: (folder / name).stat().st_size for name in text_tower.FILES},
    )
    actual = TextTower(folder, about).encode_texts(texts)
    return replace(about, least_cosine=float((actual * expected).sum(axis=1).min()))


@contextlib.contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """Give a new folder to write into; at the end of the block it replaces the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_over in target.parent.glob(f"{target.name}.*"):
        if time.time() - left_over.stat().st_mtime > LEFT_OVER_SECONDS:
            shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}."))
    try:
        yield folder
        for file in folder.iterdir():
            sync_file(file)
        if target.exists():  # damaged, or of another version
            os.replace(target, folder.with_suffix(".old"))
        os.replace(folder, target)
    finally:
        for left_over in (folder, folder.with_suffix(".old")):
            shutil.rmtree(left_over, ignore_errors=True)


def _is_settled(fingerprint: str, needs_load: bool) -> bool:
    """Return whether a model has a text tower, or has none for a reason that still holds.

    That it could not be loaded (its weights are gone) counts only where it would be loaded again.
    """
    folder = tower_folder(fingerprint)
    about = text_tower.read_about(folder)
    if about is not None:
        return about.fingerprint == fingerprint and text_tower.is_whole(folder, about)
    try:
        failed = json.loads((folder / FAILED).read_text(encoding="utf-8"))
        same = failed["versions"] == _versions() and failed["format"] == text_tower.FORMAT
        return bool(same and (failed["loaded"] or needs_load))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _can_keep() -> bool:
    """Return whether the cache folder can be written, so that no model is loaded in vain."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache_folder()):
            return True
    except OSError:
        return False


def _remember_failure(fingerprint: str, error: Exception, loaded: bool) -> None:
    """Record that a model's text tower could not be exported, and with which versions."""
    reason = f"{type(error).__name__}: {error}"
    record = {"format": text_tower.FORMAT, "reason": reason, "loaded": loaded, "versions": _versions()}
    with contextlib.suppress(OSError), _new_folder(tower_folder(fingerprint)) as folder:
        (folder / FAILED).write_text(json.dumps(record, indent=1), encoding="utf-8")


def _versions() -> dict[str, str]:
    """Return the versions of the packages that an export depends on."""
    import importlib.metadata

    versions = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return versions
