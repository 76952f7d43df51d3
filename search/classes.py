"""The classes of a labeling: checked names, and the prompt of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.errors import InvalidRequest

TEMPLATE = "a photo of a {}"


@dataclass(frozen=True, slots=True)
class ClassPrompts:
    """Class names, in the order given and each once, with the text that stands for each."""

    names: tuple[str, ...]
    template: str

    @property
    def prompts(self) -> list[str]:
        """The text that is embedded for each class."""
        return [self.template.replace("{}", name) for name in self.names]


def class_prompts(names: Sequence[str], template: str = TEMPLATE) -> ClassPrompts:
    """Return the classes with their prompts; a class named twice counts once.

    Raises InvalidRequest if there is no class, an empty one, or no {} in the template.
    """
    if "{}" not in template:
        raise InvalidRequest(f"The template {template!r} has no {{}} where the class should go.")
    stripped = [name.strip() for name in names]
    if not stripped:
        raise InvalidRequest("There are no classes; name some, such as --classes cup,car")
    if not all(stripped):
        raise InvalidRequest("A class is empty; write the classes as in --classes cup,car")
    return ClassPrompts(tuple(dict.fromkeys(stripped)), template)
