"""Tests of indexer.store.failures: bad files are remembered, not tried again, and forgotten in time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer import installation
from indexer.errors import FolderError, UnreachablePicture
from indexer.files.found import FoundFile
from indexer.files.ignore import ScanRules
from indexer.indexing.run import index, index_paths
from indexer.indexing.summary import Summary
from indexer.installation import needs_extra
from indexer.store.failures import (
    drop_gone_failures,
    failed_signatures,
    forget_failures,
    known_failures,
    remember_failure,
)
from indexer.store.roots import claim_root, set_rules
from indexer.store.store import Store
from tests.conftest import MakePicture, cut, indexed_names, run
from tests.fakes import ColourEncoder, Recorder


def failed(store: Store) -> list[Path]:
    return [one.path for one in known_failures(store)]


def run_without_model(store: Store, *folders: Path) -> Summary:
    """Index where nothing must be decoded."""
    return index(store, folders, lambda: pytest.fail("nothing is to be encoded"), Recorder(), workers=0)


def test_a_truncated_picture_is_remembered_and_not_tried_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    bad = cut(picture("bad.png", "red", (300, 300)))
    picture("good.png", "red")
    summary, listener = run(store, photos, encoder)
    (failure,) = known_failures(store)
    assert (failure.path, failure.size) == (bad, bad.stat().st_size)
    assert failure.reason and [problem.reason for problem in listener.problems] == [failure.reason]
    assert failure.failed_at.endswith("+00:00")
    again = run_without_model(store, photos)
    assert (summary.failed, again.failed, again.failed_before, again.unchanged, again.problems) == (1, 0, 1, 1, 0)


def test_a_failure_is_tried_again_when_it_changes_and_forgotten_when_it_succeeds(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    bad = cut(picture("bad.png", "red", (300, 300)))
    run(store, photos, encoder)
    first = failed_signatures(store, claim_root(store, photos)[0])
    os.utime(bad, ns=(1, 1))
    assert run(store, photos, encoder)[0].failed == 1
    assert failed_signatures(store, claim_root(store, photos)[0]) != first
    assert len(failed(store)) == 1
    picture("bad.png", "lime")
    assert run(store, photos, encoder)[0].encoded == 1
    assert failed(store) == []


def test_a_reindex_tries_failures_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    cut(picture("bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    assert run(store, photos, encoder, reindex=True)[0].failed == 1
    assert len(failed(store)) == 1


def test_failures_of_files_that_are_gone_are_dropped(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("good.png", "red")
    gone, kept = cut(picture("gone.png", "red", (300, 300))), cut(picture("kept.png", "red", (300, 300)))
    cut(picture("sub/gone.png", "red", (300, 300)))
    run(store, photos, encoder)
    gone.unlink()
    shutil.rmtree(photos / "sub")
    assert run_without_model(store, photos).failed_before == 1
    assert failed(store) == [kept]


def test_a_run_over_a_part_drops_only_what_was_there(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("good.png", "red")
    gone = [cut(picture(name, "red", (300, 300))) for name in ("a/1.png", "b/1.png", "b/2.png")]
    picture("a/good.png", "red")
    picture("b/good.png", "red")
    run(store, photos, encoder)
    for path in gone:
        path.unlink()
    run_without_model(store, photos / "a")
    assert failed(store) == gone[1:]
    index_paths(store, [gone[1]], lambda: pytest.fail("nothing is to be encoded"), Recorder(), workers=0)
    assert failed(store) == gone[2:]


def test_failures_out_of_reach_are_kept(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    cut(picture("drive/bad.png", "red", (300, 300)))
    cut(picture(".hidden/bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    run(store, photos / ".hidden", encoder)
    before = failed(store)
    assert len(before) == 2
    (photos / "drive").rename(tmp_path / "away")
    (photos / "drive").mkdir()
    run_without_model(store, photos)
    assert failed(store) == before, "an empty folder may be a drive that is not mounted"
    photos.rename(tmp_path / "photos away")
    photos.mkdir()
    run_without_model(store, photos)
    assert failed(store) == before
    photos.rmdir()
    with pytest.raises(FolderError):
        run_without_model(store, photos)
    assert failed(store) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_failures_in_a_folder_that_can_not_be_read_are_kept(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    bad = cut(picture("closed/bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    (photos / "closed").chmod(0)
    try:
        run_without_model(store, photos)
    finally:
        (photos / "closed").chmod(0o700)
    assert failed(store) == [bad]


def test_failures_of_files_that_are_left_out_now_are_dropped(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    cut(picture("raw/bad.png", "red", (300, 300)))
    picture("good.png", "red")
    run(store, photos, encoder)
    set_rules(store, claim_root(store, photos)[0], ScanRules(exclude=("raw/",)))
    run_without_model(store, photos)
    assert failed(store) == []


def test_a_failure_has_one_row_and_is_dropped_only_if_its_file_is_surely_gone(
    store: Store, photos: Path, picture: MakePicture
) -> None:
    root, _ = claim_root(store, photos)
    remember_failure(store, root, FoundFile("gone/a.png", 1, 2), "truncated")
    remember_failure(store, root, FoundFile("gone/a.png", 3, 4, 5), "truncated again")
    assert failed_signatures(store, root) == {"gone/a.png": FoundFile("gone/a.png", 3, 4, 5)}
    drop_gone_failures(store, root, ["gone/a.png"])
    assert len(failed(store)) == 1, "the root is empty, so it may not be mounted"
    picture("here.png", "red")
    drop_gone_failures(store, root, ["gone/a.png", "never/known.png"])
    assert failed(store) == []


def test_below_a_folder_and_names_that_are_not_utf8(store: Store, photos: Path, tmp_path: Path) -> None:
    root, _ = claim_root(store, photos)
    odd = os.fsdecode(b"sub/caf\xe9.png")
    for path in (odd, "sub/b.png", "submarine.png"):
        remember_failure(store, root, FoundFile(path, 1, 2), "truncated")
    assert failed(store) == [photos / "sub" / "b.png", photos / odd, photos / "submarine.png"]
    below = known_failures(store, photos / "sub")
    assert [one.path.name for one in below] == ["b.png", odd[4:]]
    assert len(known_failures(store, tmp_path)) == 3
    with pytest.raises(FolderError, match="check the name"):
        known_failures(store, tmp_path / "unknown")
    assert forget_failures(store, below) == 2
    assert failed(store) == [photos / "submarine.png"]


def test_a_picture_that_breaks_becomes_a_failure(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    path = picture("a.png", "red", (300, 300))
    picture("b.png", "red")
    run(store, photos, encoder)
    cut(path)
    run(store, photos, encoder)
    assert (indexed_names(store), failed(store)) == ({"b.png"}, [path]), "a file is a picture or a failure"


def listed(store: Store, photos: Path) -> dict[str, bool]:
    """Return what failed, relative to the pictures' folder, and whether for good."""
    return {one.path.relative_to(photos).as_posix(): one.lasting for one in known_failures(store)}


