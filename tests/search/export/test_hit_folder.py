"""Tests of search.export.hit_folder: copies and links that overwrite nothing and harm no original."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.errors import FolderError, LibraryError, OutputError
from indexer.store.store import Store
from search.export.collected import Collected
from search.export.hit_folder import copy_hits, link_hits, root_around
from search.export.manifest import MANIFEST
from search.journal import links_and_copies
from search.journal.journal import Journal
from search.journal.journal_files import FOLDER
from search.results import Hit
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.search.export.conftest import hits, names

Collect = Callable[..., Collected]


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_copies_are_the_same_bytes_and_keep_their_time(library: Path, best: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    os.utime(path, ns=(10**18, 10**18 + 123_456_789))
    before = path.stat()
    done = copy_hits(hits(path), best, library)
    assert [(made.name, how) for _, made, how in done.made] == [("a.png", "copy")]
    copy = best / "a.png"
    assert copy.read_bytes() == path.read_bytes() and not copy.samefile(path)
    assert copy.stat().st_mtime_ns == before.st_mtime_ns
    assert (path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_nlink) == (
        before.st_mtime_ns,
        before.st_mode,
        1,
    )


def test_a_taken_name_gets_a_number_and_is_never_overwritten(library: Path, best: Path, picture: MakePicture) -> None:
    first, second, third = picture("a/x.png", "red"), picture("b/x.png", "blue"), picture("c/x.png", "lime")
    best.mkdir(parents=True)
    (best / "x.png").write_text("a person's own")
    (best / "x-3.png").symlink_to("nowhere")
    copy_hits(hits(first, second, third), best, library)
    assert names(best) == ["x-2.png", "x-3.png", "x-4.png", "x-5.png", "x.png"]
    assert (best / "x.png").read_text() == "a person's own"
    assert (best / "x-4.png").read_bytes() == second.read_bytes()


def test_the_same_picture_is_there_once(library: Path, best: Path, picture: MakePicture) -> None:
    path, video = picture("a.png", "red"), picture("v.mp4.png", "blue").rename(picture("a.png", "red").parent / "v.mp4")
    moments = [Hit(video, 0.9, 3.0), Hit(path, 0.8), Hit(video, 0.7, 9.0)]
    done = copy_hits(moments, best, library)
    assert [(hit.path.name, hit.score) for hit, _, _ in done.made] == [("v.mp4", 0.9), ("a.png", 0.8)]
    for collect in (copy_hits, link_hits):
        again = collect(moments, best, library)
        assert (again.made, len(again.there), names(best)) == ([], 2, ["a.png", "v.mp4"])
    assert len(list((library / FOLDER).iterdir())) == 1, "nothing was done, so there is nothing to undo"


def test_copying_into_the_originals_own_folder_does_nothing(library: Path, picture: MakePicture, photos: Path) -> None:
    path = picture("a.png", "red")
    assert len(copy_hits(hits(path), photos, library).there) == 1
    assert len(link_hits(hits(path), photos, library, "symbolic").there) == 1
    assert names(photos) == ["a.png"]


def test_hard_and_symbolic_links(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    (tmp_path / "alias.png").symlink_to(path)
    link_hits(hits(tmp_path / "alias.png"), tmp_path / "hard", library)
    link_hits(hits(path), tmp_path / "symbolic", library, "symbolic")
    assert not (tmp_path / "hard" / "alias.png").is_symlink() and (tmp_path / "hard" / "alias.png").samefile(path)
    assert (tmp_path / "symbolic" / "a.png").readlink() == path


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM])
def test_where_hard_links_can_not_be_they_are_symbolic_unless_asked_for(
    library: Path, best: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    path = picture("a.png", "red")
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OutputError, match="--link-kind"):
        link_hits(hits(path), best, library, "hard")
    assert [how for _, _, how in link_hits(hits(path), best, library).made] == ["symbolic"]
    assert [how for _, _, how in copy_hits(hits(path), best.with_name("copies"), library).made] == ["copy"]


def test_numbered_names_sort_by_rank(library: Path, best: Path, picture: MakePicture) -> None:
    copy_hits(hits(picture("b.png", "red"), picture("a.png", "blue")), best, library, numbered=True)
    assert names(best) == ["001-b.png", "002-a.png"]


def test_originals_that_can_not_be_read_are_told_and_the_rest_is_done(
    library: Path, best: Path, picture: MakePicture, photos: Path
) -> None:
    os.mkfifo(photos / "pipe.png")
    (photos / "loop.png").symlink_to("loop.png")
    done = copy_hits(
        hits(photos / "gone.png", photos / "pipe.png", photos / "loop.png", picture("a.png", "red")), best, library
    )
    assert [path.name for path, _ in done.problems] == ["gone.png", "pipe.png", "loop.png"]
    assert dict(done.problems)[photos / "gone.png"] == "no such file"
    assert names(best) == ["a.png"]
    assert len(link_hits(hits(photos / "gone.png"), best, library, "symbolic").problems) == 1


def test_a_full_disk_keeps_what_is_whole_and_says_so(
    library: Path, best: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = picture("a.png", "red"), picture("b.png", "blue")
    real = links_and_copies._copied

    def full(source: object, part: Path) -> object:
        if getattr(source, "name", "") == str(second):
            part.write_bytes(b"half")
            no_space()
        return real(source, part)  # type: ignore[arg-type]

    monkeypatch.setattr(links_and_copies, "_copied", full)
    with pytest.raises(OutputError, match=r"disk .* is full: 1 of 3 pictures was copied, and clipsearch undo"):
        copy_hits(hits(first, second, picture("c.png", "lime")), best, library)
    assert names(best) == ["a.png"], "no half file is left"
    assert [one["name"] for one in json.loads((best / MANIFEST).read_text())["files"]] == ["a.png"]


def test_a_disk_that_is_full_for_the_journal_too(
    library: Path, best: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture("a.png", "red")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", no_space)
        with pytest.raises(LibraryError, match="nothing was done"):
            copy_hits(hits(path), best, library)
    assert not best.exists()


def test_a_folder_that_can_not_be_written_to(
    library: Path, best: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    path = picture("a.png", "red")
    (best.parent.parent / "file").write_text("")
    for folder in (best.parent.parent / "file", best.parent.parent / "file" / "sub"):
        with pytest.raises((FolderError, OutputError), match=r"is no folder|can't be written to"):
            copy_hits(hits(path), folder, library)
    journal = Journal(library / "x-1.jsonl", "copy")
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LibraryError, match="permissions of the library"):
        copy_hits(hits(path), best, library)
    monkeypatch.setattr(Journal, "begin", lambda *_: journal)
    with pytest.raises(OutputError, match=r"Permission denied.*0 of 1 picture .*check its permissions"):
        copy_hits(hits(path), best, library)


def test_a_name_that_someone_else_takes_at_the_last_moment_is_left(
    library: Path, best: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture("a.png", "red")
    real = links_and_copies._copied

    def slow(source: object, part: Path) -> object:
        if not (best / "a.png").exists():
            (best / "a.png").write_text("someone else's")
        return real(source, part)  # type: ignore[arg-type]

    monkeypatch.setattr(links_and_copies, "_copied", slow)
    done = copy_hits(hits(path), best, library)
    assert (best / "a.png").read_text() == "someone else's"
    assert [made.name for _, made, _ in done.made] == ["a-2.png"]


def test_the_root_around_a_folder(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    assert root_around(tmp_path / "library", photos / "x" / "y") == photos
    assert root_around(tmp_path / "library", photos) == photos
    assert root_around(tmp_path / "library", tmp_path / "photos2") is None
