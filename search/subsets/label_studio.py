"""A subset as tasks of Label Studio: what the model says as predictions, what a person said as annotations.

tasks.json is what its import takes, config.xml the labelling interface of a project for them, images/ the pictures.
https://labelstud.io/guide/predictions
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indexer.paths import readable
from search.json_text import json_text
from search.subsets.names import FreeNames, file_name
from search.subsets.subset import DIGITS, facts_of
from search.subsets.xml_text import attribute, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.subsets.format import Planned
    from search.subsets.subset import Subset, SubsetPicture
    from search.subsets.target import Target

# Where Label Studio serves the files below LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT, which is to be the data set's folder
LOCAL_FILES = "/data/local-files/?d="


@dataclass(frozen=True, slots=True)
class LabelStudio:
    """Tasks, and the pictures that they are about."""

    url_prefix: str = LOCAL_FILES  # of the addresses by which Label Studio gets the pictures
    takes_links = True

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return images/NAME."""
        names = FreeNames()
        return [(picture, names.take("images", file_name(picture))) for picture in subset.pictures]

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Put the pictures there, and write the tasks and the interface."""
        target.write("config.xml", config(subset))
        with target.file("tasks.json") as file:
            before = "[\n"
            for picture, name in target.put(planned):
                file.write(f"{before}{json_text(self._task(picture, name, subset))}".encode())
                before = ",\n"
            file.write(b"[]\n" if before == "[\n" else b"\n]\n")

    def _task(self, picture: SubsetPicture, name: str, subset: Subset) -> dict[str, Any]:
        """Return the task of a picture."""
        prefix = self.url_prefix if self.url_prefix.endswith(("/", "=")) else f"{self.url_prefix}/"
        task: dict[str, Any] = {"data": {"image": prefix + quote(name)}, "meta": facts_of(picture)}
        if not picture.labels:
            return task
        result = [_choices(picture, subset)]
        if picture.said_by is not None:
            return {**task, "annotations": [{"result": result}]}
        score = round(picture.labels[0][1], DIGITS)
        prediction = {"model_version": f"clipsearch {readable(subset.model)}", "score": score, "result": result}
        return {**task, "predictions": [prediction]}


def config(subset: Subset) -> str:
    """Return the labelling interface: the picture, and its classes to choose from; a text where there are none."""
    lines = ["<View>", '  <Image name="image" value="$image" zoom="true"/>']
    if subset.classes:
        choice = "multiple" if subset.is_multi else "single"
        lines.append(f'  <Choices name="label" toName="image" choice="{choice}" showInLine="true">')
        lines += [f"    <Choice value={attribute(name)}/>" for name in subset.classes]
        lines.append("  </Choices>")
    else:
        lines.append('  <TextArea name="caption" toName="image"/>')
    return "\n".join([*lines, "</View>", ""])


def _choices(picture: SubsetPicture, subset: Subset) -> dict[str, Any]:
    """Return the labels of a picture as Label Studio says that they were chosen."""
    names = [spelled(name) for name, _ in picture.labels]
    chosen = names if subset.is_multi else names[:1]
    return {"id": "label", "from_name": "label", "to_name": "image", "type": "choices", "value": {"choices": chosen}}
