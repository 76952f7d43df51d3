"""Tests of names as typed: each command takes NFC and NFD for the same, whichever the disk and the library have."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from click.testing import Result

from tests.cli.conftest import Invoke
from tests.conftest import MakePicture, cut

Form = Callable[[str], str]
Command = Callable[[Invoke, Path, Form], Result]


def nfc(text: str) -> str:
    return normalize("NFC", text)


def nfd(text: str) -> str:
    return normalize("NFD", text)


BOTH = (nfc, nfd)
FORMS = [pytest.param(made, typed, id=f"{made.__name__}-{typed.__name__}") for made in BOTH for typed in BOTH]


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Form:
    """How the disk spells names."""
    form: Form = request.param
    return form


@pytest.fixture
def album(clipsearch: Invoke, photos: Path, picture: MakePicture, made: Form) -> Path:
    """A root of three pictures and a damaged one."""
    root = photos / made("Größe")
    picture(made("Größe/Käfer/é rot.png"), "red")
    picture(made("Größe/Käfer/blau.png"), "blue")
    picture(made("Größe/lime.png"), "lime")
    cut(picture(made("Größe/Käfer/kaputt.png"), "red"))
    assert clipsearch("index", root).exit_code == 3
    assert clipsearch("label", "--classes", "red,blue,lime", "--name", "Töne", "--no-other").exit_code == 0
    return root


def names(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return sorted(nfc(Path(line.split("\t")[-1]).name) for line in result.stdout.splitlines())


READS: dict[str, tuple[Callable[[Form], list[str]], list[str]]] = {
    "--in": (lambda t: ["query", "--in", t("Größe/Käfer")], ["blau.png", "é rot.png"]),
    "--in the root": (lambda t: ["query", "--in", t("Größe")], ["blau.png", "lime.png", "é rot.png"]),
    "--in the folder around it": (lambda t: ["query", "--in", "."], ["blau.png", "lime.png", "é rot.png"]),
    "similar": (lambda t: ["similar", t("Größe/Käfer/é rot.png"), "--in", t("Größe/Käfer")], ["blau.png"]),
    "--like": (lambda t: ["query", "--like", t("Größe/Käfer/é rot.png"), "-k", "1"], ["é rot.png"]),
    "--like with a weight": (lambda t: ["query", "--like", t("Größe/Käfer/é rot.png:2"), "-k", "1"], ["é rot.png"]),
    "failures --in": (lambda t: ["failures", "--in", t("Größe/Käfer")], ["kaputt.png"]),
    "label --in": (
        lambda t: ["label", "--name", t("Töne"), "--in", t("Größe/Käfer")],
        ["blau.png", "é rot.png"],
    ),
    "label a picture": (
        lambda t: ["label", t("Größe/Käfer/é rot.png"), "--classes", "red,blue"],
        ["é rot.png"],
    ),
    "duplicates --in": (lambda t: ["duplicates", "--in", t("Größe/Käfer")], []),
    "--class-from": (
        lambda t: ["label", t("Größe/lime.png"), "--classes", "blue", "--class-from", f"lime={t('Größe')}"],
        ["lime.png"],
    ),
    "--label of a set": (lambda t: ["query", "--label", t("Töne:red")], ["é rot.png"]),
}


@pytest.mark.parametrize(("made", "typed"), FORMS, indirect=["made"])
@pytest.mark.parametrize("kind", READS)
def test_what_is_asked_for(
    clipsearch: Invoke, album: Path, typed: Form, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(album.parent)
    words, expected = READS[kind]
    assert names(clipsearch(*words(typed))) == expected


@pytest.mark.parametrize(("made", "typed"), FORMS, indirect=["made"])
def test_roots_and_rules(clipsearch: Invoke, album: Path, made: Form, typed: Form, photos: Path) -> None:
    root = photos / typed("Größe")

    def paths() -> list[str]:
        return clipsearch("roots", "list", "--format", "paths").stdout.splitlines()

    assert "is a root already" in clipsearch("roots", "add", root).stderr
    assert "inside the root" in clipsearch("roots", "add", root / typed("Käfer")).stderr
    result = clipsearch("index", root, "--exclude", typed("é*"), "--exclude", typed("/Käfer/bla?.png"))
    assert "2 forgotten" in result.stderr and paths() == [str(album)]
    (album / ".clipsearchignore").write_text(typed("Käfer/\n"), encoding="utf-8")
    assert "1 picture found" in clipsearch("index", root, "--exclude", "").stderr
    (album / ".clipsearchignore").write_text(typed("*\n!Käfer/\n!Käfer/[éë]*\n"), encoding="utf-8")
    assert "1 picture found: 1 encoded" in clipsearch("index").stderr
    assert "is inside the root" in clipsearch("roots", "remove", root / typed("Käfer")).stderr
    shutil.copytree(album, photos / made("Maße"))
    shutil.rmtree(album)
    assert clipsearch("roots", "move", root, photos / typed("Maße")).exit_code == 0
    assert paths() == [str(photos / made("Maße"))]
    assert clipsearch("roots", "remove", photos / typed("Maße"), "--yes").exit_code == 0
    assert paths() == []


@pytest.mark.parametrize(("made", "typed"), FORMS, indirect=["made"])
def test_a_root_whose_drive_is_gone(clipsearch: Invoke, album: Path, typed: Form, photos: Path) -> None:
    album.rename(photos.parent / "unplugged")
    root = photos / typed("Größe")
    assert names(clipsearch("query", "--in", root / typed("Käfer"))) == ["blau.png", "é rot.png"]
    assert names(clipsearch("failures", "--in", root / typed("Käfer"))) == ["kaputt.png"]
    assert "drive is mounted" in clipsearch("index", root).stderr
    assert clipsearch("roots", "remove", root, "--yes").exit_code == 0


@pytest.mark.parametrize(("made", "typed"), FORMS, indirect=["made"])
def test_files_that_are_read_and_written(
    clipsearch: Invoke, album: Path, made: Form, typed: Form, photos: Path
) -> None:
    classes = photos / made("Töne.txt")
    classes.write_text("red\nblue\n", encoding="utf-8")
    assert clipsearch("label", "--classes-file", photos / typed("Töne.txt"), "--summary").exit_code == 0
    for colour in ("rot", "blau"):
        folder = photos / made("Wahrheit é") / made(f"{colour} ü")
        folder.mkdir(parents=True)
        shutil.copy(album / made("Käfer") / (made("é rot.png") if colour == "rot" else "blau.png"), folder)
    prompts = ("--templates", "simple", "--class", typed("rot ü=red"), "--class", typed("blau ü=blue"))
    result = clipsearch("eval", photos / typed("Wahrheit é"), *prompts)
    assert "2 pictures of 2 classes" in result.output, result.output
    (photos / made("für dich")).mkdir()
    result = clipsearch("export-labels", typed("Töne"), "--csv", photos / typed("für dich") / "liste.csv")
    assert result.exit_code == 0, result.output
    with (photos / made("für dich") / "liste.csv").open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 4
    assert clipsearch("query", "red", "-k", "1", "--copy-to", photos / typed("für dich")).exit_code == 0
    assert len(list((photos / made("für dich")).glob("*.png"))) == 1 and len(list(photos.glob("f*r dich"))) == 1


@pytest.mark.parametrize(("made", "typed"), FORMS, indirect=["made"])
def test_label_sets(clipsearch: Invoke, album: Path, typed: Form) -> None:
    assert album.is_dir()
    assert clipsearch("labels", "show", typed("Töne")).exit_code == 0
    assert clipsearch("label", "--name", typed("Töne")).exit_code == 0
    assert clipsearch("labels", "list").stdout.count("\n") == 1
    assert clipsearch("labels", "rename", typed("Töne"), typed("Grün")).exit_code == 0
    assert clipsearch("labels", "remove", typed("Grün"), "--yes").exit_code == 0


@pytest.mark.parametrize(("made", "typed"), FORMS, indirect=["made"])
def test_both_spellings_side_by_side(
    clipsearch: Invoke, photos: Path, picture: MakePicture, made: Form, typed: Form
) -> None:
    colours = {nfc: "red", nfd: "blue"}
    for form, colour in colours.items():
        picture(form(f"Käfer/{colour}.png"), colour)
    clipsearch("index", photos)
    assert names(clipsearch("query", "--in", photos / typed("Käfer"))) == [f"{colours[typed]}.png"]
    clipsearch("roots", "remove", photos, "--yes")
    clipsearch("index", photos / made("Käfer"))
    assert "Added" in clipsearch("roots", "add", photos / nfc("Käfer"), photos / nfd("Käfer")).stderr
    assert clipsearch("roots", "list").stdout.count("\n") == 2
