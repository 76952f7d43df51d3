"""A subset for CVAT: its format "CVAT for images 1.1", in which a label of a whole picture is a tag.

dataset.zip is what CVAT imports, annotations.xml and images/ in it; with links these two are not packed. labels.json is
for the raw constructor of a project's labels. https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.json_text import json_text
from search.subsets.names import FreeNames, file_name
from search.subsets.subset import DIGITS
from search.subsets.xml_text import attribute, content, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from search.subsets.format import Planned
    from search.subsets.subset import Subset, SubsetPicture
    from search.subsets.target import Target

ANNOTATIONS, PACKED = "annotations.xml", "dataset.zip"


@dataclass(frozen=True, slots=True)
class Cvat:
    """Pictures with tags."""

    packed: bool = True  # in a ZIP
    takes_links = True

    def plan(self, subset: Subset) -> Sequence[Planned]:
        """Return dataset.zip/images/NAME, or images/NAME; names differ in more than their suffixes."""
        names, folder = FreeNames(suffixes_count=False), f"{PACKED}/images" if self.packed else "images"
        return [(picture, names.take(folder, file_name(picture))) for picture in subset.pictures]

    def write(self, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
        """Write the pictures, their tags, and the labels of a project for them."""
        if self.packed:
            with target.file(PACKED) as file:
                _pack(file, subset, planned, target)
        else:
            with target.file(ANNOTATIONS) as file:
                file.writelines(piece.encode() for piece in annotation_pieces(subset, target.put(planned)))
        target.write("labels.json", json_text([_label(name) for name in subset.classes], indent=1) + "\n")


def annotation_pieces(subset: Subset, placed: Iterable[Planned]) -> Iterator[str]:
    """Yield the pieces of annotations.xml."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task>\n'
    yield f"<name>{content(subset.label_set or 'clipsearch')}</name>\n<labels>\n"
    for name in subset.classes:
        yield f"<label><name>{content(name)}</name><type>tag</type><attributes>{_ATTRIBUTE}</attributes></label>\n"
    yield "</labels>\n</task></meta>\n"
    for number, (picture, planned) in enumerate(placed):
        yield _image(number, picture, planned.rpartition("images/")[2], subset.is_multi)
    yield "</annotations>\n"


_ATTRIBUTE = (  # of each label; `_label` has it in the form of labels.json
    "<attribute><name>probability</name><mutable>False</mutable><input_type>text</input_type>"
    "<default_value></default_value><values></values></attribute>"
)


def _label(name: str) -> dict[str, object]:
    probability = {"name": "probability", "mutable": False, "input_type": "text", "default_value": "", "values": [""]}
    return {"name": spelled(name), "type": "tag", "attributes": [probability]}


def _image(number: int, picture: SubsetPicture, name: str, is_multi: bool) -> str:
    """Return a picture with its tags; what a person said is from the source "manual"."""
    source = "auto" if picture.said_by is None else "manual"
    tags = [
        f'<tag label={attribute(label)} source="{source}">'
        f'<attribute name="probability">{round(probability, DIGITS)}</attribute></tag>\n'
        for label, probability in (picture.labels if is_multi else picture.labels[:1])
    ]
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<image id="{number}" name={attribute(name)} {size}>\n{"".join(tags)}</image>\n'


def _pack(file: BinaryIO, subset: Subset, planned: Sequence[Planned], target: Target) -> None:
    """Write a ZIP that is the same byte for byte for the same pictures, which are not packed any smaller."""
    with zipfile.ZipFile(file, "w") as packed:

        def put() -> Iterator[Planned]:
            for picture, name in planned:
                if (found := target.content_of(picture)) is not None:
                    packed.writestr(zipfile.ZipInfo(name.removeprefix(f"{PACKED}/")), found)
                    yield picture, name

        text = "".join(annotation_pieces(subset, put()))
        packed.writestr(zipfile.ZipInfo(ANNOTATIONS), text, zipfile.ZIP_DEFLATED)
