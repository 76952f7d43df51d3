"""Ctrl-C at any moment of a query, on a real terminal: it ends at once, with one word."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.process.starting import STOPPED
from indexer.store.store import Store
from tests.cli.conftest import Invoke
from tests.terminal_sessions import on_terminal

# A query that hangs in C at the moment that is asked for.
PROGRAM = """
import os, sqlite3, sys
from pathlib import Path

MOMENT = os.environ["MOMENT"]

def hang():
    print("hanging", file=sys.stderr, flush=True)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    sqlite3.connect(":memory:").execute(endless).fetchone()

class Importer:
    def find_spec(self, name, path=None, target=None):
        if name == MOMENT:
            hang()

sys.meta_path.insert(0, Importer())
from cli.main import main
if MOMENT not in ("numpy", "search.query.ask", "cli.commands.query"):
    from indexer.download.sentences import told
    from indexer.models import loading
    from tests.fakes import ColourEncoder

    class Encoder(ColourEncoder):
        def encode_texts(self, texts):
            if MOMENT == ("the text" if len(texts) < 10 else "the prompts"):
                hang()
            return super().encode_texts(texts)

    def load(*_):
        if MOMENT == "the model":
            hang()
        if MOMENT == "a download":
            with told("org/model", "weights.bin", Path("/nowhere")):
                hang()
        return Encoder()

    loading.load_encoder = load
main()
"""
MOMENTS = ("cli.commands.query", "search.query.ask", "numpy", "the model", "the text", "the prompts", "a download")


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_a_query(indexed: Invoke, photos: Path, tmp_path: Path, moment: str) -> None:
    with Store.open(tmp_path / "lib") as store, store.writing():
        store.db.execute("DELETE FROM texts")  # the prompts by which a query knows what matches are known otherwise
    with on_terminal(
        "query", "red", library=tmp_path / "lib", folder=photos, program=PROGRAM, MOMENT=moment
    ) as terminal:
        terminal.wait_for("hanging\n")
        terminal.type("\x03")
        assert terminal.end() == STOPPED
    said = terminal.shown.partition("hanging\n")[2].removeprefix("^C").strip()
    assert said in ("Stopped.", *(["Stopped before anything of weights.bin had come."] if "down" in moment else []))
