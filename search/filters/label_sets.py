"""Which label sets a label of a filter is from: CLASS is one of any set, SET:CLASS of that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.spelling import caseless
from indexer.store.labels import LabelSet, label_sets

if TYPE_CHECKING:
    from indexer.store.store import Store


@dataclass(frozen=True, slots=True)
class ReadLabel:
    """What a label of a filter means."""

    names: tuple[str, ...]  # the label, in each spelling that it has
    sets: tuple[LabelSet, ...]  # that may give it
    names_set: bool  # whether it was written as SET:CLASS


def read_label(sets: Sequence[LabelSet], label: str) -> ReadLabel | None:
    """Return what a label means, None if no set has it; CLASS wins over SET:CLASS where both could be meant."""
    wanted = caseless(label)
    having = tuple(one for one in sets if any(caseless(name) == wanted for name in one.label_names))
    if having:
        names = sorted({name for one in having for name in one.label_names if caseless(name) == wanted})
        return ReadLabel(tuple(names), having, False)
    for one in sets:
        for name in one.label_names:
            if caseless(f"{one.name}:{name}") == wanted:
                return ReadLabel((name,), (one,), True)
    return None


def labels_read(store: Store, labels: Sequence[str]) -> dict[str, ReadLabel]:
    """Return what each label of a filter means, without those that mean nothing."""
    sets = label_sets(store) if labels else []
    read = ((label, read_label(sets, label.strip())) for label in labels)
    return {label: meant for label, meant in read if meant is not None}
