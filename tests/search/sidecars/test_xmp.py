"""Tests of search.sidecars.xmp: labels come and go, all else stays byte for byte."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from search.sidecars.document import NotMergeable
from search.sidecars.xmp import merge_labels
from tests.search.sidecars.merged import is_kept, merge, texts
from tests.search.sidecars.samples import DARKTABLE, DIGIKAM, LIGHTROOM, SAMPLES, around

EXIFTOOL = shutil.which("exiftool")

needs_exiftool = pytest.mark.skipif(EXIFTOOL is None, reason="exiftool is missing: apt install libimage-exiftool-perl")

OURS = {"XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "XMP-clipsearch:Labels"} | {
    "XMP-clipsearch:Subjects"
}

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


def test_names_that_xml_or_a_hierarchy_does_not_take() -> None:
    new = merge_labels(None, "a|b", ["x|y", "bell\x07", " two\nlines ", "", "\udc80"]).content
    assert texts(new, "subject") == ["x/y", "bell", "two lines"]
    assert texts(new, "hierarchicalSubject")[0] == "clipsearch|a/b|x/y"


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
