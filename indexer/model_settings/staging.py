"""A folder of our own from which a model is built: with settings that were checked, and nothing else.

open_clip and transformers read it in place of what their author wrote. So nothing can be changed between the check and
the reading, nothing else is opened, and a folder that happens to be called like a repository is not taken for it.
"""

from __future__ import annotations

import contextlib
import copy
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.model_settings.open_clip_settings import CONFIG
from indexer.model_settings.size import check_size
from indexer.model_settings.text_models import copy_text_model
from indexer.model_settings.tokenizer_files import Find, copy_tokenizer

TEXT_MODEL = "text_model"


@dataclass(frozen=True, slots=True)
class Source:
    """What a model is made of."""

    settings: dict[str, Any]  # as in CONFIG
    weights: Path
    tokenizer: Find | None = None  # if it is one of transformers
    text_model: Find | None = None  # the same


@contextlib.contextmanager
def staged(source: Source) -> Iterator[Path]:
    """Give a folder in open_clip's format without weights; raises ModelError for what can't or must not be loaded."""
    settings = copy.deepcopy(source.settings)
    model = settings["model_cfg"]
    with tempfile.TemporaryDirectory(prefix="clipsearch-model-") as name:
        folder, numbers = Path(name), 0
        if source.tokenizer is not None:
            copy_tokenizer(source.tokenizer, folder)
        if source.text_model is not None:
            (folder / TEXT_MODEL).mkdir()
            numbers = copy_text_model(source.text_model, folder / TEXT_MODEL)
            model["text_cfg"]["hf_model_name"] = str(folder / TEXT_MODEL)
        check_size(model, source.weights, numbers)
        (folder / CONFIG).write_text(json.dumps(settings), encoding="utf-8")
        yield folder
