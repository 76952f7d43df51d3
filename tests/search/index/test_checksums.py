"""Attacks: an index file with flipped bytes, cut or extended, which FAISS would take at its word.

Each search is in a process of its own: before, flipped lengths ended it, or asked for terabytes of memory.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.damage import noticing
from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.index.building import open_index, refresh
from search.index.checksums import add_missing_checksum, is_index_name, written_file
from search.index.due import is_due
from tests.search.index.conftest import QUERY, expected, file_of, nearest_ids

ASK = """
import sys
from pathlib import Path
import numpy as np
import search.index.due
search.index.due.EXACT_ROWS = 500
from indexer.store.models import active_model
from indexer.store.store import Store
from search.index.building import open_index
from tests.search.index.conftest import QUERY, nearest_ids
with Store.open(Path(sys.argv[1])) as store:
    content = Path(sys.argv[2]).read_bytes()
    for number, line in enumerate(sys.stdin):
        damaged = bytearray(content)
        for place in map(int, line.split()):
            damaged[place] ^= 0xFF
        Path(sys.argv[2]).write_bytes(damaged)
        print(nearest_ids(open_index(store, active_model(store)), QUERY, 10), flush=True)
"""


def ask(store: Store, model: StoredModel, places: list[list[int]]) -> list[str]:
    """Return what is found with bytes flipped at some places, for each of them."""
    lines = "".join(" ".join(map(str, flipped)) + "\n" for flipped in places)
    command = [sys.executable, "-c", ASK, str(store.folder), str(file_of(store, model).path)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_flipped_bytes_give_the_exact_answer(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    right = str([int(image) for image in expected(store, large, QUERY, 10)])
    size, chance = file_of(store, large).bytes, random.Random(1)
    header = [[place] for place in range(0, 400, 4)]  # magic words, sizes, dimensions
    codes = [chance.sample(range(size), 200) for _ in range(20)]
    single = [[chance.randrange(size)] for _ in range(60)]
    ends = [[size - 1], [size - 8], [size // 2]]
    answers = ask(store, large, [*header, *codes, *single, *ends])
    assert len(answers) == len(header) + len(codes) + len(single) + len(ends) and set(answers) == {right}


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda content: content[:-1],
    "half": lambda content: content[: len(content) // 2],
    "extended": lambda content: content + b"\0",
    "zeroed": lambda content: bytes(len(content)),
    "turned": lambda content: content[::-1],
    "flipped": lambda content: content[:1000] + bytes([content[1000] ^ 1]) + content[1001:],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_told_and_built_anew(store: Store, large: StoredModel, change: str) -> None:
    """Before: with the size kept, nothing was said, and no run mended it."""
    refresh(store, large)
    path = file_of(store, large).path
    path.write_bytes(CHANGES[change](path.read_bytes()))
    with noticing() as damage:
        index = open_index(store, large)
    assert index.is_exact and damage.counts() == {"index file": 1}
    assert nearest_ids(index, QUERY, 10) == expected(store, large, QUERY, 10)
    assert is_due(store, large)
    refresh(store, large)
    assert not is_due(store, large) and not open_index(store, large).is_exact


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_file_is_not_opened(store: Store, large: StoredModel, tmp_path: Path, kind: str) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    path.unlink()
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    assert open_index(store, large).is_exact and is_due(store, large)


def test_a_file_of_an_older_version_is_known_by_its_crc_and_gets_the_other_checksum(
    store: Store, large: StoredModel
) -> None:
    import zlib

    refresh(store, large)
    path = file_of(store, large).path
    crc32 = zlib.crc32(path.read_bytes())
    store.db.execute("UPDATE index_files SET xxh3 = NULL, crc32 = ?", [crc32])
    assert not open_index(store, large).is_exact and not is_due(store, large)
    add_missing_checksum(store, large)
    file = written_file(store, large)
    assert file is not None and file.xxh3 is not None and file.is_intact
    store.db.execute("UPDATE index_files SET xxh3 = NULL, crc32 = ?", [crc32 ^ 1])
    add_missing_checksum(store, large)
    assert open_index(store, large).is_exact and is_due(store, large)


@pytest.mark.parametrize("name", ["../x.faiss", "/etc/passwd", "model-1.faiss/../x", "", 5, b"x", None, "model-1.db"])
def test_only_names_of_ours_are_opened(name: object) -> None:
    assert not is_index_name(name) and is_index_name("model-1-200-ab12cd34.faiss")


@pytest.mark.parametrize("column", ["trained_rows", "measured_rows", "probes", "depth", "rows", "recall", "generation"])
@pytest.mark.parametrize("value", [0, -1, 2**63 - 1, "x", float("inf")])
def test_a_damaged_row_is_no_error(store: Store, large: StoredModel, column: str, value: object) -> None:
    refresh(store, large)
    store.db.execute(f"UPDATE index_files SET {column} = ?", [value])
    found = nearest_ids(open_index(store, large), QUERY, 10)
    assert len(np.intersect1d(found, expected(store, large, QUERY, 10))) >= 9
    refresh(store, large)
