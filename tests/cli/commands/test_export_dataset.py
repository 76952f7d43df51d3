"""Tests of clipsearch export-dataset and cli.data_sets.subsets; tests/search/subsets reads what it writes."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Invoke, one_sentence

LABEL = ("label", "--classes", "red,blue", "--no-other", "--name", "mine")
DRAFT = LABEL[:-2]


def test_options_that_make_no_sense(indexed: Invoke, tmp_path: Path) -> None:
    indexed(*LABEL)
    for arguments in (
        [],
        ["--as", "nonsense"],
        ["--as", "webdataset", "--link"],
        ["--as", "webdataset", "--unlabelled", "none"],
        ["--as", "imagefolder", "--shard-size", "3"],
        ["--as", "webdataset", "--shard-size", "x"],
        ["--as", "webdataset", "--no-labels", "--label-set", "mine"],
        ["--as", "imagefolder", "--no-labels"],
        ["--as", "imagefolder", "--unlabelled", "a/b"],
        ["--as", "webdataset", "--raw"],
        ["--as", "webdataset", "--minus", "red"],
        ["--as", "webdataset", "red", "--minus", "blue"],
    ):
        one_sentence(indexed("export-dataset", tmp_path / "out", *arguments), code=2)
        assert not (tmp_path / "out").exists()


def test_a_data_set_and_its_undo(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    indexed(*LABEL)
    out = tmp_path / "out"
    dry = indexed("export-dataset", out, "--as", "imagefolder", "--dry-run")
    assert dry.exit_code == 0 and not out.exists()
    assert f"{out / 'blue' / 'blue.png'}\t{photos / 'sub' / 'blue.png'}\tblue\t" in dry.stdout
    assert "Would write 3 pictures" in dry.stderr
    done = indexed("export-dataset", out, "--as", "imagefolder")
    assert (done.exit_code, done.stdout) == (0, "") and "Wrote 3 pictures in 2 classes to" in done.stderr
    assert (out / "blue" / "blue.png").read_bytes() == (photos / "sub" / "blue.png").read_bytes()
    one_sentence(indexed("export-dataset", out, "--as", "imagefolder"), "folder of its own")
    assert indexed("undo").exit_code == 0 and not out.exists()


def test_a_set_that_is_exported_is_no_draft_any_more(indexed: Invoke, tmp_path: Path) -> None:
    indexed(*DRAFT)
    indexed("export-dataset", tmp_path / "out", "--as", "imagefolder", "--dry-run")
    assert "\tdraft\t" in indexed("labels", "list").stdout
    indexed("export-dataset", tmp_path / "out", "--as", "imagefolder")
    assert "\tkept\t" in indexed("labels", "list").stdout


def test_without_labels_an_imagefolder_says_what_to_do(indexed: Invoke, tmp_path: Path) -> None:
    one_sentence(indexed("export-dataset", tmp_path / "out", "--as", "imagefolder"), "clipsearch label", code=2)
    done = indexed("export-dataset", tmp_path / "out", "--as", "imagefolder", "--unlabelled", "none")
    assert done.exit_code == 0 and len(list((tmp_path / "out" / "none").iterdir())) == 3


def test_a_query_and_filters_choose(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    found = indexed("export-dataset", tmp_path / "out", "--as", "webdataset", "red", "-k", "1", "--dry-run")
    assert found.stdout.count("\n") == 1 and "red.png" in found.stdout
    found = indexed("export-dataset", tmp_path / "out", "--as", "webdataset", "--in", photos / "sub", "--dry-run")
    assert found.stdout.count("\n") == 2
    none = indexed("export-dataset", tmp_path / "out", "--as", "webdataset", "--named", "nowhere")
    assert (none.exit_code, none.stdout) == (1, "") and "No picture" in none.stderr and not (tmp_path / "out").exists()


def test_what_is_gone_is_named_and_the_exit_code_says_so(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    (photos / "red.png").unlink()
    done = indexed("export-dataset", tmp_path / "out", "--as", "webdataset")
    assert done.exit_code == 3 and f"{photos / 'red.png'}: no such file" in done.stderr
    assert "Wrote 2 pictures to" in done.stderr and "; 1 could not be read; clipsearch undo" in done.stderr


def test_a_folder_that_is_indexed_will_take_them_in(indexed: Invoke, photos: Path) -> None:
    done = indexed("export-dataset", photos / "out", "--as", "webdataset")
    assert done.exit_code == 0 and "inside the indexed folder" in done.stderr
