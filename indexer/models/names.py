"""What a model's name on the command line means, without loading anything.

builtin                     the offline model that comes with clipsearch[builtin]
ARCH/TAG                    a model of open_clip's zoo, such as ViT-B-32-256/datacomp_s34b_b86k
ARCH/FILE                   an open_clip architecture with your own checkpoint file
hf-hub:ORG/NAME             a repository on the Hugging Face hub in open_clip's format
local-dir:FOLDER            a folder in the same format
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from indexer.errors import UnknownModel
from indexer.spelling import spelled_on_disk

DEFAULT_MODEL = "ViT-B-32-256/datacomp_s34b_b86k"
BUILTIN = "builtin"
REPOSITORY = re.compile(r"(?!.*\.\.)\w[\w.-]*/\w[\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ModelName:
    """A parsed name; `str()` returns the form that the library stores, with absolute paths."""

    kind: Literal["builtin", "zoo", "file", "hf-hub", "local-dir"]
    source: str  # architecture, repository or folder
    weights: str = ""  # tag or checkpoint file

    def __str__(self) -> str:
        match self.kind:
            case "builtin":
                return BUILTIN
            case "zoo" | "file":
                return f"{self.source}/{self.weights}"
            case _:
                return f"{self.kind}:{self.source}"


def parse_model_name(text: str) -> ModelName:
    """Parse a name; raises UnknownModel if it has none of these forms or its file or folder does not exist."""
    if text == BUILTIN:
        return ModelName("builtin", BUILTIN)
    if text.startswith("hf-hub:"):
        repository = text.removeprefix("hf-hub:")
        if not REPOSITORY.fullmatch(repository):
            raise UnknownModel(f"{text!r} names no repository; write hf-hub:ORG/NAME.")
        return ModelName("hf-hub", repository)
    if text.startswith("local-dir:"):
        folder = spelled_on_disk(Path(text.removeprefix("local-dir:")).expanduser())
        if not (folder / "open_clip_config.json").is_file():
            raise UnknownModel(f"There is no open_clip_config.json in {folder}; name a folder in open_clip's format.")
        return ModelName("local-dir", str(folder.resolve()))
    architecture, slash, weights = text.partition("/")
    if not (architecture and slash and weights):
        raise UnknownModel(
            f"There is no model {text!r}; write builtin, ARCH/TAG (such as {DEFAULT_MODEL}), ARCH/FILE, "
            "hf-hub:ORG/NAME or local-dir:FOLDER."
        )
    file = spelled_on_disk(Path(weights).expanduser())
    if file.is_file() and not _is_tag(architecture, weights):
        return ModelName("file", architecture, str(file.resolve()))
    return ModelName("zoo", architecture, weights)


def _is_tag(architecture: str, weights: str) -> bool:
    """Return whether a name without a path is that of weights of the zoo, though there is a file that is called so."""
    if not re.fullmatch(r"[\w-]+", weights):
        return False
    from indexer.models import open_clip_zoo

    return open_clip_zoo.is_architecture(architecture) and bool(open_clip_zoo.entry_of(architecture, weights))
