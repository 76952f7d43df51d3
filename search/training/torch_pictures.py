"""Pictures of a library as a map-style data set of torch: each is decoded when it is asked for, in any process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.data import Dataset

from indexer.decoding.decode import open_picture
from indexer.errors import PictureError
from indexer.paths import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from search.subsets.subset import Subset

NO_LABEL = -1


class TorchPictures(Dataset[dict[str, Any]]):
    """Pictures with labels and embeddings: dicts of `image`, `label`, `embedding` and `path`.

    `image` is an upright sRGB image of Pillow, or what `transform` makes of it; `label` the index of the best label in
    `classes`, -1 without one; `embedding` float32 (dim,), where there are embeddings. Pictures that can't be read raise
    PictureError, or with `skip` are missing from the batches of a DataLoader.
    """

    def __init__(
        self,
        subset: Subset,
        embeddings: NDArray[np.float16] | None,
        transform: Callable[[Any], Any] | None,
        skip: bool,
    ) -> None:
        """Take pictures that are files, and their embeddings (n, dim) in the same order."""
        indexes = subset.indexes
        self.classes = list(subset.classes)
        self.class_to_idx = indexes
        self.paths = [Path(picture.where) for picture in subset.pictures]
        self.targets = [NO_LABEL if one.label is None else indexes[one.label] for one in subset.pictures]
        self.embeddings = embeddings
        self.transform = transform
        self.skip = skip

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return one picture; raises PictureError."""
        path = self.paths[index]
        try:
            image: Any = open_picture(path).image
        except PictureError as error:
            raise PictureError(f"{readable(path)}: {error}") from error
        item = {"image": image if self.transform is None else self.transform(image), "label": self.targets[index]}
        if self.embeddings is not None:
            item["embedding"] = torch.from_numpy(self.embeddings[index].astype(np.float32))
        return {**item, "path": str(path)}

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        """Return the pictures of a batch, as a DataLoader asks for them; raises PictureError."""
        items: list[dict[str, Any]] = []
        unread: PictureError | None = None
        for index in indices:
            try:
                items.append(self[index])
            except PictureError as error:
                if not self.skip:
                    raise
                unread = error
        if unread is not None and not items:  # torch makes no batch of nothing
            raise unread
        return items
