"""A subset as FiftyOne reads it: fiftyone.types.FiftyOneImageClassificationDataset.

data/ has the pictures, labels.json for each the index of its label, how certain that is, and who said so; of a set with
several labels a picture, a list of these. https://docs.voxel51.com/user_guide/import_datasets.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.paths import readable
from search.json_text import json_text
from search.subsets.names import FreeNames, file_name
from search.subsets.subset import DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.subsets.format import Planned
    from search.subsets.subset import Subset, SubsetPicture
    from search.subsets.target import Target


class FiftyOne:
    """Pictures in one folder, and one list of labels."""

    takes_links = True

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return data/NAME; FiftyOne knows pictures by their names without suffix."""
        names = FreeNames(suffixes_count=False)
        return [(picture, names.take("data", file_name(picture))) for picture in subset.pictures]

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Put the pictures there, and write their labels."""
        indexes = subset.indexes
        with target.file("labels.json") as file:
            file.write(f'{{"classes": {json_text([readable(name) for name in subset.classes])}, "labels": {{'.encode())
            before = "\n"
            for picture, name in target.put(planned):
                stem = name.removeprefix("data/").rpartition(".")[0]
                file.write(f"{before}{json_text(stem)}: {json_text(_labels(picture, subset, indexes))}".encode())
                before = ",\n"
            file.write(b"\n}}\n")


def _labels(picture: SubsetPicture, subset: Subset, indexes: dict[str, int]) -> Any:
    """Return the label of a picture, or a list of all where there may be several; None without any."""
    said = {} if picture.said_by is None else {"attributes": {"said_by": readable(picture.said_by)}}
    labels = [{"label": indexes[name], "confidence": round(value, DIGITS), **said} for name, value in picture.labels]
    if not labels:
        return None
    return labels if subset.is_multi else labels[0]
