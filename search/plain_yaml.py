"""Read YAML as lists, mappings as tuples of pairs, and texts, to a small depth; no tag ever makes anything else.

Every scalar is the text that is written: "no" is not False. What an alias refers to is shared and never copied, and
nothing is nested deeper than asked for, so time and memory grow with the length of the text. Reads the events of
libyaml where PyYAML has it, which is twenty times as fast, and makes no nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DIRECTIVE = "%"  # begins a line that gives a tag another name, of any length, for each place where it is used
LONGEST_REASON = 200  # characters; some quote the text


class BadYaml(ValueError):
    """A text is not valid YAML, or is nested too deep; the message says why."""


def read_yaml(text: str, deepest: int) -> Any:
    """Return a document's lists, tuples of pairs and texts; None for an empty one. Raises BadYaml."""
    import yaml

    if any(line.lstrip("\ufeff").startswith(DIRECTIVE) for line in text.splitlines()):
        raise BadYaml("it has directives (a line that begins with %)")
    try:
        return _Reader(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), deepest).document()
    except yaml.YAMLError as error:
        raise BadYaml(" ".join(str(error).split())[:LONGEST_REASON]) from error


class _Reader:
    """Makes values of events."""

    def __init__(self, events: Iterator[Any], deepest: int) -> None:
        self._events, self._deepest = events, deepest
        self._known: dict[str, Any] = {}  # by anchor

    def document(self) -> Any:
        """Return the value of the only document."""
        import yaml

        value = None
        for number, event in enumerate(self._events):
            if isinstance(event, yaml.DocumentStartEvent) and number > 1:
                raise BadYaml("it has more than one document")
            if isinstance(event, yaml.NodeEvent):
                value = self._value(event, 0)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            anchor = str(event.anchor)
            if anchor not in self._known:
                raise BadYaml(f"nothing is called *{anchor[:LONGEST_REASON]} before it is used")
            return self._known[anchor]
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
        elif depth == self._deepest:
            raise BadYaml(f"it is nested deeper than {self._deepest} levels")
        elif isinstance(event, yaml.SequenceStartEvent):
            value = [self._value(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        else:
            pairs = self._until(yaml.MappingEndEvent)
            value = tuple((self._value(key, depth + 1), self._value(next(pairs), depth + 1)) for key in pairs)
        if event.anchor is not None:
            self._known[event.anchor] = value
        return value

    def _until(self, end: type) -> Iterator[Any]:
        """Yield the events up to the end of a list or mapping."""
        while not isinstance(event := next(self._events), end):
            yield event
