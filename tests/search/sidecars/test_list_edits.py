"""Tests of the forms in which programs write lists of tags: merged as exiftool does, or named and left alone."""

from __future__ import annotations

import itertools
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.store.store import Store
from search.sidecars.document import NotMergeable
from search.sidecars.xmp import DC, DIGIKAM, LIGHTROOM
from tests.conftest import MakePicture, run
from tests.exporting import contents, export, label
from tests.fakes import ColourEncoder
from tests.search.sidecars.merged import merge, texts
from tests.search.sidecars.samples import RDF
from tests.search.sidecars.test_xmp import EXIFTOOL, as_list, needs_exiftool
from tests.undo import undo

LISTS = {"subject": DC, "hierarchicalSubject": LIGHTROOM, "TagsList": DIGIKAM}
ADDED = {"subject": "cup", "hierarchicalSubject": "clipsearch|kitchen|cup", "TagsList": "clipsearch/kitchen/cup"}
EXIFTOOL_NAMES = {
    "subject": "XMP-dc:Subject", "hierarchicalSubject": "XMP-lr:HierarchicalSubject", "TagsList": "XMP-digiKam:TagsList"
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """How a list is written: as attributes of its description and as an element in it, and what it holds."""

    element: str  # @ is the property's tag
    attribute: str = ""
    holds: tuple[str, ...] = ("old",)


MERGED = {
    "an attribute": Form("", ' @="old"'),
    "an attribute in single quotes": Form("", " @ = 'old'"),
    "an attribute on a line of its own": Form("", '\n   @="old"'),
    "an attribute with a comma": Form("", ' @="old, new"', ("old, new",)),
    "an attribute with references": Form("", ' @="a &amp; &quot;b&quot; &#233;"', ('a & "b" é',)),
    "an attribute with the end of CDATA": Form("", ' @="a ]]> b"', ("a ]]> b",)),
    "an empty attribute": Form("", ' @=""', ()),
    "an attribute beside a child": Form("<x:y xmlns:x='urn:x'/>", ' @="old"'),
    "an attribute beside one like it": Form("", ' xmlns:x="urn:x" x:y="@=&apos;1&apos;" @="old"'),
    "a text": Form("<@>old</@>"),
    "a text with blanks": Form("<@>\n    old\n   </@>"),
    "a text with references": Form("<@>a &amp; &lt;b&gt;</@>", holds=("a & <b>",)),
    "a text in CDATA": Form("<@><![CDATA[a & b]]></@>", holds=("a & b",)),
    "a text with a comment": Form("<@>old<!-- mine --></@>"),
    "a text with a language": Form("<@ xml:lang='en'>old</@>"),
    "no text": Form("<@/>", holds=()),
    "no text, with an end": Form("<@></@>", holds=()),
    "blanks": Form("<@> \n </@>", holds=()),
    "alternatives": Form("<@><r:Alt><r:li xml:lang='x-default'>old</r:li><r:li>new</r:li></r:Alt></@>",
                         holds=("old", "new")),
    "no alternatives": Form("<@><r:Alt/></@>", holds=()),
    "alternatives on lines": Form("<@>\n    <r:Alt>\n     <r:li>old</r:li>\n    </r:Alt >\n   </@>"),
    "a sequence": Form("<@><r:Seq><r:li>old</r:li></r:Seq></@>"),
    "an empty bag": Form("<@><r:Bag/></@>", holds=()),
    "an empty bag, with an end": Form("<@>\n <r:Bag>\n </r:Bag>\n</@>", holds=()),
    "numbered items": Form("<@><r:Bag><r:_1>old</r:_1><r:_2>new</r:_2></r:Bag></@>", holds=("old", "new")),
    "a bag with a language": Form("<@ xml:lang='en'><r:Bag xml:lang='en'><r:li>old</r:li></r:Bag></@>"),
}  # fmt: skip

REFUSED = {
    "twice": Form("<@>old</@><@>new</@>"),
    "bags twice": Form("<@><r:Bag/></@><@><r:Bag/></@>"),
    "an attribute and a bag": Form("<@><r:Bag><r:li>new</r:li></r:Bag></@>", ' @="old"'),
    "two bags in one": Form("<@><r:Bag/><r:Bag/></@>"),
    "items without a bag": Form("<@><r:li>old</r:li></@>"),
    "items as attributes": Form("<@><r:Bag r:_1='old'/></@>"),
    "a resource": Form("<@ r:resource='old'/>"),
    "a node elsewhere": Form("<@ r:nodeID='n'/>"),
    "a bag with an ID": Form("<@><r:Bag r:ID='n'><r:li>old</r:li></r:Bag></@>"),
    "a value": Form("<@ r:parseType='Resource'><r:value>old</r:value></@>"),
    "a description with a value": Form("<@><r:Description><r:value>old</r:value></r:Description></@>"),
    "a description of a type": Form(
        "<@><r:Description><r:type r:resource='urn:Bag'/><r:_1>old</r:_1></r:Description></@>"
    ),
    "a collection": Form("<@ r:parseType='Collection'><r:Bag/></@>"),
    "a literal": Form("<@ r:parseType='Literal'>old</@>"),
    "a node of another type": Form("<@><x:Tags xmlns:x='urn:x'/></@>"),
    "other items": Form("<@><r:Bag><r:lo>old</r:lo></r:Bag></@>"),
    "text beside items": Form("<@>old<r:Bag/></@>"),
    "text in a bag": Form("<@><r:Bag>old<r:li>new</r:li></r:Bag></@>"),
}  # fmt: skip

# exiftool makes an empty tag of what has no text, and loses a ">" in attributes, numbered items and a bag's language
ODD = {kind for kind, form in MERGED.items() if not form.holds}
ODD |= {"an attribute with the end of CDATA", "numbered items", "a bag with a language"}

PREFIXES = [("rdf", "p"), ("r2", "dc")]  # of RDF and of the list


def written(form: Form, name: str, rdf: str = "rdf", prefix: str = "p") -> bytes:
    """Return a sidecar with a list in a form, beside what must stay; written with these prefixes."""

    def filled(text: str) -> str:
        return text.replace("<r:", f"<{rdf}:").replace("</r:", f"</{rdf}:").replace(" r:", f" {rdf}:").replace(
            "@", f"{prefix}:{name}"
        )  # fmt: skip

    return (
        f'<?xpacket begin="\ufeff" id="x"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <{rdf}:RDF'
        f' {RDF.replace("xmlns:rdf", f"xmlns:{rdf}")}>\n  <{rdf}:Description {rdf}:about=""\n'
        f'    xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/>\n'
        f'  <{rdf}:Description {rdf}:about="" xmlns:{prefix}="{LISTS[name]}"{filled(form.attribute)}>'
        f"{filled(form.element)}</{rdf}:Description>\n"
        f'  <{rdf}:Description {rdf}:about="" xmlns:k="urn:k">\n   <k:kept>&#233; <!-- too --></k:kept>\n'
        f'  </{rdf}:Description>\n </{rdf}:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def around(content: bytes, name: str, rdf: str, prefix: str) -> tuple[bytes, bytes, bytes]:
    """Return what is before, between and after the description with the list, without ours at the end."""
    start = content.index(f'<{rdf}:Description {rdf}:about="" xmlns:{prefix}='.encode())
    end = content.index(f'</{rdf}:Description>\n  <{rdf}:Description {rdf}:about="" xmlns:k='.encode())
    kept = content.index(b"</k:kept>")
    return content[:start], content[end:kept], content[content.index(f"\n </{rdf}:RDF>".encode()) :]


def stripped(items: list[str]) -> list[str]:
    return [item.strip() for item in items]


@pytest.mark.parametrize(("kind", "name", "prefixes"), list(itertools.product(MERGED, LISTS, PREFIXES)))
def test_every_form_becomes_a_list_with_the_label_and_all_else_stays(
    kind: str, name: str, prefixes: tuple[str, str]
) -> None:
    form = MERGED[kind]
    old = written(form, name, *prefixes)
    new = merge(old, "cup")
    assert stripped(texts(new, name)) == [*form.holds, ADDED[name]]
    assert around(new, name, *prefixes) == around(old, name, *prefixes)
    assert merge(new, "cup") == new, "nothing is added twice"
    assert stripped(texts(merge(new), name)) == list(form.holds), "and what was there stays when labels go"
    assert stripped(texts(merge(merge(new, "cup", "car"), "car"), name))[:-1] == list(form.holds)


@pytest.mark.parametrize(("kind", "name"), list(itertools.product(MERGED, LISTS)))
def test_a_label_that_is_there_is_not_added_again(kind: str, name: str) -> None:
    """The list stays as it is written, byte for byte."""
    form = MERGED[kind]
    if name == "subject" and form.holds:
        old = written(form, name)
        new = merge(old, form.holds[0])
        start = old.index(b'xmlns:p="')
        end = old.index(b'<rdf:Description rdf:about="" xmlns:k=')
        assert new[:end] == old[:end] and start < end


@needs_exiftool
@pytest.mark.parametrize("name", LISTS)
def test_exiftool_reads_what_it_would_have_written(name: str, tmp_path: Path) -> None:
    tag = EXIFTOOL_NAMES[name]
    files = {kind: [tmp_path / f"{by} {kind}.xmp" for by in ("ours", "theirs")] for kind in MERGED if kind not in ODD}
    for kind, (ours, theirs) in files.items():
        old = written(MERGED[kind], name)
        ours.write_bytes(merge(old, "cup"))
        theirs.write_bytes(old)
    exiftool("-q", "-q", "-overwrite_original", f"-{tag}+={ADDED[name]}", *(theirs for _, theirs in files.values()))
    records = json.loads(exiftool("-json", f"-{tag}", *(file for pair in files.values() for file in pair)))
    read = {Path(record["SourceFile"]): as_list(record[tag.partition(":")[2]]) for record in records}
    for kind, (ours, theirs) in files.items():
        assert sorted(read[ours]) == sorted(read[theirs]), kind


def exiftool(*arguments: str | Path) -> bytes:
    return subprocess.run([str(EXIFTOOL), *map(str, arguments)], capture_output=True, check=True).stdout


@pytest.mark.parametrize(("kind", "name"), list(itertools.product(REFUSED, LISTS)))
def test_what_is_refused_names_the_list(kind: str, name: str) -> None:
    with pytest.raises(NotMergeable, match=name):
        merge(written(REFUSED[kind], name), "cup")


def test_two_attributes_of_one_description_become_lists_in_it() -> None:
    for end in ("/>", "></rdf:Description>"):
        old = (
            f'<rdf:RDF {RDF}><rdf:Description rdf:about="" xmlns:dc="{DC}" dc:subject="old"'
            f' xmlns:lr="{LIGHTROOM}" lr:hierarchicalSubject="a|old"{end}</rdf:RDF>'
        ).encode()
        new = merge(old, "cup")
        assert texts(new, "subject") == ["old", "cup"]
        assert texts(new, "hierarchicalSubject") == ["a|old", "clipsearch|kitchen|cup"]
        assert b'dc:subject="' not in new and merge(new, "cup") == new


def test_a_typed_node_for_the_description_is_refused() -> None:
    content = f'<rdf:RDF {RDF}><p:Photo xmlns:p="urn:p" xmlns:dc="{DC}" dc:subject="old"/></rdf:RDF>'
    with pytest.raises(NotMergeable, match="something else than rdf:Description"):
        merge(content.encode(), "cup")


def test_undo_brings_every_form_back_byte_for_byte(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    forms = list(enumerate(itertools.product((*MERGED.values(), *REFUSED.values()), LISTS)))
    for number, (form, name) in forms:
        picture(f"{number}.png", "red")
        (photos / f"{number}.png.xmp").write_bytes(written(form, name))
    run(store, photos, encoder)
    label(store, {f"{number}.png": ("cup", 0.9) for number, _ in forms})
    assert store.folder is not None
    before = contents(photos)
    result = export(store.folder, "--yes")
    refused = [line for line in result.stderr.splitlines() if "left as it is" in line]
    assert len(refused) == len(REFUSED) * len(LISTS) and result.exit_code == 1
    assert all("; save it anew in the program that wrote it, and export again" in line for line in refused)
    after = contents(photos)
    changed = [number for number, _ in forms if after[f"{number}.png.xmp"] != before[f"{number}.png.xmp"]]
    assert len(changed) == len(MERGED) * len(LISTS)
    assert undo(store.folder).exit_code == 0 and contents(photos) == before
