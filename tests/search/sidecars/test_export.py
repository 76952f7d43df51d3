"""Tests of search.sidecars.export and cli.commands.export_labels: labels into sidecars, folders and lists."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.store.store import Store
from search.journal.journal_files import FOLDER
from search.sidecars import export as sidecar_export
from search.sidecars.export import export_sidecars
from search.sidecars.folder import SidecarFolder
from tests.conftest import MakePicture, run
from tests.exporting import contents, export, label, rename
from tests.fakes import ColourEncoder
from tests.search.sidecars.merged import texts
from tests.search.sidecars.samples import DARKTABLE, DIGIKAM
from tests.undo import undo


def test_sidecars_are_made_and_merged_and_undone(library: Path, photos: Path) -> None:
    (photos / "cup.png.xmp").write_text(DIGIKAM)
    before = contents(photos)
    result = export(library)
    assert result.exit_code == 0 and "Wrote 2 sidecars (1 new): 2 labels added; 1 as they should be" in result.stderr
    after = contents(photos)
    assert after.keys() == before.keys() | {"car.png.xmp"}, "other is no label, and nothing is left half written"
    assert texts(after["cup.png.xmp"], "subject") == ["Anna", "cup"]
    assert texts(after["car.png.xmp"], "subject") == ["car"]
    assert {name: after[name] for name in before if name.endswith(".png")} == {
        name: before[name] for name in before if name.endswith(".png")
    }
    assert "Wrote 0 sidecars" in export(library).stderr and contents(photos) == after
    assert "1 file removed, 1 file restored" in undo(library).stderr
    assert contents(photos) == before


def test_a_dry_run_lists_and_changes_nothing(library: Path, photos: Path) -> None:
    (photos / "cup.png.xmp").write_text(DARKTABLE)
    before = contents(photos)
    result = export(library, "--dry-run")
    assert result.stdout.splitlines() == [f"new\tcar\t\t{photos}/car.png.xmp", f"merge\tcup\t\t{photos}/cup.png.xmp"]
    assert "Would write 2 sidecars" in result.stderr and "undo" not in result.stderr
    assert contents(photos) == before and not (library / FOLDER).exists()


def test_labels_that_no_longer_apply_go(library: Path, photos: Path, store: Store) -> None:
    (photos / "cup.png.xmp").write_text(DARKTABLE)
    export(library)
    label(store, {"cup.png": ("car", 0.7), "car.png": ("other", 0.6)})
    result = export(library)
    assert "1 label added, 2 removed" in result.stderr, result.stderr
    assert texts((photos / "cup.png.xmp").read_bytes(), "subject") == ["Rome", "caffè & tè", "car"]
    assert texts((photos / "car.png.xmp").read_bytes(), "subject") == []


def test_threshold_other_and_filters(library: Path, photos: Path) -> None:
    export(library, "--threshold", "0.7", "--with-other")
    assert sorted(path.name for path in photos.glob("*.xmp")) == ["cup.png.xmp", "tree.png.xmp"]
    undo(library)
    export(library, "--label", "car")
    assert [path.name for path in photos.glob("*.xmp")] == ["car.png.xmp"]
    assert export(library, "--threshold", "2").exit_code == 2


def test_removing_a_set_from_the_sidecars(library: Path, photos: Path) -> None:
    (photos / "cup.xmp").write_text(DARKTABLE)
    before = contents(photos)
    name = "cup,car"
    export(library, name)
    assert export(library, "--remove").exit_code == 2
    assert 'set called "cups"' in export(library, "cups", "--remove").stderr
    result = export(library, name, "--remove")
    assert "2 removed" in result.stderr and "set called" not in result.stderr
    after = contents(photos)
    assert after["cup.xmp"] == before["cup.xmp"] and b"car" not in after["car.xmp"]


def test_a_label_taken_out_by_hand_is_told(library: Path, photos: Path) -> None:
    export(library)
    path = photos / "cup.png.xmp"
    head, _, tail = path.read_bytes().partition(b"<clipsearch:labels>")
    path.write_bytes(head.replace(b"cup</rdf:li>", b"mug</rdf:li>") + b"<clipsearch:labels>" + tail)
    result = export(library)
    assert result.exit_code == 0 and "1 label left out that you had taken away" in result.stderr


def test_folders_and_lists(library: Path, photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "sorted"
    dry = export(library, "--sort-into", str(target), "--dry-run")
    assert f"{target}/car\t{photos}/car.png" in dry.stdout and not target.exists()
    assert "Linked 2 pictures" in export(library, "--sort-into", str(target)).stderr
    assert (target / "cup" / "cup.png").samefile(photos / "cup.png")
    undo(library)
    assert not target.exists()
    lists = ["--csv", "-", "--json", str(tmp_path / "l.json"), "--imagenet", str(tmp_path / "lists")]
    result = export(library, *lists)
    assert result.exit_code == 0 and result.stdout.splitlines()[1] == f"{photos}/car.png,,car,0.6"
    assert (tmp_path / "lists/train.txt").read_text().endswith("cup.png 0\n") and (tmp_path / "l.json").exists()
    assert not list(photos.glob("*.xmp")), "lists come instead of sidecars"


def test_a_renamed_set_keeps_its_name_in_sidecars_and_what_a_person_took_away(
    library: Path, photos: Path, store: Store
) -> None:
    export(library)
    place = photos / "cup.png.xmp"
    place.write_bytes(
        place.read_bytes()
        .replace(b"<rdf:li>cup</rdf:li>", b"")
        .replace(b"<rdf:li>clipsearch|cup,car|cup</rdf:li>", b"", 1)
    )
    kept = contents(photos)
    assert 'Sidecars go on calling it "cup,car"' in rename(library, "cup,car", "kitchen").stderr
    assert "1 label left out that you had taken away" in export(library, "kitchen").stderr
    assert contents(photos) == kept, "nothing stands twice"
    assert "1 label added" not in export(library, "kitchen").stderr
    assert "2 removed" in export(library, "kitchen", "--remove").stderr or contents(photos) != kept
    export(library, "kitchen")
    assert texts(place.read_bytes(), "hierarchicalSubject") == ["clipsearch|kitchen|cup"], "the new name, from now on"


def test_pictures_without_a_label_are_counted(library: Path, picture: MakePicture, photos: Path, store: Store) -> None:
    assert "without a label" not in export(library, "--dry-run").stderr
    picture("new.png", "gray")
    run(store, photos, ColourEncoder())
    assert '1 picture is without a label in "cup,car"' in export(library, "--dry-run").stderr
    assert "without a label" not in export(library, "--dry-run", "--label", "cup").stderr


def test_pictures_and_folders_that_are_gone(library: Path, photos: Path, tmp_path: Path) -> None:
    (photos / "cup.png").unlink()
    result = export(library)
    assert result.exit_code == 1 and "1 sidecar left out: the pictures are not there any more" in result.stderr
    assert [path.name for path in photos.glob("*.xmp")] == ["car.png.xmp"]
    done = export_sidecars({tmp_path / "gone" / "a.png": ["cup"]}, "kitchen", library)
    assert [reason.startswith("it can't be read") for _, reason in done.folders] == [True]


def test_a_folder_is_read_once(library: Path, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(folder: Path) -> SidecarFolder:
        read.append(folder)
        return SidecarFolder(folder)

    monkeypatch.setattr(sidecar_export, "SidecarFolder", counted)
    (photos / "d").mkdir()
    files = {photos / name: ["cup"] for name in ("tree.png", "d/a.png", "cup.png")}
    (photos / "d" / "a.png").touch()
    assert len(export_sidecars(files, "kitchen", library).changes) == 3
    assert read == [photos, photos / "d"]


def test_nothing_is_written_into_a_library_of_apples(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "Mine.photoslibrary" / "originals" / "a.png"
    path.parent.mkdir(parents=True)
    path.touch()
    done = export_sidecars({path: ["cup"]}, "kitchen", library)
    assert not done.changes and list(path.parent.iterdir()) == [path]


def test_a_name_that_is_not_utf8(library: Path, photos: Path) -> None:
    path = photos / os.fsdecode(b"caf\xe9.png")
    path.touch()
    done = export_sidecars({path: ["cup"]}, "kitchen", library)
    assert [os.fsencode(one.sidecar.name) for one in done.changes] == [b"caf\xe9.png.xmp"]


def test_two_sets_that_sidecars_could_not_tell_apart(library: Path, photos: Path, store: Store) -> None:
    export(library)
    rename(library, "cup,car", "kitchen")
    label(store, {"cup.png": ("cup", 0.9)})  # another set of the old name
    before = contents(photos)
    result = export(library, "cup,car")
    assert result.exit_code == 2 and 'call the label set "kitchen" by the name "cup,car"' in result.stderr
    assert contents(photos) == before
