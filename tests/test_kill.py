"""Tests of what is left when a run is killed, or the disk is full: all that was committed, and nothing wrong."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from click.testing import CliRunner
from PIL import Image

import indexer.store.connection
from cli.main import main
from indexer.errors import LibraryBusy
from indexer.files.content import digest_if_unchanged
from indexer.files.found import found_file
from indexer.models import loading as model_choice
from indexer.store.lock import LOCK_NAME, only_writer
from indexer.store.roots import roots
from indexer.store.store import Store
from tests.conftest import REPOSITORY, MakePicture, run
from tests.fakes import ColourEncoder
from tests.processes import command_of

KILLS = 20
LONG = 120.0  # seconds that nothing takes, however busy the machine is
SHARED_MEMORY = Path("/dev/shm")

# Prints a line once it is imported, one when the model is loaded, and one for each commit: the rows that are new in it.
# After so many of its lines it stays where it is, if it is told to.
KILLED_RUN = """
    import json, sys, time
    from pathlib import Path
    from indexer.indexing.run import index
    from indexer.store.store import Store
    from tests.fakes import ColourEncoder, Recorder

    def report(what):
        global lines
        print(json.dumps([time.monotonic(), what]), flush=True)
        lines += 1
        if lines == hold_after:
            time.sleep(3600)

    lines, hold_after = 0, int(sys.argv[3])

    class Slow(ColourEncoder):
        def __init__(self):
            super().__init__()
            time.sleep(0.2)

        def encode_images(self, batch):
            time.sleep(0.02)
            return super().encode_images(batch)

    class Reporting(Recorder):
        def encoding(self, total):
            report("loaded")

        def progress(self, done):
            rows = store.db.execute(
                "SELECT image, hex(content_hash), hex(vector) FROM embeddings JOIN images ON images.id = image"
            ).fetchall()
            report([row for row in rows if row not in reported])
            reported.update(rows)

    with Store.create(Path(sys.argv[1])) as store:
        reported = set(store.db.execute(
            "SELECT image, hex(content_hash), hex(vector) FROM embeddings JOIN images ON images.id = image"
        ).fetchall())
        report("started")
        index(store, [Path(sys.argv[2])], Slow, Reporting(), workers=2)
"""

Row = tuple[int, str, str]  # an id, the hash of the file's bytes and its vector, both in hex


class Killed:
    """A run in another process, and what it reported before its end."""

    def __init__(self, library: Path, photos: Path, reported: Path, hold_after: int = 0) -> None:
        self.reported = reported
        with reported.open("w") as output:
            arguments = [sys.executable, "-c", textwrap.dedent(KILLED_RUN), str(library), str(photos), str(hold_after)]
            self.process = subprocess.Popen(arguments, cwd=REPOSITORY, stdout=output)
        deadline = time.monotonic() + LONG
        while len(self.lines()) < max(1, hold_after):
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.01)

    def lines(self) -> list[tuple[float, Any]]:
        """Return what it reported and when, without a last line that the kill cut."""
        return [json.loads(line) for line in self.reported.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def rows(self) -> set[Row]:
        """Return what it reported as committed."""
        return {tuple(row) for _, what in self.lines() if isinstance(what, list) for row in what}

    def moment(self) -> str:
        """Say how far it came."""
        if self.rows():
            return "between commits"
        return "before a commit" if "loaded" in [what for _, what in self.lines()] else "before the model"

    def kill(self) -> list[psutil.Process]:
        """Kill it as it stands, and return the children that it had; none of them holds the library's lock."""
        try:
            itself = psutil.Process(self.process.pid)
            itself.suspend()  # so that it starts no child while they are counted
            children = itself.children(recursive=True)
            own = command_of(itself)
        except psutil.NoSuchProcess:
            return []
        # One that has just been forked, and does not run its own program yet, has all that the run has, for a moment.
        holders = [child for child in children if command_of(child) not in ([], own) and LOCK_NAME in open_in(child)]
        self.process.kill()
        assert not holders, "decoders hold the lock"
        return children


def open_in(process: psutil.Process) -> set[str]:
    """Return the names of the files that a process has open; of one that has ended, nothing."""
    try:
        return {Path(file.path).name for file in process.open_files()}
    except psutil.Error:
        return set()


