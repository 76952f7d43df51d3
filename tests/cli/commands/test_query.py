"""Tests of clipsearch query, run as a person would, with the fake model."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

import cli.output.rows
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


def test_query_formats(indexed: Invoke, photos: Path) -> None:
    red = photos / "red.png"
    assert indexed("query", "red", "-k", "1").stdout == f"1.0000\t{red}\n"
    assert indexed("query", "red", "-k", "1", "--format", "paths").stdout == f"{red}\n"
    assert indexed("query", "red", "-k", "1", "-0").stdout == f"{red}\0"
    (hit,) = json.loads(indexed("query", "red", "-k", "1", "--format", "json").stdout)
    assert (hit["path"], round(hit["score"], 3)) == (str(red), 1.0)
    rows = list(csv.DictReader(io.StringIO(indexed("query", "red", "--all", "--format", "csv").stdout)))
    assert next(row["path"] for row in rows) == str(red) and len(rows) == 3


def test_the_cutoff_of_a_query(indexed: Invoke, photos: Path) -> None:
    def found(*options: object) -> list[str]:
        return [Path(line).name for line in indexed("query", *options, "--format", "paths").stdout.splitlines()]

    assert found("red", "--cutoff", "0.99") == ["red.png"]
    assert len(found("red", "--cutoff", "none")) == len(found("red", "--all")) == 3
    nothing = indexed("query", "yellow", "--cutoff", "0.99")
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "No match; the nearest is" in nothing.stderr and "--all" in nothing.stderr
    assert "No picture in 1999" in indexed("query", "red", "--after", "1999", "--before", "2000").stderr
    assert json.loads(indexed("query", "yellow", "--cutoff", "0.99", "--format", "json").stdout) == []
    for senseless in ("much", "2", "nan"):
        assert indexed("query", "red", "--cutoff", senseless).exit_code == 2


def test_queries_of_several_terms(indexed: Invoke, photos: Path) -> None:
    def first(*options: object) -> str:
        return Path(indexed("query", *options, "--all", "--format", "paths").stdout.splitlines()[0]).name

    assert first("--like", photos / "red.png") == "red.png"
    assert first("white", "--minus", "lime", "--minus", "blue") == "red.png"
    assert first("--plus", "red:2", "--plus", "black:0.1") == "red.png"
    one_sentence(indexed("query", "red", "--minus", "red"), "cancel each other", code=2)
    one_sentence(indexed("query", "--like", photos / "none.png"), "can't be searched with")
    assert "--like" in indexed("query", str(photos / "red.png").replace("red.png", "sub/../red.png")).stderr


def test_words_need_no_quotes(clipsearch: Invoke, encoder: ColourEncoder, photos: Path, picture: MakePicture) -> None:
    picture("red.png", "red")
    clipsearch("index", photos)
    result = clipsearch("query", "something", "-k", "1", "very", "--all", "red")
    assert result.stdout == f"1.0000\t{photos / 'red.png'}\n" and "something very red" in encoder.texts_encoded
    dash = clipsearch("query", "--all", "--", "-k", "red")
    assert dash.exit_code == 0 and "-k red" in encoder.texts_encoded
    one_sentence(clipsearch("query", "", " "), "empty", code=2)


@pytest.mark.parametrize(
    ("form", "written"), [("table", ""), ("json", "[]\n"), ("jsonl", ""), ("paths", ""), ("csv", "score,")]
)
def test_a_script_can_tell_that_nothing_was_found(indexed: Invoke, photos: Path, form: str, written: str) -> None:
    for asked in (["yellow", "--cutoff", "0.99"], ["--before", "1900"], ["red", "--before", "1900"]):
        nothing = indexed("query", *asked, "--format", form)
        assert nothing.exit_code == 1 and nothing.stdout.startswith(written), nothing.output
        assert "Error" not in nothing.stderr and "No " in nothing.stderr
    none_like = indexed("similar", photos / "red.png", "--before", "1900", "--format", form)
    assert none_like.exit_code == 1 and none_like.stdout.startswith(written)
    assert "No other picture before 1900." in none_like.stderr
    assert indexed("query", "red", "--format", form).exit_code == 0


def test_query_in_a_folder(indexed: Invoke, photos: Path) -> None:
    assert "red.png" not in indexed("query", "red", "--in", photos / "sub").stdout
    one_sentence(indexed("query", "red", "--in", "/nowhere"), "check the name")


def test_quoted_parts_of_the_text_are_parts_of_names(indexed: Invoke, photos: Path, encoder: ColourEncoder) -> None:
    def found(*words: object) -> list[str]:
        return indexed("query", *words, "--format", "paths").stdout.splitlines()

    blue, white = photos / "sub/blue.png", photos / "sub/white.png"
    assert found('red "SUB"', "--all") == found("red", '"sub"', "--all") == found("red", "--named", "sub", "--all")
    assert sorted(found('red "SUB"', "--all")) == [str(blue), str(white)]
    assert found('\u201csub/b\u201d "png"') == [str(blue)]
    assert "red" in encoder.texts_encoded and not any("sub" in text.lower() for text in encoder.texts_encoded)
    one_sentence(indexed("query", 'red ""'), "nothing between two quotes", code=2)


def test_a_quoted_part_that_is_in_no_name_is_told(indexed: Invoke) -> None:
    told = indexed("query", 'red "sub" "2019"').stderr
    assert 'No picture with "sub" and "2019" in the path.' in told
    assert 'has "2019" in its name; without the double quotes' in told and 'has "sub"' not in told
    assert indexed("query", "--named", "2019").stderr.endswith('has "2019" in its name.\n')


def test_here_is_the_current_folder(
    indexed: Invoke, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*arguments: str | Path) -> list[str]:
        return sorted(Path(line).name for line in indexed(*arguments, "--format", "paths").stdout.splitlines())

    monkeypatch.chdir(photos / "sub")
    assert found("query", "white", "--all", "--here") == ["blue.png", "white.png"] == found("query", "--here")
    assert found("similar", "../red.png", "--here") == ["blue.png", "white.png"]
    assert found("label", "--classes", "red,blue", "--here") == ["blue.png", "white.png"]
    assert indexed("duplicates", "--here").exit_code == indexed("failures", "--here").exit_code == 0
    link = tmp_path / "link"
    link.symlink_to(photos)
    monkeypatch.chdir(link)
    monkeypatch.setenv("PWD", str(link))
    assert found("query", "--here") == ["blue.png", "red.png", "white.png"]
    monkeypatch.chdir(tmp_path / "lib")
    one_sentence(indexed("query", "red", "--here"), "below the current folder", "run: clipsearch index .")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    one_sentence(indexed("query", "red", "--here"), "current folder is not there any more")


def test_names_that_are_not_utf8_come_out_byte_for_byte(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    name = b"caf\xe9\n.png"
    path = picture(os.fsdecode(name), "red")
    clipsearch("index", photos)
    assert clipsearch("query", "red", "-0").stdout_bytes == os.fsencode(path) + b"\0"
    assert os.fsencode(path) in clipsearch("query", "red", "--format", "paths").stdout_bytes
    (hit,) = json.loads(clipsearch("query", "red", "--format", "json").stdout)
    assert hit["path"].endswith("caf\\xe9\n.png")


def test_query_mistakes(indexed: Invoke, tmp_path: Path) -> None:
    one_sentence(indexed("query", " "), "empty", code=2)
    one_sentence(indexed("query", "red", "--model", "builtin"), "indexed with colour")
    assert indexed("query").exit_code == 2
    assert indexed("query", "red", "-k", "0").exit_code == 2
    one_sentence(indexed("query", "red", "--library", tmp_path / "none"), "clipsearch index FOLDER")


EXIF_FORMS = {
    "2019:07:04 02:30:05 PM": "2019-07-04T14:30:05",
    "2019:07:04": "2019-07-04",
    "2019:07:  :  :  :  ": "2019-07",
    "2019:7:4 9:5:3": "2019-07-04T09:05:03",
    "2019: 7: 4  9: 5: 3": "2019-07-04T09:05:03",
    "20190704123005": "2019-07-04T12:30:05",
    "2019:07:04 24:10:00": "2019-07-05T00:10:00",
    "2019:07:00 12:30:05": "2019-07",
    "2019-07-04T12:30:05Z": "2019-07-04T12:30:05+00:00",
    "2019/07/04 12:30:60": "2019-07-04T12:31:00",
    "04.07.2019 12:30:05": "2019-07-04T12:30:05",
    "Thu Jul  4 12:30:05 2019": "2019-07-04T12:30:05",
}


def test_dates_in_every_spelling_and_from_every_source(clipsearch: Invoke, photos: Path, tmp_path: Path) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from tests.indexer.metadata.sources import exif_of, iptc, packet, resources

    def save(name: str, **options: object) -> Path:
        number = len(list(photos.iterdir()))
        Image.new("RGB", (16, 12), (number, 255 - number, 0)).save(photos / name, **options)
        return photos / name

    when, source = "2019-07-04T12:30:05+02:00", {}
    for number, text in enumerate(EXIF_FORMS):
        source[save(f"{number}.jpg", exif=exif_of({}, {0x9003: text})).name] = (EXIF_FORMS[text], "exif-original")
    place = {"exif__GPSLatitude": "48,51.4N", "exif__GPSLongitude": "2,21.05E"}
    save("xmp.jpg", xmp=packet(exif__DateTimeOriginal=when, **place))
    content = save("iptc.jpg").read_bytes()
    segment = b"Photoshop 3.0\0" + resources(iptc((55, b"20190704"), (60, b"123005+0200")))
    head = b"\xff\xd8\xff\xed" + (len(segment) + 2).to_bytes(2, "big")
    (photos / "iptc.jpg").write_bytes(head + segment + content[2:])
    text = PngInfo()
    text.add_text("Creation Time", when)
    save("text.png", pnginfo=text)
    save("sidecar.png")
    (photos / "sidecar.png.xmp").write_bytes(packet(photoshop__DateCreated=when))
    source |= {name: (when, kind) for name, kind in (("xmp.jpg", "xmp"), ("iptc.jpg", "iptc"))}
    source |= {"text.png": (when, "png-text"), "sidecar.png": (when, "sidecar")}
    source[save("IMG_20190704_123005.jpg").name] = (when[:19], "file-name")
    save("takeout.jpg")
    (photos / "takeout.jpg.json").write_text('{"photoTakenTime": {"timestamp": "1562236205"}}')
    source["takeout.jpg"] = ("2019-07-04T10:30:05+00:00", "takeout")
    save("none.jpg")
    assert clipsearch("index", photos).exit_code == 0
    result = clipsearch("query", "--after", "2019-07", "--before", "2019-08", "--format", "json")
    hits = {Path(hit["path"]).name: (hit["taken_at"], hit["taken_from"]) for hit in json.loads(result.stdout)}
    assert hits == source
    assert "1 picture has no date and so can't pass --after and --before." in result.stderr
    near = clipsearch("query", "--near", "48.85666,2.35083", "--radius", "20m", "--format", "paths")
    assert near.stdout == f"{photos / 'xmp.jpg'}\n"


def test_the_shots_of_a_burst_have_their_milliseconds(clipsearch: Invoke, photos: Path, tmp_path: Path) -> None:
    from PIL import Image

    from indexer.store.store import Store
    from tests.indexer.metadata.sources import exif_of

    expected = []
    for number in range(12):
        ms = 20 + number * 80
        exif = exif_of({}, {0x9003: "2021:05:05 10:00:00", 0x9291: f"{ms:03}"})
        Image.new("RGB", (16, 12), (number, 0, 0)).save(photos / f"{number}.jpg", exif=exif)
        expected.append((f"{number}.jpg", "2021-05-05T10:00:00", ms))
    assert clipsearch("index", photos).exit_code == 0
    with Store.open(tmp_path / "lib") as store:
        rows = store.db.execute("SELECT path, taken_at, taken_ms FROM images").fetchall()
    assert sorted(rows) == sorted(expected)


@pytest.mark.parametrize("cutoff", ["0.2", "none", "auto"])
def test_all_and_a_cutoff_contradict_each_other(indexed: Invoke, cutoff: str) -> None:
    result = indexed("query", "red", "--all", "--cutoff", cutoff)
    assert result.exit_code == 2 and "give one" in result.stderr and result.stdout == ""
    assert indexed("query", "red", "--all").exit_code == 0


def test_no_match_has_no_head_of_a_table(indexed: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    result = indexed("query", "red", "--cutoff", "1")
    assert result.stdout.strip() == "" or "red.png" in result.stdout
    result = indexed("query", "--type", "png", "--before", "1900")
    assert (result.stdout, result.exit_code) == ("", 1) and "No picture" in result.stderr
    for command in ("failures", "roots list", "labels list", "duplicates"):
        shown = indexed(*command.split()).stdout
        assert "Path" not in shown or "/" in shown, shown