def listed_as_counted(store: Store, summary: Summary) -> bool:
    """Say whether as many failures are listed as a run has counted."""
    counted = summary.failed_before + summary.problems - len(summary.missing)
    return len(known_failures(store)) == counted


class Trouble:
    """Something that a run has to leave out: how it is made, what is reported, and how it is mended."""

    def __init__(self, path: str, make: Callable[[Path], object], mend: Callable[[Path], object]) -> None:
        self.path, self.make, self.mend = path, make, mend


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)


TROUBLES = {
    "a broken link": Trouble("link.jpg", lambda path: path.symlink_to("nowhere"), lambda path: path.unlink()),
    "a link loop": Trouble("loop.jpg", lambda path: path.symlink_to(path.name), lambda path: path.unlink()),
    "a link to a folder around it": Trouble("up", lambda path: path.symlink_to("."), lambda path: path.unlink()),
    "a FIFO": Trouble("fifo.png", os.mkfifo, lambda path: path.unlink()),
    "a socket": Trouble("socket.png", lambda path: os.mknod(path, 0o140600), lambda path: path.unlink()),
    "a pattern": Trouble(".clipsearchignore", lambda path: _write(path, "[z-a].png\n"), lambda path: _write(path, "")),
    "two patterns": Trouble(
        ".clipsearchignore", lambda path: _write(path, "[z-a].png\n[y-b].jpg\n"), lambda path: path.unlink()
    ),
    "a link in a subfolder": Trouble("a/x.png", lambda path: path.symlink_to("no"), lambda path: path.unlink()),
    "a name that is not UTF-8": Trouble(
        os.fsdecode(b"caf\xe9.png"), lambda path: path.symlink_to("no"), lambda path: path.unlink()
    ),
}


