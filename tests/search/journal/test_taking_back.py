"""Tests of search.journal.taking_back: nothing is removed or written that is not what the action made.

Unless it says otherwise, undo removed or wrote something in each of these before acts were checked as strictly as done.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from indexer.store.store import Store
from search.export.hit_folder import copy_hits, link_hits
from search.journal.journal import Journal
from search.journal.journal_files import old_file
from search.journal.links_and_copies import copy_file, make_folders
from search.journal.places import Place
from search.journal.signing import known_own
from search.journal.undo import actions, find_action, take_back
from search.journal.writing import write_file
from search.results import Hit
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.journal.planted import line, plant, state_of
from tests.undo import undo


def reasons(library: Path) -> dict[str, str]:
    """Undo the last action and return why each file was kept."""
    return {path.name: reason.partition(":")[0] for path, reason in take_back(find_action(library)).kept}


def contents(pictures: list[Hit]) -> list[bytes]:
    return [hit.path.read_bytes() for hit in pictures]


@pytest.mark.parametrize("kind", ["auto", "copy"])
def test_a_folder_of_copies_that_has_become_a_link_to_the_originals(
    library: Path, best: Path, pictures: list[Hit], photos: Path, kind: str
) -> None:
    before = contents(pictures)
    (copy_hits if kind == "copy" else link_hits)(pictures, best, library)
    shutil.rmtree(best)
    best.symlink_to(photos)
    kept = reasons(library)
    assert contents(pictures) == before and best.is_symlink()
    assert [kept[hit.path.name] for hit in pictures] == [
        "there is a link in its path by now, so it may be another file"
    ] * 3


def test_a_folder_above_that_has_become_a_link(library: Path, best: Path, pictures: list[Hit], tmp_path: Path) -> None:
    """To where a folder of the same name holds the same pictures."""
    copy_hits(pictures, best, library)
    theirs = tmp_path / "theirs"
    shutil.move(best.parent, theirs)
    best.parent.symlink_to(theirs)
    assert len(reasons(library)) == 5 and len(list((theirs / "best").iterdir())) == 4


def test_the_originals_folder_in_the_place_of_the_copies(
    library: Path, best: Path, pictures: list[Hit], photos: Path
) -> None:
    """And a link to it where it was: each copy is its own original."""
    copy_hits(pictures, best, library)
    shutil.rmtree(best)
    photos.rename(best)
    photos.symlink_to(best)
    before = contents(pictures)
    kept = reasons(library)
    assert contents(pictures) == before and len(kept) >= 3


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_originals_that_have_become_links_to_the_copies(
    library: Path, best: Path, pictures: list[Hit], kind: str
) -> None:
    """As a remover of duplicates makes them."""
    before = contents(pictures)
    copy_hits(pictures, best, library)
    for hit in pictures:
        hit.path.unlink()
        copy = best / hit.path.name
        hit.path.symlink_to(copy) if kind == "symbolic" else os.link(copy, hit.path)
    kept = reasons(library)
    assert {kept[hit.path.name] for hit in pictures} == {"its original is this very file by now, or a link"}
    assert contents(pictures) == before and len(list(best.glob("*.png"))) == 3


def test_an_original_that_was_altered_at_the_same_size_and_time(library: Path, best: Path, pictures: list[Hit]) -> None:
    """The copy is the good one then."""
    copy_hits(pictures, best, library)
    before = pictures[0].path.stat()
    content = bytearray(pictures[0].path.read_bytes())
    content[-9] ^= 255
    pictures[0].path.write_bytes(content)
    os.utime(pictures[0].path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert reasons(library) == {"a.png": "its original has changed since"}


def test_a_copy_that_was_altered_at_the_same_size_and_time(
    library: Path, best: Path, pictures: list[Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.journal.undo_checks.SLACK", 0)
    copy_hits(pictures, best, library)
    copy = best / "a.png"
    before = copy.stat()
    time.sleep(0.1)  # the system's clock for files is a coarse one
    with copy.open("r+b") as file:
        file.seek(-9, os.SEEK_END)
        file.write(b"?")
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert reasons(library) == {"a.png": "it has changed since"}


def test_another_file_with_the_same_bytes_is_kept_unless_a_person_says_so(
    library: Path, best: Path, pictures: list[Hit]
) -> None:
    """Some file systems, such as exFAT on Linux, give a file another inode each time they are mounted."""
    done = copy_hits(pictures, best, library)
    copy = best / "a.png"
    shutil.copy2(copy, best / "new")
    (best / "new").replace(copy)
    assert reasons(library) == {"a.png": "it is another file by now, if with the same content"}
    refused = undo(library, done.action, "--unproven", answer="n\n")
    assert refused.exit_code == 1 and "Nothing was taken back" in refused.stderr and copy.exists()
    asked = undo(library, done.action, "--unproven", answer="y\n")
    assert asked.exit_code == 0 and f"would remove {copy}" in asked.stderr and not best.exists()


def test_a_hard_link_in_whose_place_is_another_file(library: Path, best: Path, pictures: list[Hit]) -> None:
    """Which the original has become a link to: what was recorded is compared, not only the two with each other."""
    link_hits(pictures, best, library, "hard")
    link = best / "a.png"
    link.unlink()
    link.write_bytes(b"another")
    pictures[0].path.unlink()
    os.link(link, pictures[0].path)
    assert reasons(library) == {"a.png": "it is another file by now"}


def test_what_is_written_under_our_temporary_names_only(library: Path, tmp_path: Path) -> None:
    """Of an unfinished file nothing but its name is known."""
    with Journal.begin(library, "labels") as journal:
        other = tmp_path / ".clipsearch-abcdef.part"
        names = ["photo.jpg", other.name, f".clipsearch-{journal.id}.part.jpg", f"x.clipsearch-{journal.id}.part"]
        for name in names:
            (tmp_path / name).write_bytes(b"theirs")
            journal.unfinished(tmp_path / name)
        folder, link = journal.part(tmp_path, 2), journal.part(tmp_path, 3)
        folder.mkdir()
        link.symlink_to("photo.jpg")
        for path in (folder, link, journal.part(tmp_path)):
            journal.unfinished(path)
        journal.part(tmp_path).write_bytes(b"ours")
        make_folders(journal, tmp_path / "made")
    undone = take_back(find_action(library))
    assert sorted(path.name for path, _ in undone.kept) == sorted([*names, folder.name, link.name])
    assert not undone.failed and not journal.part(tmp_path).exists() and link.is_symlink()


@pytest.mark.parametrize("kind", ["other bytes", "cut", "link", "pipe", "gone"])
def test_old_content_that_is_not_as_it_was_kept_is_not_written(library: Path, tmp_path: Path, kind: str) -> None:
    first, second = tmp_path / "a.xmp", tmp_path / "b.xmp"
    with Journal.begin(library, "labels") as journal:
        for path in (first, second):
            path.write_bytes(b"old")
            write_file(journal, path, b"newer", b"old")
    old = old_file(journal.file)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"oldold")
    if kind != "other bytes":
        old.unlink()
    make = {
        "other bytes": lambda: old.write_bytes(b"bad" * 2),
        "cut": lambda: old.write_bytes(b"oldol"),
        "link": lambda: old.symlink_to(elsewhere),
        "pipe": lambda: os.mkfifo(old),
        "gone": lambda: None,
    }
    make[kind]()
    result = undo(library)
    assert first.read_bytes() == (b"old" if kind == "cut" else b"newer") and second.read_bytes() == b"newer"
    assert "b.xmp: " in result.stderr and not list(tmp_path.glob(".clipsearch-*"))
    assert elsewhere.read_bytes() == b"oldold"


@pytest.mark.parametrize("kind", ["link", "folder", "another"])
def test_old_content_goes_only_over_what_the_action_wrote(library: Path, tmp_path: Path, kind: str) -> None:
    """Held before too."""
    path, theirs = tmp_path / "a.xmp", tmp_path / "theirs.xmp"
    theirs.write_bytes(b"newer")
    path.write_bytes(b"old")
    with Journal.begin(library, "labels") as journal:
        write_file(journal, path, b"newer", b"old")
    path.unlink()
    make = {
        "link": lambda: path.symlink_to(theirs),
        "folder": path.mkdir,
        "another": lambda: path.write_bytes(b"never"),
    }
    make[kind]()
    assert list(reasons(library)) == ["a.xmp"] and theirs.read_bytes() == b"newer"


def test_a_link_planted_where_old_content_is_written_first(library: Path, tmp_path: Path) -> None:
    """Held before too."""
    path, victim = tmp_path / "a.xmp", tmp_path / "victim"
    victim.write_bytes(b"theirs")
    path.write_bytes(b"old")
    with Journal.begin(library, "labels") as journal:
        write_file(journal, path, b"newer", b"old")
    journal.part(tmp_path).symlink_to(victim)
    assert reasons(library) == {} and path.read_bytes() == b"old" and victim.read_bytes() == b"theirs"


def test_folders_that_became_links_stay(library: Path, tmp_path: Path) -> None:
    """Held before too."""
    empty = tmp_path / "empty"
    empty.mkdir()
    with Journal.begin(library, "copy") as journal:
        make_folders(journal, tmp_path / "made" / "inner")
        write_file(journal, tmp_path / "a.txt", b"a")
    (tmp_path / "made" / "inner").rmdir()
    (tmp_path / "made" / "inner").symlink_to(empty)
    take_back(find_action(library))
    assert empty.is_dir() and (tmp_path / "made" / "inner").is_symlink()


def test_a_file_that_is_swapped_at_the_last_moment_stays(
    library: Path, best: Path, pictures: list[Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_hits(pictures, best, library)
    real, calls = Place.status, []

    def swap(place: Place, name: str) -> os.stat_result:
        calls.append(name)
        if calls.count("a.png") == 2:
            (best / "b2").write_bytes(b"a person's")
            (best / "b2").replace(best / "a.png")
        return real(place, name)

    monkeypatch.setattr(Place, "status", swap)
    assert reasons(library) == {"a.png": "it has just been changed"}
    assert (best / "a.png").read_bytes() == b"a person's"


def test_an_action_can_only_record_what_is_in_its_folders(library: Path, tmp_path: Path) -> None:
    from indexer.errors import LibraryError

    (tmp_path / "in").mkdir()
    (tmp_path / "photo").write_bytes(b"x")
    (tmp_path / "in" / "out").symlink_to(tmp_path)
    with Journal.begin(library, "copy", [tmp_path / "in" / "made"]) as journal:
        make_folders(journal, tmp_path / "in" / "made")
        for folder in (tmp_path, tmp_path / "in", tmp_path / "in" / "out"):
            with pytest.raises(LibraryError, match="no folder that was named"):
                copy_file(journal, tmp_path / "photo", folder / "copy")
        copy_file(journal, tmp_path / "photo", tmp_path / "in" / "made" / "copy")
    assert sorted(path.name for path in tmp_path.rglob("copy")) == ["copy"]


def test_what_an_earlier_version_did_can_be_taken_back_after_a_question(
    library: Path, best: Path, pictures: list[Hit]
) -> None:
    """With all checks: what does not pass is named and stays."""
    done = copy_hits(pictures, best, library)
    (action,) = actions(library)
    lines = [json.loads(text) for text in action.file.read_text().splitlines()]
    for one in lines:
        for name in ("mac", "key", "library", "restricted", "device", "at_ns"):
            one.pop(name, None)
        one.get("original", {}).pop("seen", None)
    kept = [one for one in lines if one.get("op") != "within"]
    victim = pictures[0].path
    kept.insert(1, line("unfinished", victim))
    kept.insert(1, line("file", victim, **state_of(victim), hard=True, original={"path": str(victim)}))
    action.file.write_text("".join(json.dumps(one) + "\n" for one in kept), encoding="utf-8")
    assert [one.origin for one in actions(library)] == ["unsigned"]
    assert undo(library).exit_code == undo(library, done.action).exit_code == 1
    dry = undo(library, done.action, "--dry-run")
    assert dry.exit_code == 0 and "Careful: its journal has no signature" in dry.stderr
    assert undo(library, done.action, "--unproven").exit_code and best.exists(), "no answer is no"
    result = undo(library, done.action, "--unproven", answer="y\n")
    assert result.exit_code == 0 and victim.exists() and not best.exists()
    assert result.stderr.count(f"kept {victim}: ") == 2
    assert [one.state for one in actions(library)] == ["partly undone"]


def test_a_victim_that_a_planted_journal_describes_well_is_named_before_it_goes(library: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"x")
    part = tmp_path / ".clipsearch-5ee500.part"
    part.touch()
    plant(library, line("file", victim, **state_of(victim)), line("unfinished", part))
    result = undo(library, "5ee500", "--unproven", answer="n\n")
    assert (
        all(f"would remove {path}" in result.stderr and path.exists() for path in (victim, part))
        and known_own(library) is None
    )


def test_a_copy_that_has_become_a_picture_of_the_library_stays(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    """It has labels of its own by then."""
    assert store.folder
    hits = [Hit(picture(name, "red"), 0.5) for name in ("a.png", "b.png")]
    copy_hits(hits[:1], photos / "best", store.folder)
    run(store, photos, encoder)
    copy_hits(hits[1:], photos / "best", store.folder)
    assert reasons(store.folder) == {}
    kept = take_back(find_action(store.folder)).kept
    assert [path.name for path, reason in kept if "picture of the library" in reason] == ["a.png"]
    assert (photos / "best" / "a.png").exists() and not (photos / "best" / "b.png").exists()
