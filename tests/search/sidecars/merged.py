"""Merging labels into sidecars, and reading them with another parser."""

from __future__ import annotations

from xml.etree import ElementTree

from search.sidecars.xmp import merge_labels


def texts(content: bytes, name: str) -> list[str]:
    """Return the items of a list, read by another parser."""
    root = ElementTree.fromstring(content)
    items = root.iterfind(f".//{{*}}{name}/*/{{http://www.w3.org/1999/02/22-rdf-syntax-ns#}}li")
    return [item.text or "" for item in items]


def is_kept(old: bytes, new: bytes) -> bool:
    """Say whether all old bytes are in the new ones, in their order."""
    rest = iter(new)
    return all(byte in rest for byte in old)


def merge(content: bytes | None, *labels: str, of: str = "kitchen", forget: bool = False) -> bytes:
    return merge_labels(content, of, labels, forget=forget).content
