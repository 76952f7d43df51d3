"""Tests of roots and their command: listing, adding, removing and moving what the library is about."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import click
import pytest

import cli.output.rows
from cli.main import main
from cli.options.basic import changed_rules
from indexer.errors import FolderError, InvalidRequest
from indexer.files.ignore import ScanRules
from indexer.files.mounts import state_of
from indexer.store.failures import known_failures
from indexer.store.lock import only_writer
from indexer.store.moving_roots import move_root
from indexer.store.pictures import image_at
from indexer.store.roots import add_root, claim_root, roots, set_rules
from indexer.store.store import Store
from tests.cli.test_main import Invoke, clipsearch, indexed, one_sentence
from tests.conftest import MakePicture, run
from tests.fakes import ColourEncoder
from tests.label_sets import store_labels

__all__ = ["clipsearch", "indexed"]  # fixtures


def ids(store: Store, *paths: Path) -> list[int | None]:
    return [found[0] if (found := image_at(store, path)) else None for path in paths]


def root_paths(store: Store) -> list[Path]:
    return [root.path for root in roots(store)]


def count(store: Store, table: str) -> int:
    return int(store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def label_all(store: Store) -> None:
    """Give every picture a label."""
    ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
    store_labels(store, ["a"], [(image, "a", 1.0) for image in ids])


# -- moving -------------------------------------------------------------------------------------------------


def test_a_moved_root_keeps_ids_embeddings_and_labels(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    picture(os.fsdecode(b"sub/caf\xe9.png"), "blue")
    run(store, photos, encoder)
    label_all(store)
    new = photos.rename(tmp_path / "pictures")
    done = move_root(store, photos, new)
    assert (done.folder, done.root.path, done.pictures, done.found, done.merged) == (new, new, 2, 2, 0)
    assert root_paths(store) == [new]
    assert ids(store, new / "a.png", new / "sub" / os.fsdecode(b"caf\xe9.png")) == [1, 2]
    assert (count(store, "embeddings"), count(store, "labels")) == (2, 2)
    summary, _ = run(store, new, encoder)
    assert (summary.encoded, summary.unchanged, summary.forgotten, summary.moved) == (0, 2, 0, 0)


def test_a_place_without_the_pictures_is_refused(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    gone = picture("a.png", "red")
    run(store, photos, encoder)
    (tmp_path / "other").mkdir()
    with pytest.raises(FolderError, match=r"None of 1 pictures .* --force"):
        move_root(store, photos, tmp_path / "other")
    assert root_paths(store) == [photos]
    assert move_root(store, photos, tmp_path / "other", force=True).found == 0
    assert root_paths(store) == [tmp_path / "other"]
    assert ids(store, gone, tmp_path / "other" / "a.png") == [None, 1]


def test_what_can_not_be_moved(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    file = picture("sub/a.png", "red")
    run(store, photos, encoder)
    with pytest.raises(FolderError, match=r"only whole roots .*: clipsearch index /"):
        move_root(store, photos / "sub", tmp_path)
    with pytest.raises(FolderError, match="not a root of this library; see: clipsearch roots list"):
        move_root(store, tmp_path / "unknown", photos)
    with pytest.raises(FolderError, match="There is no folder"):
        move_root(store, photos, tmp_path / "nowhere")
    with pytest.raises(FolderError, match="is a file"):
        move_root(store, photos, file)
    with pytest.raises(InvalidRequest, match="there already"):
        move_root(store, photos, photos)


def test_a_root_with_nothing_in_it_moves_anywhere(store: Store, photos: Path, tmp_path: Path) -> None:
    claim_root(store, tmp_path / "gone")
    assert move_root(store, tmp_path / "gone", photos).pictures == 0
    assert root_paths(store) == [photos]


def test_a_new_place_that_was_indexed_already_is_merged(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    """Renamed, indexed under the new name, and only then told of."""
    picture("a.png", "red")
    changed = picture("b.png", "red")
    (photos / "bad.png").write_text("text")
    run(store, photos, encoder)
    label_all(store)
    set_rules(store, roots(store)[0], ScanRules(include_hidden=True))
    new = photos.rename(tmp_path / "pictures")
    picture("new.png", "lime")
    shutil.move(photos / "new.png", new / "new.png")
    picture("b.png", "blue", (17, 12))
    shutil.move(changed, new / "b.png")
    photos.rmdir()
    assert run(store, new, encoder)[0].copied == 1
    assert count(store, "images") == 5
    done = move_root(store, photos, new)
    assert (done.pictures, done.merged) == (2, 2)
    assert ids(store, new / "a.png", new / "b.png") == [1, 2], "the rows with labels stay"
    assert ids(store, new / "new.png") != [None]
    assert (count(store, "images"), count(store, "labels"), count(store, "embeddings")) == (3, 2, 3)
    assert [failure.path for failure in known_failures(store)] == [new / "bad.png"]
    assert [root.rules.include_hidden for root in roots(store)] == [True]
    summary, _ = run(store, new, encoder)
    assert (summary.encoded, summary.unchanged, summary.failed_before) == (1, 2, 1), "b.png has other bytes now"
    assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_failure_gives_way_to_the_picture(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    (photos / "a.png").write_text("text")
    picture("b.png", "red")
    run(store, photos, encoder)
    new = photos.rename(tmp_path / "pictures")
    picture("a.png", "lime")
    shutil.move(photos / "a.png", new / "a.png")
    run(store, new, encoder)
    move_root(store, photos, new)
    assert known_failures(store) == []
    assert run(store, new, encoder)[0].unchanged == 2


def test_into_another_root_the_pictures_become_its_own(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    picture("x.png", "lime")
    shutil.move(photos / "x.png", nas / "x.png")
    picture("a.png", "red")
    (photos / "bad.png").write_text("text")
    run(store, nas, encoder)
    run(store, photos, encoder)
    label_all(store)
    before = ids(store, photos / "a.png")
    new = photos.rename(nas / "photos")
    run(store, nas, encoder)  # has made a second row of it
    done = move_root(store, photos, new)
    assert (done.root.path, done.folder, done.merged) == (nas, new, 1)
    assert root_paths(store) == [nas]
    assert ids(store, new / "a.png") == before
    assert count(store, "labels") == 2
    assert [failure.path for failure in known_failures(store)] == [new / "bad.png"]
    summary, _ = run(store, nas, encoder)
    assert (summary.encoded, summary.unchanged, summary.forgotten, summary.failed_before) == (0, 2, 0, 1)


def test_into_another_root_that_leaves_the_place_out_is_refused(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    root, _ = claim_root(store, nas)
    set_rules(store, root, ScanRules(exclude=("private/",)))
    picture("a.png", "red")
    run(store, photos, encoder)
    new = photos.rename(nas / "private")
    with pytest.raises(FolderError, match=r"leaves .* out"):
        move_root(store, photos, new)
    assert root_paths(store) == [nas, photos]
    move_root(store, photos, new, force=True)
    assert root_paths(store) == [nas]


def test_around_other_roots_takes_them_over(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("2024/a.png", "red")
    picture("b.png", "lime")
    run(store, photos, encoder)
    before = ids(store, photos / "2024" / "a.png", photos / "b.png")
    new = photos.rename(tmp_path / "pictures")
    run(store, new / "2024", encoder)
    claim_root(store, new / "unmounted")
    assert move_root(store, photos, new).merged == 1
    assert root_paths(store) == [new, new / "unmounted"]
    assert ids(store, new / "2024" / "a.png", new / "b.png") == before


@pytest.mark.parametrize("inwards", [True, False])
def test_into_or_out_of_itself(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, inwards: bool, tmp_path: Path
) -> None:
    old, new = (photos, photos / "all") if inwards else (photos / "all", photos)
    path = picture("a.png" if inwards else "all/a.png", "red")
    run(store, old, encoder)
    new.mkdir(exist_ok=True)
    shutil.move(path, new / "a.png")
    move_root(store, old, new)
    assert root_paths(store) == [new]
    assert run(store, new, encoder)[0].unchanged == 1


def test_two_roots_change_places_by_way_of_a_third(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    one, other = picture("1/a.png", "red"), picture("2/b.png", "lime")
    run(store, one.parent, encoder)
    run(store, other.parent, encoder)
    one.parent.rename(photos / "3")
    move_root(store, one.parent, photos / "3")
    other.parent.rename(photos / "1")
    move_root(store, other.parent, photos / "1")
    (photos / "3").rename(photos / "2")
    move_root(store, photos / "3", photos / "2")
    assert ids(store, photos / "2" / "a.png", photos / "1" / "b.png") == [1, 2]


def test_a_link_left_behind_is_still_the_roots_old_name(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    new = photos.rename(tmp_path / "pictures")
    photos.symlink_to(new)
    (tmp_path / "link").symlink_to(tmp_path)
    move_root(store, tmp_path / "link" / "photos", new)
    assert root_paths(store) == [new]


def test_a_move_that_fails_changes_nothing(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    picture("a.png", "red")
    run(store, photos, encoder)
    new = Path(shutil.copytree(photos, tmp_path / "pictures"))
    run(store, new, encoder)
    store.db.execute("CREATE TRIGGER no BEFORE UPDATE OF path ON roots BEGIN SELECT raise(ABORT, 'no'); END")
    before = list(store.db.conn.iterdump())
    with pytest.raises(Exception, match="no"):
        move_root(store, photos, new)
    assert list(store.db.conn.iterdump()) == before


def test_claiming_a_folder_whose_pictures_an_inner_root_has_too(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, tmp_path: Path
) -> None:
    """A drive that was away while the folder around it was indexed has come back."""
    picture("a.png", "red")
    picture("usb/b.png", "lime")
    (photos / "usb" / "bad.png").write_text("text")
    run(store, photos / "usb", encoder)
    (photos / "usb").rename(tmp_path / "away")
    run(store, photos, encoder)
    (tmp_path / "away").rename(photos / "usb")
    outer = roots(store)[1]
    store.db.execute(
        "INSERT INTO images (root, path, size, mtime_ns, width, height, format, indexed_at)"
        " SELECT ?, 'usb/' || path, size, mtime_ns, width, height, format, indexed_at FROM images WHERE id = 1",
        [outer.id],
    )
    assert run(store, photos, encoder)[0].unchanged == 2
    assert root_paths(store) == [photos]
    assert ids(store, photos / "usb" / "b.png") == [1]
    assert [failure.path for failure in known_failures(store)] == [photos / "usb" / "bad.png"]


# -- adding and listing -------------------------------------------------------------------------------------


def test_adding_indexes_nothing(store: Store, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    picture("sub/a.png", "red")
    root, below = add_root(store, photos, changed_rules(("*.tif",), None, True))
    assert (root.path, below, root.rules) == (photos, "", ScanRules(("*.tif",), False, True))
    assert roots(store) == [root]
    assert add_root(store, photos / "sub")[1] == "sub"
    assert (root_paths(store), count(store, "images")) == ([photos], 0)
    with pytest.raises(InvalidRequest, match="whole root; name it: clipsearch roots add"):
        add_root(store, photos / "sub", changed_rules(("*.tif",), None, None))
    assert add_root(store, tmp_path)[0].path == tmp_path
    assert root_paths(store) == [tmp_path], "a root takes over those inside"


def test_rules_that_are_not_named_stay() -> None:
    before = ScanRules(("a", "b"), True, False)
    assert changed_rules((), None, None) is None
    for given, after in {
        ((), False, None): ScanRules(("a", "b"), False, False),
        (("c", "c"), None, True): ScanRules(("c",), True, True),
        (("",), None, None): ScanRules((), True, False),
    }.items():
        change = changed_rules(*given)  # type: ignore[arg-type]
        assert change and change(before) == after
    with pytest.raises(click.BadParameter, match=r"not a pattern for --exclude: \["):
        changed_rules(("[",), None, None)


def test_states(photos: Path, picture: MakePicture) -> None:
    assert state_of(photos) == "empty"
    assert state_of(photos / "gone") == "not there"
    assert state_of(picture("a.png", "red")) == "not there"
    assert state_of(photos) == "mounted"
    (photos / "loop").symlink_to("loop")
    assert state_of(photos / "loop") == "not readable"


# -- the command line ---------------------------------------------------------------------------------------


def test_list(indexed: Invoke, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "later").mkdir()
    indexed("roots", "add", tmp_path / "later", "--exclude", "*.tif", "--exclude", "raw/", "--follow-links")
    lines = [line.split("\t") for line in indexed("roots", "list").stdout.splitlines()]
    assert [line[0] for line in lines] == ["3", "0"]
    assert lines[0][2:] == ["mounted", "-", str(photos)]
    assert lines[1][1:] == ["", "empty", "without *.tif; without raw/; follows links", str(tmp_path / "later")]
    found = json.loads(indexed("roots", "list", "--format", "json").stdout)
    assert found[0]["indexed_at"].endswith("+00:00") and found[1]["indexed_at"] is None
    assert found[1]["rules"] == {"exclude": ["*.tif", "raw/"], "include_hidden": False, "follow_links": True}
    assert indexed("roots", "list", "-0").stdout == f"{photos}\0{tmp_path / 'later'}\0"
    csv = indexed("roots", "list", "--format", "csv").stdout.splitlines()
    assert csv[0] == "pictures,indexed_at,state,rules,path" and len(csv) == 3
    (tmp_path / "later").rmdir()
    assert "not there" in indexed("roots", "list").stdout
    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    assert "mounted" in indexed("roots", "list").stdout
    one_sentence(indexed("roots", "list", "-0", "--format", "csv"), "-0", code=2)


def test_list_without_roots(clipsearch: Invoke, photos: Path) -> None:
    one_sentence(clipsearch("roots", "list"), "no library", "clipsearch index FOLDER")
    clipsearch("roots", "add", photos)
    clipsearch("roots", "remove", photos)
    result = clipsearch("roots", "list", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "No roots" in result.stderr


def test_add(clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    file = picture("a.png", "red")
    picture("b.tif", "red")
    (photos / "sub").mkdir()
    assert f"Added {photos};" in clipsearch("roots", "add", photos).stderr
    assert "is a root already" in clipsearch("roots", "add", photos).stderr
    assert f"is inside the root {photos}" in clipsearch("roots", "add", photos / "sub").stderr
    assert "Changed what" in clipsearch("roots", "add", photos, "--exclude", "*.tif").stderr
    assert "1 encoded" in clipsearch("index").stderr, "the root remembers its patterns"
    one_sentence(clipsearch("roots", "add", photos / "nowhere"), "no folder")
    one_sentence(clipsearch("roots", "add", file), "is a file")
    one_sentence(clipsearch("roots", "add", photos / "sub", "--include-hidden"), "whole root", code=2)
    one_sentence(clipsearch("roots", "add", photos, "--exclude", "["), "not a pattern", code=2)
    assert clipsearch("roots", "add").exit_code == 2
    (tmp_path / "new").mkdir()
    one_sentence(clipsearch("roots", "add", tmp_path / "new", photos / "sub", "--follow-links"), "whole root", code=2)
    assert str(tmp_path / "new") not in clipsearch("roots", "list").stdout, "all or none"


def test_a_mistake_makes_no_library(clipsearch: Invoke, tmp_path: Path) -> None:
    one_sentence(clipsearch("roots", "add", tmp_path / "nowhere"), "no folder")
    assert not (tmp_path / "lib").exists()


def test_remove(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    one_sentence(indexed("roots", "remove", photos / "red.png"), f"index {photos} --exclude /red.png")
    one_sentence(indexed("roots", "remove", photos / "what [now]*"), f"index {photos} --exclude '/what \\[now]\\*'")
    one_sentence(indexed("roots", "remove", tmp_path / "unknown"), "roots list")
    result = indexed("roots", "remove", photos)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 pictures; the files themselves were not touched" in result.stderr
    assert (photos / "red.png").exists()
    assert indexed("query", "red").stdout == ""


def test_the_advice_to_leave_a_folder_out_works_and_keeps_the_other_patterns(indexed: Invoke, photos: Path) -> None:
    indexed("index", photos, "--exclude", "*.gif")
    one_sentence(
        indexed("roots", "remove", photos / "sub"), f"clipsearch index {photos} --exclude '*.gif' --exclude /sub"
    )
    indexed("index", photos, "--exclude", "*.gif", "--exclude", "/sub")
    assert indexed("query", "blue", "--all", "--format", "paths").stdout == f"{photos / 'red.png'}\n"


def test_remove_a_root_whose_drive_is_gone(indexed: Invoke, photos: Path) -> None:
    shutil.rmtree(photos)
    assert "with 3 pictures" in indexed("roots", "remove", f"{photos}/").stderr


def test_remove_asks_on_a_terminal(indexed: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = iter([False, True])

    def confirm(question: str, err: bool) -> bool:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    monkeypatch.setattr(click, "confirm", confirm)
    result = indexed("roots", "remove", photos)
    assert (result.exit_code, "Nothing was forgotten" in result.stderr) == (1, True)
    assert asked == [f"Forget 3 pictures of {photos} and their labels?"]
    assert indexed("roots", "remove", photos).exit_code == 0
    indexed("roots", "add", photos)
    assert indexed("roots", "remove", "--yes", photos).exit_code == 0
    assert len(asked) == 2


def test_move(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    new = photos.rename(tmp_path / "pictures")
    one_sentence(indexed("roots", "move", photos, tmp_path / "lib"), "None of 3", "--force")
    result = indexed("roots", "move", photos, new)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"Moved to {new}: 3 pictures keep" in result.stderr
    assert indexed("query", "red", "-k", "1", "--format", "paths").stdout == f"{new / 'red.png'}\n"
    assert "0 encoded, 3 unchanged, 0 forgotten" in indexed("index").stderr
    assert indexed("roots", "move", new).exit_code == 2


def test_move_tells_what_is_missing_and_what_merged(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    new = photos.rename(tmp_path / "pictures")
    (new / "red.png").unlink()
    indexed("roots", "add", tmp_path)
    indexed("index", new)
    told = indexed("roots", "move", photos, new).stderr
    assert "2 pictures that the library had there already" in told
    assert f"belong to the root {tmp_path}" in told
    assert "Of 3 pictures that were looked for, 2 are there" in told


def test_a_library_that_is_being_indexed_is_left_alone(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store, only_writer(store):
        for command in (["remove", photos], ["add", tmp_path], ["move", photos, tmp_path]):
            one_sentence(indexed("roots", *command), "being indexed")
        assert indexed("roots", "list").exit_code == 0


def test_every_subcommand_has_help_with_an_example() -> None:
    group = main.commands["roots"]
    assert isinstance(group, click.Group) and sorted(group.commands) == ["add", "list", "move", "remove"]
    for command in group.commands.values():
        assert command.help and "Example:" in command.help
        for option in command.params:
            assert not isinstance(option, click.Option) or "Example:" in (option.help or ""), option.opts
