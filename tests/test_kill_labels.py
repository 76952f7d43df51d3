"""Tests of what is left when a correction or an export is killed, and when others label meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import main
from indexer.store.corrections import correct, undo_last
from indexer.store.facts import facts_in
from indexer.store.labels import find_label_set, labels_in
from indexer.store.store import Store
from search.checking.run import Check, is_sound
from search.labels.labelling import label_library
from search.labels.make_recipe import make_recipe
from search.library.library import Library
from tests.conftest import REPOSITORY, MakePicture, run
from tests.fakes import ColourEncoder

PICTURES = 40
KILLS = 8
BEGIN = """
    import sys
    from pathlib import Path
    from indexer.store.corrections import correct
    from indexer.store.labels import find_label_set
    from indexer.store.store import Store
    from search.library.library import Library
    from tests.fakes import ColourEncoder

    store = Store.open(Path(sys.argv[1]))
    library = Library.with_encoder(store, ColourEncoder())
    images = [row[0] for row in store.db.execute("SELECT id FROM images ORDER BY id")]
    mine = find_label_set(store, "mine")
    print("begun", flush=True)
"""
CORRECTS = """
    for number in range(10_000):
        act = correct(store, mine.id, images, ["red", "blue"][number % 2 :][:1], "ann")
        print(act.id, flush=True)
"""
LABELS = """
    from search.labels.labelling import label_library
    from search.labels.make_recipe import make_recipe

    for number in range(10_000):
        recipe = make_recipe("red,blue", other=False, threshold=[0.1, 0.2][number // 3 % 2])
        label_library(library, recipe, name="mine", again=True)
        print(number, flush=True)
"""
EXPORTS = """
    from server.labelling.label_models import ExportBody
    from server.labelling.sidecar_plans import exported

    plan = exported(store.folder, library, mine, ExportBody())["plan"]
    print("planned", flush=True)
    exported(store.folder, library, mine, ExportBody(dry_run=False, plan=plan))
"""


@pytest.fixture
def labelled(store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder) -> Library:
    """Some pictures that the model takes for red, and all of which it has labelled."""
    for number in range(PICTURES):
        picture(f"{number}.png", f"rgb({200 + number}, {number}, 0)")
    run(store, photos, encoder)
    library = Library.with_encoder(store, encoder)
    label_library(library, make_recipe("red,blue", other=False, threshold=0.1), name="mine")
    return library


@contextmanager
def other_process(store: Store, program: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in another process, which is killed in the end; it has begun when the block does."""
    with log.open("w") as output:
        code = textwrap.dedent(BEGIN) + textwrap.dedent(program)
        process = subprocess.Popen([sys.executable, "-c", code, str(store.folder)], cwd=REPOSITORY, stdout=output)
    try:
        wait_for(process, log, 1)
        yield process
    finally:
        process.kill()
        process.wait(60)


def wait_for(process: subprocess.Popen[bytes], log: Path, lines: int) -> None:
    deadline = time.monotonic() + 120
    while log.read_text().count("\n") < lines:
        assert time.monotonic() < deadline and process.poll() in (None, 0)
        if process.poll() is not None:
            return
        time.sleep(0.01)


def model_labels(store: Store) -> list[Any]:
    found = sorted(labels_in(store, find_label_set(store, "mine").id))
    return [(image, name, round(probability, 6)) for image, name, probability in found]


def test_a_killed_correction_is_there_as_a_whole_or_not_at_all(labelled: Library, tmp_path: Path) -> None:
    store, chance = labelled.store, random.Random(4)
    before, committed = model_labels(store), 0
    for number in range(KILLS):
        log = tmp_path / f"log {number}"
        with other_process(store, CORRECTS, log) as process:
            wait_for(process, log, 3 + chance.randrange(4))  # it has begun, and made some corrections
            time.sleep(chance.uniform(0.0, 0.03))
            process.kill()
            process.wait(60)
        reported = [int(line) for line in log.read_text().splitlines(keepends=True)[1:] if line.endswith("\n")]
        acts = store.db.execute(
            "SELECT a.id, count(c.image) FROM correction_acts a LEFT JOIN corrections c ON c.act = a.id GROUP BY a.id"
        ).fetchall()
        assert set(reported) <= {act for act, _ in acts}, "what was answered is there"
        assert {pictures for _, pictures in acts} <= {PICTURES}, "each act with all of its pictures"
        assert len(acts) - committed - len(reported) in (0, 1), "at most the one that was not answered yet"
        committed = len(acts)
        assert is_sound(list(Check(store, repair=False))) and len(facts_in(store, 1)) == (PICTURES if acts else 0)
    assert committed > KILLS
    for _ in range(committed):
        assert len(undo_last(store, 1).images) == PICTURES
    assert model_labels(store) == before and not facts_in(store, 1)


def test_what_is_said_while_another_process_labels_holds(labelled: Library, tmp_path: Path) -> None:
    store, log = labelled.store, tmp_path / "log"
    images = [row[0] for row in store.db.execute("SELECT id FROM images ORDER BY id")]
    said: dict[int, str] = {}
    with other_process(store, LABELS, log) as process:
        for number, image in enumerate(images * 2):
            said[image] = ["red", "blue", "other"][number % 3]
            correct(store, 1, [image], [said[image]], "ann")
            assert facts_in(store, 1, [image])[image].labels == (said[image],)
            time.sleep(0.01)
        wait_for(process, log, log.read_text().count("\n") + 4)  # it goes on after the last word
    assert {image: fact.labels[0] for image, fact in facts_in(store, 1).items()} == said
    assert {image: name for image, name, probability in labels_in(store, 1) if probability == 1.0} == said
    assert is_sound(list(Check(store, repair=False)))


def test_a_killed_export_is_taken_back_and_what_was_said_is_there(
    labelled: Library, tmp_path: Path, photos: Path
) -> None:
    store, chance = labelled.store, random.Random(2)
    images = [row[0] for row in store.db.execute("SELECT id FROM images ORDER BY id")]
    correct(store, 1, images[:5], ["blue"], "ann")
    seen = set()
    for number in range(6):
        log = tmp_path / f"log {number}"
        with other_process(store, EXPORTS, log) as process:
            wait_for(process, log, 2)
            while number % 3 and process.poll() is None and not list(photos.rglob("*.xmp")):
                time.sleep(0.001)
            time.sleep(chance.uniform(0.0, 0.02))
            process.kill()
            process.wait(60)
        written = len(list(photos.glob("*.xmp")))
        seen.add(written)
        assert len(facts_in(store, 1)) == 5
        if written:
            undone = CliRunner().invoke(main, ["undo", "--library", str(store.folder)])
            assert undone.exit_code == 0, undone.output
        assert not list(photos.glob("*.xmp")), "all of it is taken back"
    assert max(seen) > 0, "some were killed when sidecars were written already"