def eventually(true: Callable[[], object], told: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline, told
        time.sleep(0.02)


def is_free(store: Store) -> bool:
    """Return whether the library's lock is free."""
    with contextlib.suppress(LibraryBusy), only_writer(store):
        return True
    return False


class Folder:
    """A folder of pictures, each of a colour that no other has; they come, go, change, and are renamed."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        steps = range(0, 256, 15)
        self.colours = [(255, green, blue) for green in steps for blue in steps]
        self.colours += [(red, 255, blue) for red in steps[:-1] for blue in steps]
        chance.shuffle(self.colours)
        self.numbers = iter(range(10**6))

    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def add(self, count: int) -> None:
        for _ in range(count):
            number = next(self.numbers)
            path = self.folder / f"folder {number % 3}" / f"{number}.png"
            path.parent.mkdir(exist_ok=True)
            self.write(path)

    def write(self, path: Path) -> None:
        Image.new("RGB", (self.chance.randrange(10, 20), 12), self.colours.pop()).save(path)

    def stir(self) -> None:
        """Rename, swap, change and remove a few."""
        renamed, first, second, changed, removed = self.chance.sample(self.files(), 5)
        renamed.rename(renamed.with_name(f"renamed {next(self.numbers)}.png"))
        aside = first.rename(first.with_suffix(".aside"))
        second.rename(first)
        aside.rename(second)
        self.write(changed)
        removed.unlink()


def digests(folder: Folder) -> dict[str, Path]:
    """Return the files by the hash of their bytes, in hex as SQLite writes it."""
    found = {}
    for path in folder.files():
        digest = digest_if_unchanged(path, found_file(path.name, path.stat()))
        assert digest
        found[digest.hex().upper()] = path
    return found


def rows(store: Store) -> set[Row]:
    return set(
        store.db.execute(
            "SELECT images.id, hex(content_hash), hex(vector) FROM images JOIN embeddings ON image = images.id"
        ).fetchall()
    )


def assert_sound(store: Store, on_disk: dict[str, Path]) -> None:
    """Assert that nothing in the library is broken, doubled, or of another picture."""

    def value(sql: str) -> Any:
        return store.db.execute(sql).fetchone()[0]

    assert value("PRAGMA integrity_check") == "ok"
    assert not store.db.execute("PRAGMA foreign_key_check").fetchall()
    assert value("SELECT count(*) FROM images") == value("SELECT count(*) FROM embeddings") == len(rows(store))
    paths = value("SELECT count(*) FROM (SELECT DISTINCT root, ifnull(path_bytes, path) FROM images)")
    assert paths == value("SELECT count(*) FROM images"), "no path is known twice"
    assert not value("SELECT count(*) FROM images WHERE instr(CAST(path_bytes AS BLOB), x'00')"), (
        "none kept the name it had during a move"
    )
    for image, digest, vector in rows(store):
        if digest in on_disk:
            colour = np.array(Image.open(on_disk[digest]).getpixel((0, 0)), dtype=np.float32)
            reported = np.frombuffer(bytes.fromhex(vector), "<f2")
            assert np.allclose(reported, colour / np.linalg.norm(colour), atol=2e-3), f"{image} has another's vector"


def left_in_shared_memory(pids: set[int]) -> list[str]:
    """Return the names of what processes have left there, by which multiprocessing says whose it is."""
    names = [path.name for path in SHARED_MEMORY.iterdir()] if SHARED_MEMORY.is_dir() else []
    return [name for name in names if name.startswith(tuple(f"pym-{pid}-" for pid in pids))]


def assert_nothing_is_left(children: list[psutil.Process], pids: set[int]) -> None:
    """Assert that the decoders have ended by themselves, and that no shared memory is left."""
    _, left = psutil.wait_procs(children, timeout=LONG)
    alive = [process for process in left if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    for process in alive:
        process.kill()
    assert not alive, "decoders outlive a killed run"
    assert not left_in_shared_memory(pids)


def test_kills_at_random_moments_lose_and_mix_up_nothing(tmp_path: Path, photos: Path, encoder: ColourEncoder) -> None:
    chance = random.Random(9)
    folder, library = Folder(photos, chance), tmp_path / "library"
    folder.add(30)
    first = Killed(library, photos, tmp_path / "reported by the first")
    assert first.process.wait(LONG) == 0 and len(first.rows()) == 30
    started, first_commit, *_, last_commit = [at for at, what in first.lines() if what != "loaded"]
    per_picture = (last_commit - first_commit) / 26  # the first commit had 4
    committed, children = first.rows(), []
    seen = {"before the model": 0, "before a commit": 0, "between commits": 0, "too late": 0}
    pids: set[int] = set()
    for number in range(KILLS):
        folder.stir()
        folder.add(12)
        pending = len(digests(folder).keys() - {digest for _, digest, _ in committed})
        # Some stay at a moment, as a busy machine might have ended the others by the time that a kill comes.
        hold_after = (0, 1, 0, 2, 0, 3)[number % 6]
        killed = Killed(library, photos, tmp_path / f"reported by {number}", hold_after)
        if not hold_after:
            time.sleep(chance.uniform(0, first_commit - started + per_picture * pending))
        children += killed.kill()
        pids.add(killed.process.pid)
        moment = "too late" if killed.process.wait(LONG) == 0 else killed.moment()
        seen[moment] += 1
        on_disk = digests(folder)
        with Store.open(library) as store:
            eventually(lambda: is_free(store), "the lock is not free")
            assert_sound(store, on_disk)
            after = rows(store)
        gone = {row for row in committed | killed.rows() if row[1] in on_disk} - after
        assert not gone, f"committed, and lost by a kill ({moment})"
        committed = after
    assert_nothing_is_left(children, pids)
    assert min(seen["before the model"], seen["before a commit"], seen["between commits"]) > 0, seen
    with Store.open(library) as store:
        on_disk = digests(folder)
        pending = len(on_disk.keys() - {digest for _, digest, _ in committed})
        summary, _ = run(store, photos, encoder)
        assert (summary.encoded, encoder.images_encoded) == (pending, pending), "nothing is encoded twice"
        assert_sound(store, on_disk)
        assert {digest for _, digest, _ in rows(store)} == on_disk.keys(), "and the library is complete"
        assert len(roots(store)) == 1
        assert run(store, photos, encoder)[0].unchanged == len(on_disk)


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Let databases grow to so many pages only, while the list holds a number."""
    most: list[int] = []
    real = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = real(*arguments, **options)
        if most:
            connection.execute(f"PRAGMA max_page_count = {most[0]}")
        return connection

    monkeypatch.setattr(indexer.store.connection.sqlite3, "connect", connect)
    yield most


def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(
    tmp_path: Path,
    photos: Path,
    picture: MakePicture,
    encoder: ColourEncoder,
    small_disk: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model_choice, "load_encoder", lambda *_: encoder)
    library = tmp_path / "library"
    command = ["index", str(photos), "--library", str(library)]
    with Store.create(library) as store:
        pages = int(store.db.execute("PRAGMA page_count").fetchone()[0])
    for number in range(200):
        picture(f"a rather long name, so that the rows take more of the pages {number:0120}.png", "red")
    small_disk.append(pages + 8)
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1, result.output
    errors = re.findall(r"^Error: .*$", result.stderr, re.MULTILINE)
    assert len(errors) == 1 and re.search("full", errors[0]) and "Traceback" not in result.output, result.stderr
    small_disk.clear()
    with Store.open(library) as store:
        kept = len(rows(store))
        assert 0 < kept < 200, "what was committed is kept"
        assert store.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert store.db.execute("SELECT count(*) FROM images").fetchone()[0] == kept
    encoder.images_encoded = 0
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, encoder.images_encoded) == (0, 200 - kept), result.output
    with Store.open(library) as store:
        assert len(rows(store)) == 200


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount")
def test_a_really_full_disk(tmp_path: Path, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    library = tmp_path / "library"
    library.mkdir()
    mount = shutil.which("mount")
    size = ["-t", "tmpfs", "-o", "size=8m", "tmpfs", str(library)]
    if mount is None or subprocess.run([mount, *size], capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        for number in range(200):
            picture(f"a rather long name, so that the rows take more of the pages {number:0120}.png", "red")
        with Store.create(library) as store:
            disk = os.statvfs(library)
            (library / "ballast").write_bytes(bytes(disk.f_bavail * disk.f_frsize - 400 * 1024))
            with pytest.raises(sqlite3.OperationalError, match="full"):
                run(store, photos, encoder)
            (library / "ballast").unlink()
            assert not store.db.conn.in_transaction, "so that a watcher can go on with it"
            kept = len(rows(store))
            assert 0 < kept < 200 and store.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            summary, _ = run(store, photos, encoder)
        with Store.open(library) as store:
            assert (summary.encoded, len(rows(store))) == (200 - kept, 200)
    finally:
        subprocess.run(["umount", "-l", str(library)], check=True)
