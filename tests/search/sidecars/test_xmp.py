"""Tests of search.sidecars.xmp, tag_lists and xmp_document: labels come and go, all else stays byte for byte."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from search.sidecars.document import NotMergeable
from search.sidecars.xmp import merge_labels
from tests.search.sidecars.samples import DARKTABLE, DIGIKAM, EMPTY_LIST, IMMICH, LIGHTROOM, RDF, SAMPLES, TERSE, around

EXIFTOOL = shutil.which("exiftool")
needs_exiftool = pytest.mark.skipif(EXIFTOOL is None, reason="exiftool is missing: apt install libimage-exiftool-perl")
OURS = {"XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "XMP-clipsearch:Labels"} | {
    "XMP-clipsearch:Subjects"
}
TWO_THINGS = f"<rdf:RDF {RDF}><rdf:Description rdf:about='a'/><rdf:Description rdf:about='b'/></rdf:RDF>"
FORMS = {
    "as it is": lambda text: text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "tabs": lambda text: text.replace("\n ", "\n\t").encode(),
    "no last newline": lambda text: text.rstrip().encode(),
}


def exiftool(content: bytes, folder: Path) -> dict[str, Any]:
    """Return all tags that exiftool finds in a sidecar."""
    file = folder / "x.xmp"
    file.write_bytes(content)
    command = [str(EXIFTOOL), "-json", "-G1", "-struct", "-a", "-XMP:all", str(file)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    return {key: value for key, value in found.items() if key != "SourceFile"}


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


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


@pytest.mark.parametrize(("program", "form"), list(itertools.product(SAMPLES, FORMS)))
def test_what_others_wrote_stays_byte_for_byte(program: str, form: str) -> None:
    old = FORMS[form](SAMPLES[program])
    new = merge(old, "cup", "tea & <milk>")
    assert is_kept(old, new)
    if form in ("CRLF", "CR"):
        assert new.count(b"\r\n" if form == "CRLF" else b"\r") == new.count(b"\r" if form == "CR" else b"\n")
    assert texts(new, "subject")[-2:] == ["cup", "tea & <milk>"]
    assert texts(new, "hierarchicalSubject")[-2:] == ["clipsearch|kitchen|cup", "clipsearch|kitchen|tea & <milk>"]
    assert merge(new, "cup", "tea & <milk>") == new, "nothing is added twice"
    swapped = merge(new, "tea & <milk>", "car")
    assert is_kept(old, swapped) and texts(swapped, "subject")[-2:] == ["tea & <milk>", "car"]
    assert merge(swapped) == old, "taking all of it out leaves what was there"


@needs_exiftool
@pytest.mark.parametrize("program", sorted(SAMPLES.keys() - {"terse"}))  # exiftool reads no RDF without a prefix
def test_exiftool_reads_the_labels_and_all_else_as_before(program: str, tmp_path: Path) -> None:
    old = SAMPLES[program].encode()
    before, after = exiftool(old, tmp_path), exiftool(merge(old, "cup", "Kaffee ☕"), tmp_path)
    assert {key: value for key, value in after.items() if key not in OURS} == {
        key: value for key, value in before.items() if key not in OURS
    }
    had = as_list(before.get("XMP-dc:Subject", []))
    assert as_list(after["XMP-dc:Subject"]) == [*had, "cup", "Kaffee ☕"]
    had = as_list(before.get("XMP-lr:HierarchicalSubject", []))
    paths = ["clipsearch|kitchen|cup", "clipsearch|kitchen|Kaffee ☕"]
    assert as_list(after["XMP-lr:HierarchicalSubject"]) == [*had, *paths]
    assert ("XMP-digiKam:TagsList" in after) == ("XMP-digiKam:TagsList" in before)


@needs_exiftool
def test_labels_survive_exiftool_and_can_still_be_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "IMG.jpg.xmp"
    file.write_bytes(merge(DIGIKAM.encode(), "cup", "car"))
    command = [str(EXIFTOOL), "-q", "-overwrite_original", "-XMP-dc:Subject+=mine", "-XMP-xmp:Rating=4", str(file)]
    subprocess.run(command, check=True)
    content = file.read_bytes()
    assert merge(content, "cup", "car") == content
    after = exiftool(merge(content, "car"), tmp_path)
    assert after["XMP-dc:Subject"] == ["Anna", "car", "mine"] and after["XMP-xmp:Rating"] == 4
    assert after["XMP-digiKam:TagsList"] == ["People/Anna", "clipsearch/kitchen/car"]
    assert after["XMP-mwg-rs:RegionInfo" if "XMP-mwg-rs:RegionInfo" in after else "XMP-mwg-rs:Regions"]
    assert "clipsearch" not in str(exiftool(merge(content), tmp_path))


@needs_exiftool
def test_a_new_sidecar(tmp_path: Path) -> None:
    found = exiftool(merge(None, "cup", "Ünïcode 杯"), tmp_path)
    assert found["XMP-dc:Subject"] == ["cup", "Ünïcode 杯"]
    assert found["XMP-lr:HierarchicalSubject"] == ["clipsearch|kitchen|cup", "clipsearch|kitchen|Ünïcode 杯"]


def test_no_labels_make_no_sidecar() -> None:
    assert merge(None) == b"" and merge(DARKTABLE.encode()) == DARKTABLE.encode()


def test_a_persons_own_tag_is_neither_added_twice_nor_removed() -> None:
    old = around("<dc:subject><rdf:Bag><rdf:li>Cup</rdf:li></rdf:Bag></dc:subject>")
    new = merge(old, "cup")
    assert texts(new, "subject") == ["Cup"] and texts(new, "hierarchicalSubject") == ["clipsearch|kitchen|cup"]
    assert merge(new) == old


def test_a_label_in_another_spelling_takes_the_place_of_the_old_one() -> None:
    for sample in (DARKTABLE, LIGHTROOM, DIGIKAM):
        new = merge(merge(sample.encode(), "cup", "car"), "Cup", "car")
        assert texts(new, "subject")[-2:] == ["car", "Cup"]
        assert texts(new, "hierarchicalSubject")[-2:] == ["clipsearch|kitchen|car", "clipsearch|kitchen|Cup"]
        assert merge(new) == sample.encode()


def test_labels_that_are_the_same_in_digikams_list() -> None:
    both = merge(DIGIKAM.encode(), "a/b", "a-b")
    one = merge(both, "a-b")
    assert texts(both, "TagsList") == texts(one, "TagsList") == ["People/Anna", "clipsearch/kitchen/a-b"]
    assert texts(one, "subject") == ["Anna", "a-b"] and merge(one) == DIGIKAM.encode()


def test_a_label_that_a_person_took_out_does_not_come_back() -> None:
    new = merge(DARKTABLE.encode(), "cup", "car")
    for item in ("cup", "clipsearch|kitchen|cup"):
        new = new.replace(f"     <rdf:li>{item}</rdf:li>\n".encode(), b"", 1)
    assert "cup" not in texts(new, "subject") and "clipsearch|kitchen|cup" not in texts(new, "hierarchicalSubject")
    merged = merge_labels(new, "kitchen", ["cup", "car"])
    assert (merged.content, merged.left_out) == (new, ("cup",))
    without = merge(new, "car")
    assert merge_labels(without, "kitchen", ["cup", "car"]).left_out == ("cup",), "even if it did not apply meanwhile"
    assert texts(merge(merge(new, forget=True), "cup"), "subject")[-1] == "cup"


def test_a_tag_that_a_person_moved_in_the_hierarchy_is_theirs() -> None:
    new = merge(DARKTABLE.encode(), "cup").replace(b"li>clipsearch|kitchen|cup<", b"li>things|cup<", 1)
    assert texts(merge(new), "subject")[-1] == "cup" and texts(merge(new), "hierarchicalSubject")[-1] == "things|cup"


def test_two_sets_share_a_label() -> None:
    both = merge(merge(LIGHTROOM.encode(), "cup"), "cup", "red", of="colours")
    assert texts(both, "subject") == ["cup", "red"]
    assert texts(merge(both), "subject") == ["cup", "red"], "the other set still gives it"
    assert texts(merge(both, of="colours"), "subject") == ["cup"]
    assert merge(merge(both), of="colours") == LIGHTROOM.encode()


def test_digikams_list_is_only_added_to_where_there_is_one() -> None:
    for sample in (DIGIKAM, IMMICH):
        new = merge(sample.encode(), "mug/cup")
        assert texts(new, "TagsList")[1:] == ["clipsearch/kitchen/mug-cup"]
        assert merge(new) == sample.encode()
    assert b"TagsList" not in merge(LIGHTROOM.encode(), "cup")


def test_empty_lists_are_filled() -> None:
    for form in ("<rdf:Bag/>", "<rdf:Bag />", "<rdf:Bag></rdf:Bag>", "<rdf:Bag> </rdf:Bag>", "<rdf:Seq/>"):
        assert texts(merge(around(f"<dc:subject>{form}</dc:subject>"), "cup"), "subject") == ["cup"]
    assert texts(merge(EMPTY_LIST.encode(), "cup"), "TagsList") == ["clipsearch/kitchen/cup"]


def test_an_rdf_without_descriptions_is_filled() -> None:
    for form in (f"<rdf:RDF {RDF}/>", f"<rdf:RDF {RDF}></rdf:RDF>"):
        assert texts(merge(form.encode(), "cup"), "subject") == ["cup"]


def test_items_with_structure_comments_or_languages_stay() -> None:
    subject = "<rdf:li xml:lang='en'>tea</rdf:li><!-- mine --><rdf:li><rdf:Description/></rdf:li>"
    subject += "<rdf:li>a<![CDATA[&]]>b</rdf:li>"
    old = around(f"<dc:subject><rdf:Bag>{subject}</rdf:Bag></dc:subject>")
    new = merge(old, "tea", "a&b", "cup")
    assert new.count(b"tea<") == 3 and new.count(b"<rdf:li>cup</rdf:li>") == 2, "in dc:subject and our own list"
    assert merge(new) == old


def test_names_that_xml_or_a_hierarchy_does_not_take() -> None:
    new = merge_labels(None, "a|b", ["x|y", "bell\x07", " two\nlines ", "", "\udc80"]).content
    assert texts(new, "subject") == ["x/y", "bell", "two lines"]
    assert texts(new, "hierarchicalSubject")[0] == "clipsearch|a/b|x/y"


def test_namespaces_are_told_by_their_names_not_their_prefixes() -> None:
    """A prefix dc that is something else, and Dublin Core by another one."""
    old = TERSE.replace("xmlns:core=", 'xmlns:dc="urn:mine/" dc:subject="mine" xmlns:core=').encode()
    new = merge(old, "cup")
    assert is_kept(old, new) and b"<li>Rome</li><li>cup</li>" in new


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "well-formed"),
        (b"not XML", "well-formed"),
        (DARKTABLE.encode()[:-20], "well-formed"),
        (around("&undefined;"), "well-formed"),
        (around("<dc:subject/>"), "unusual form"),
        (around("<dc:subject>cup</dc:subject>"), "unusual form"),
        (around("<dc:subject><rdf:Alt><rdf:li>cup</rdf:li></rdf:Alt></dc:subject>"), "unusual form"),
        (around("<dc:subject><rdf:Bag><rdf:_1>cup</rdf:_1></rdf:Bag></dc:subject>"), "unusual form"),
        (around('<dc:subject rdf:resource="x"/>'), "unusual form"),
        (around('<dc:subject rdf:parseType="Collection"><rdf:Bag/></dc:subject>'), "unusual form"),
        (around("", ' dc:subject="cup"'), "as an attribute"),
        (around("<dc:subject><rdf:Bag/></dc:subject>" * 2), "twice"),
        (f"<rdf:RDF {RDF}><x:Thing xmlns:x='urn:x'/></rdf:RDF>".encode(), "something else"),
        (TWO_THINGS.encode(), "several things"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no single rdf:RDF"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + around("&a;"), "document type"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + around("") , "ISO-8859-1"),
        (DARKTABLE.replace('encoding="UTF-8"', "").encode("utf-16"), "UTF-8"),
        (DARKTABLE.encode("latin-1"), "UTF-8"),
    ],
)  # fmt: skip
def test_what_can_not_be_merged_safely_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotMergeable, match=reason):
        merge(content, "cup")


def test_many_labels_and_a_large_sidecar() -> None:
    old = DARKTABLE.replace("0000a040", "0000a040" * 100_000).encode()
    labels = [f"class {number}" for number in range(300)]
    new = merge(old, *labels)
    assert texts(new, "subject")[2:] == labels and merge(new) == old


def test_broken_sidecars_are_refused_or_kept_whole() -> None:
    """Bytes taken out, doubled or swapped anywhere, which often leaves other XML and sometimes other RDF."""
    chance, merged = random.Random(5), 0
    for number in range(600):
        content = bytearray(SAMPLES[sorted(SAMPLES)[number % len(SAMPLES)]].encode())
        start = chance.randrange(len(content))
        piece = content[start : start + chance.choice([1, 1, 2, 20])]
        content[start : start + len(piece)] = chance.choice([b"", piece * 2, piece[::-1]])
        try:
            new = merge(bytes(content), "cup")
        except NotMergeable:
            continue
        merged += 1
        assert is_kept(content, new) and merge(new, "cup") == new and "cup" in texts(new, "subject")
    assert 60 < merged < 600
