"""The files of a folder in open_clip's format that are looked at; what else lies there is not opened."""

from __future__ import annotations

from pathlib import Path

from indexer.errors import ModelError
from indexer.model_settings.open_clip_settings import CONFIG
from indexer.model_settings.tokenizer_files import EXTRAS, VOCABULARIES

ENDINGS = (".safetensors", ".bin", ".pth")  # of weights, the safest first
USUAL = (  # open_clip's order
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.bin",
    "open_clip_pytorch_model.pth",
    "model.safetensors",
    "pytorch_model.bin",
    "pytorch_model.pth",
    "model.pth",
)


def checkpoint_in(folder: Path) -> Path:
    """Return the weights in a folder, as open_clip would choose them; raises ModelError if there are none."""
    found = _checkpoints(folder)
    if not found:
        raise ModelError(f"there are no weights in its folder, such as {USUAL[0]}")
    return min(found, key=lambda file: (_place(file.name, USUAL), file.suffix != ENDINGS[0], file.name))


def files_of(folder: Path) -> list[Path]:
    """Return the files that decide what the model in a folder computes, sorted."""
    named = (folder / name for name in (CONFIG, *EXTRAS, *VOCABULARIES))
    return sorted(file for file in {*named, *_checkpoints(folder)} if file.is_file())


def _checkpoints(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.suffix in ENDINGS and file.is_file()]


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)
