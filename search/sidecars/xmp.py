"""Merging labels into the bytes of an XMP sidecar; all that other programs wrote stays byte for byte.

A label goes into dc:subject as it is and into lr:hierarchicalSubject as clipsearch|SET|label. If there is a
digiKam:TagsList it goes there too, as clipsearch/SET/label, since digiKam and Immich then read no other list.

clipsearch records what it wrote in two lists of its own: `labels`, the paths of all labels that it added, and
`subjects`, what it added to dc:subject. So it removes a label that no longer applies, but nothing that was there
before, and does not add a label again that a person has removed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.sidecars.document import RDF, Document, Name, NotMergeable
from search.sidecars.list_edits import edits_of
from search.sidecars.tag_lists import TagList, read_list

OURS = "urn:clipsearch:1.0/"
DC = "http://purl.org/dc/elements/1.1/"
LIGHTROOM = "http://ns.adobe.com/lightroom/1.0/"
DIGIKAM = "http://www.digikam.org/ns/1.0/"
PREFIXES = {DC: "dc", LIGHTROOM: "lr", OURS: "clipsearch"}

SUBJECT = Name(DC, "subject")
HIERARCHY = Name(LIGHTROOM, "hierarchicalSubject")
TAGS = Name(DIGIKAM, "TagsList")
LABELS = Name(OURS, "labels")
SUBJECTS = Name(OURS, "subjects")

TOP = "clipsearch"  # above all labels in a hierarchy
NEW = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="clipsearch">
 <rdf:RDF xmlns:rdf="{RDF}">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()
# Characters that XML 1.0 allows in no form
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Merged:
    """A sidecar's new bytes, and what has changed."""

    content: bytes
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # added before, and removed by a person since


def merge_labels(old: bytes | None, label_set: str, labels: Sequence[str], *, forget: bool = False) -> Merged:
    """Return a sidecar (None for a new one) in which the labels of a set are exactly these.

    With `forget`, which needs `labels` to be empty, also forget which ones a person removed. Raises NotMergeable for a
    sidecar that can't be changed safely.
    """
    document = Document(NEW if old is None else old)
    lists = {name: read_list(document, name) for name in (SUBJECT, HIERARCHY, TAGS, LABELS, SUBJECTS)}
    wanted = list(dict.fromkeys(filter(None, map(clean, labels))))
    removed = _remove_others(lists, label_set, wanted, forget)  # first, since "Cup" may replace "cup"
    subjects = set(map(_folded, lists[SUBJECT].wanted))
    added = dict.fromkeys(label for label in wanted if _add(lists, subjects, label_set, label))
    left_out = [label for label in wanted if label not in added and not _has(lists, path_of(label_set, label))]
    if not any(tags.add or tags.remove for tags in lists.values()):
        return Merged(b"" if old is None else old, left_out=tuple(left_out))
    content = document.edited(edits_of(document, list(lists.values()), PREFIXES))
    _check(content, lists.values())
    return Merged(content, tuple(added), tuple(removed), tuple(left_out))


def clean(text: str) -> str:
    """Return a name as it is written in XMP: without "|", which separates the levels, or what XML does not allow."""
    return " ".join(_ILLEGAL.sub("", text).replace("|", "/").split())


def path_of(label_set: str, label: str) -> str:
    """Return a label's path in the hierarchy."""
    return "|".join((TOP, clean(label_set), label))


def _add(lists: dict[Name, TagList], subjects: set[str], label_set: str, label: str) -> bool:
    """Add a label to all lists where it belongs and is missing; return whether it was never added before.

    `subjects` are the texts of dc:subject, folded.
    """
    path = path_of(label_set, label)
    if lists[LABELS].has(path):
        return False
    lists[LABELS].add[path] = None
    if _folded(label) not in subjects:
        subjects.add(_folded(label))
        lists[SUBJECT].add[label] = None
        if not lists[SUBJECTS].wants(label):
            lists[SUBJECTS].add[label] = None
    if not lists[HIERARCHY].wants(path):
        lists[HIERARCHY].add[path] = None
    if lists[TAGS].is_there and not lists[TAGS].wants(_slashes(path)):
        lists[TAGS].add[_slashes(path)] = None
    return True


def _remove_others(lists: dict[Name, TagList], label_set: str, wanted: Sequence[str], forget: bool) -> list[str]:
    """Remove the labels of a set that were added before and are no longer wanted, and return them."""
    removed, kept, leaves = [], set(wanted), _Leaves(lists)
    shared = {_slashes(path_of(label_set, label)) for label in wanted}
    for path in lists[LABELS].values:
        label = path.rpartition("|")[2]
        if path != path_of(label_set, label) or label in kept:
            continue
        is_there = _has(lists, path)
        if is_there:
            leaves.remove(HIERARCHY, path)
            if _slashes(path) not in shared:
                leaves.remove(TAGS, _slashes(path))
            removed.append(label)
        if is_there or forget:
            lists[LABELS].remove.add(path)
        _remove_subject(lists, leaves, label, is_there)
    for tags in lists.values():
        tags.remove &= set(tags.values)
    return removed


class _Leaves:
    """How many paths that are left in the hierarchies end in each label."""

    def __init__(self, lists: dict[Name, TagList]) -> None:
        self._lists = lists
        self._paths = {name: Counter(lists[name].values) for name in (HIERARCHY, TAGS)}
        self._labels: Counter[str] = Counter()
        for name, paths in self._paths.items():
            for path, count in paths.items():
                self._labels[_leaf(name, path)] += count

    def remove(self, name: Name, path: str) -> None:
        """Remove a path from a list."""
        if path not in self._lists[name].remove:
            self._lists[name].remove.add(path)
            self._labels[_leaf(name, path)] -= self._paths[name][path]

    def __contains__(self, label: str) -> bool:
        return self._labels[label] > 0


def _leaf(name: Name, path: str) -> str:
    """Return the last part of a path of a list: digiKam separates the parts by "/", Lightroom by "|"."""
    return (path.replace("/", "|") if name == TAGS else path).rpartition("|")[2]


def _remove_subject(lists: dict[Name, TagList], leaves: _Leaves, label: str, in_hierarchy: bool) -> None:
    """Remove a label from dc:subject if clipsearch added it and nothing else in the hierarchy needs it.

    If it is not where it was `in_hierarchy`, a person has moved it, and it is theirs now.
    """
    if lists[SUBJECTS].has(label) and label not in leaves:
        lists[SUBJECTS].remove.add(label)
        if in_hierarchy:
            lists[SUBJECT].remove.add(label)


def _has(lists: dict[Name, TagList], path: str) -> bool:
    """Return whether a label is still in one of the hierarchies."""
    return lists[HIERARCHY].has(path) or lists[TAGS].has(_slashes(path))


def _slashes(path: str) -> str:
    """Return a path as digiKam writes it, where a label's own slash would add a level."""
    return "/".join(part.replace("/", "-") for part in path.split("|"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _check(content: bytes, lists: Iterable[TagList]) -> None:
    """Read the new bytes again, and raise NotMergeable if they are not what they should be."""
    document = Document(content)
    for tags in lists:
        if read_list(document, tags.name).values != tags.wanted:
            raise NotMergeable(f"its {tags.name.local} would not come out right")