@pytest.mark.parametrize("kind", TROUBLES)
def test_what_a_scan_counts_is_listed_until_it_is_mended(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, kind: str
) -> None:
    trouble = TROUBLES[kind]
    picture("a/good.png", "red")
    cut(picture("bad.png", "red", (300, 300)))
    trouble.make(photos / trouble.path)
    for _ in range(3):
        summary, _ = run(store, photos, encoder)
        assert listed_as_counted(store, summary)
        assert listed(store, photos) == {trouble.path: False, "bad.png": True}
    trouble.mend(photos / trouble.path)
    summary = run_without_model(store, photos)
    assert listed_as_counted(store, summary) and listed(store, photos) == {"bad.png": True}


def test_a_run_that_finds_the_same_troubles_writes_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("good.png", "red")
    (photos / "link.png").symlink_to("nowhere")
    run(store, photos, encoder)
    before = known_failures(store), store.db.conn.total_changes
    run_without_model(store, photos)
    assert known_failures(store) == before[0] and "broken" in before[0][0].reason
    changes = store.db.conn.total_changes
    run_without_model(store, photos)
    assert store.db.conn.total_changes - changes <= 1, "only when the root was indexed"


def test_what_can_not_be_read_now_is_listed_and_tried_again(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose reading fails in one run, as on a drive with a loose cable."""
    import indexer.engine.frames as frames

    picture("good.png", "red")
    shaky = picture("shaky.png", "lime")
    read = frames.read_content

    def fail(root: Path, path: str) -> Any:
        if path == "shaky.png":
            raise UnreachablePicture("no permission to read it")
        return read(root, path)

    with monkeypatch.context() as patch:
        patch.setattr(frames, "read_content", fail)
        for _ in range(2):
            summary, _ = run(store, photos, encoder)
            (failure,) = known_failures(store)
            assert listed_as_counted(store, summary) and summary.failed == 1
            assert (failure.path, failure.lasting, failure.size) == (shaky, False, shaky.stat().st_size)
    assert run(store, photos, encoder)[0].encoded == 1
    assert known_failures(store) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_listed_until_it_can_be_read(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("closed/in.png", "red")
    picture("good.png", "red")
    (photos / "closed").chmod(0)
    try:
        summary, _ = run(store, photos, encoder)
        assert listed_as_counted(store, summary) and listed(store, photos) == {"closed": False}
    finally:
        (photos / "closed").chmod(0o700)
    run(store, photos, encoder)
    assert known_failures(store) == []


def test_a_root_that_is_away_is_listed_until_it_is_back(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("good.png", "red")
    run(store, photos, encoder)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(photos / "good.png", other / "b.png")
    run(store, other, encoder)
    photos.rename(tmp_path / "away")
    summary = run_without_model(store)
    (failure,) = known_failures(store)
    assert failure.path == photos and not failure.lasting and listed_as_counted(store, summary)
    assert known_failures(store, photos) == [failure] and forget_failures(store, [failure]) == 1
    run_without_model(store)
    (tmp_path / "away").rename(photos)
    run_without_model(store)
    assert known_failures(store) == []
    summary = run_without_model(store, other, tmp_path / "nowhere")
    assert listed_as_counted(store, summary) and summary.missing, "a mistyped name is no failure of a picture"


def test_a_part_of_a_root_settles_only_what_is_in_it(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    picture("a/good.png", "red")
    links = [photos / name for name in ("a/link.png", "b.png")]
    for link in links:
        link.symlink_to("nowhere")
    run(store, photos, encoder)
    for link in links:
        link.unlink()
    _write(photos / ".clipsearchignore", "[z-a].png\n")
    run_without_model(store, photos / "a")
    assert listed(store, photos) == {"b.png": False, ".clipsearchignore": False}
    _write(photos / ".clipsearchignore", "[a-z].gif\n")
    run_without_model(store, photos / "a")
    assert listed(store, photos) == {"b.png": False}
    index_paths(store, [links[1]], lambda: pytest.fail("nothing is to be encoded"), Recorder(), workers=0)
    assert listed(store, photos) == {}


def test_a_file_that_lacked_an_extra_is_tried_again_once_that_is_there(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("good.png", "red")
    raw = picture("raw.png", "lime")
    status = raw.stat()
    root, _ = claim_root(store, photos)
    file = FoundFile("raw.png", status.st_size, status.st_mtime_ns)
    remember_failure(store, root, file, f"a RAW file, which {needs_extra('raw')}")
    with monkeypatch.context() as patch:
        patch.setattr(installation, "find_spec", lambda _: None)
        for _ in range(3):
            summary, listener = run(store, photos, encoder)
            assert summary.failed_before == 1 and not listener.problems, "it is not reported by each run"
    monkeypatch.setattr(installation, "find_spec", lambda name: name)
    assert run(store, photos, encoder)[0].encoded == 1 and known_failures(store) == []
