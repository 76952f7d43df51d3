"""Labels merged into an XMP sidecar: bytes in, bytes out, all that others wrote stays byte for byte.

A label goes into dc:subject as it is and into lr:hierarchicalSubject as clipsearch|SET|label. Where there is a
digiKam:TagsList it goes there too, as clipsearch/SET/label, since digiKam and Immich then look at no other list.

What clipsearch wrote stands in two lists of its own: `labels`, the paths of all labels that it gave, and `subjects`,
what it added to dc:subject. So a label that no longer applies goes, what was there before stays, and a label that
was given and is not there any more was taken away by a person and is not given again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.sidecars.document import RDF, Document, Name, NotMergeable
from search.sidecars.tag_lists import TagList, edits_of, read_list

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
# What XML 1.0 takes in no form
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Merged:
    """A sidecar's new bytes, and what was done to come to them."""

    content: bytes
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # given before and taken away by a person since


def merge_labels(old: bytes | None, label_set: str, labels: Sequence[str], *, forget: bool = False) -> Merged:
    """Return a sidecar in which the labels of a set are exactly these; None is one that is not there yet.

    With `forget`, which goes with no labels, it is also forgotten which ones a person took away. Raises NotMergeable
    for a sidecar that can't be changed safely.
    """
    document = Document(NEW if old is None else old)
    lists = {name: read_list(document, name) for name in (SUBJECT, HIERARCHY, TAGS, LABELS, SUBJECTS)}
    wanted = list(dict.fromkeys(filter(None, map(clean, labels))))
    removed = _take_others(lists, label_set, wanted, forget)  # first: "Cup" may come in place of "cup"
    added = [label for label in wanted if _give(lists, label_set, label)]
    left_out = [label for label in wanted if label not in added and not _is_there(lists, path_of(label_set, label))]
    if not any(one.add or one.remove for one in lists.values()):
        return Merged(b"" if old is None else old, left_out=tuple(left_out))
    content = document.edited(edits_of(document, list(lists.values()), PREFIXES))
    _check(content, lists.values())
    return Merged(content, tuple(added), tuple(removed), tuple(left_out))


def clean(text: str) -> str:
    """Return a name as it stands in XMP: no "|", which parts the levels, nor what XML does not take."""
    return " ".join(_ILLEGAL.sub("", text).replace("|", "/").split())


def path_of(label_set: str, label: str) -> str:
    """Return a label's place in the hierarchy."""
    return "|".join((TOP, clean(label_set), label))


def _give(lists: dict[Name, TagList], label_set: str, label: str) -> bool:
    """Have a label added wherever it belongs and is not yet; say whether that is done for the first time."""
    path = path_of(label_set, label)
    if path in lists[LABELS].values:
        return False
    lists[LABELS].add.append(path)
    subject = lists[SUBJECT]
    if _folded(label) not in map(_folded, subject.wanted):
        subject.add.append(label)
        if label not in lists[SUBJECTS].wanted:
            lists[SUBJECTS].add.append(label)
    if path not in lists[HIERARCHY].wanted:
        lists[HIERARCHY].add.append(path)
    if lists[TAGS].element is not None and _slashes(path) not in lists[TAGS].wanted:
        lists[TAGS].add.append(_slashes(path))
    return True


def _take_others(lists: dict[Name, TagList], label_set: str, wanted: Sequence[str], forget: bool) -> list[str]:
    """Have the labels of a set removed that were given before and are not wanted any more, and return them."""
    taken = []
    shared = {_slashes(path_of(label_set, label)) for label in wanted}
    for path in lists[LABELS].values:
        label = path.rpartition("|")[2]
        if path != path_of(label_set, label) or label in wanted:
            continue
        there = _is_there(lists, path)
        if there:
            lists[HIERARCHY].remove.add(path)
            lists[TAGS].remove |= {_slashes(path)} - shared
            taken.append(label)
        if there or forget:
            lists[LABELS].remove.add(path)
        _take_subject(lists, label, there)
    for one in lists.values():
        one.remove &= set(one.values)
    return taken


def _take_subject(lists: dict[Name, TagList], label: str, there: bool) -> None:
    """Have a label removed from dc:subject if clipsearch put it there and nothing else in the hierarchy needs it.

    If it is not `there` in the hierarchy, a person has moved it, and it is theirs by now.
    """
    needed = [*lists[HIERARCHY].wanted, *(path.replace("/", "|") for path in lists[TAGS].wanted)]
    if label in lists[SUBJECTS].values and label not in [path.rpartition("|")[2] for path in needed]:
        lists[SUBJECTS].remove.add(label)
        if there:
            lists[SUBJECT].remove.add(label)


def _is_there(lists: dict[Name, TagList], path: str) -> bool:
    """Say whether a label still stands in a hierarchy."""
    return path in lists[HIERARCHY].values or _slashes(path) in lists[TAGS].values


def _slashes(path: str) -> str:
    """Return a path as digiKam writes it; a label's own slash would be a level more."""
    return "/".join(part.replace("/", "-") for part in path.split("|"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _check(content: bytes, lists: Iterable[TagList]) -> None:
    """Read the new bytes again, and raise NotMergeable if they do not hold what they should."""
    document = Document(content)
    for one in lists:
        if read_list(document, one.name).values != one.wanted:
            raise NotMergeable(f"its {one.name.local} would not come out right")
