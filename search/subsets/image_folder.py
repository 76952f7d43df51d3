"""A subset as an ImageFolder: a folder for each class, as torchvision, timm, Keras and Hugging Face read it.

metadata.jsonl says what else is known of each picture, in the form of Hugging Face datasets:
https://huggingface.co/docs/datasets/image_dataset#imagefolder
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.export.names import folder_names, plain_name
from search.json_text import json_text
from search.subsets.names import FreeNames, file_name
from search.subsets.subset import facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.subsets.format import Planned
    from search.subsets.subset import Subset
    from search.subsets.target import Target


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """A folder for each class, of the best label of each picture."""

    unlabelled: str | None = None  # the folder for pictures without a label; else they are left out
    takes_links = True

    def __post_init__(self) -> None:
        if self.unlabelled is not None and plain_name(self.unlabelled) != self.unlabelled:
            raise InvalidRequest(
                f'"{self.unlabelled}" is no name of a folder in the data set; write one, such as none.'
            )

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return CLASS/NAME of each picture, two of one name kept apart."""
        folders = folder_names([*([self.unlabelled] if self.unlabelled else []), *subset.classes])
        names = FreeNames()
        planned = []
        for picture in subset.pictures:
            folder = self.unlabelled if picture.label is None else folders[picture.label]
            if folder is not None:
                planned.append((picture, names.take(folder, file_name(picture))))
        return planned

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Put the pictures into their folders, and write what is known of them."""
        with target.file("metadata.jsonl") as file:
            for picture, name in target.put(planned):
                file.write(f"{json_text({'file_name': name, **facts_of(picture)})}\n".encode())
