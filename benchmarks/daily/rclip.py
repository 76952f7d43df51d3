"""rclip 4.0.8, the peer, in a Python 3.12 or 3.13 of its own, with our random model.

Nothing in it is changed. It looks for its model below RCLIP_DATADIR before it asks the hub: two ONNX files, the
tokenizer's vocabulary, and the hub's licence files, whose absence alone would make it ask. They are put there.

It can't index without a query. Timed is `init_rclip`, the part of its `main` before the search, with `main`'s
defaults, in a new process: so it has not to load its text side. Questions are asked with --no-indexing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from benchmarks.daily.interpreters import find_python
from benchmarks.daily.models import export_for_rclip
from benchmarks.daily.processes import Run, fresh, run

VERSION = "4.0.8"
MODEL = "ViT-B-32-256-datacomp_s34b_b86k"
LICENCES = ("LICENSE", "OPENAI-CLIP-MIT.txt", "README.md", "THIRD_PARTY_NOTICES.md")
INDEX = "import os\nfrom rclip.main import init_rclip\nfor opened in init_rclip(os.getcwd(), 8):\n    opened.close()"
FILL = """
import re, sys
import numpy as np
from rclip import db, fs
from rclip.utils.helpers import compute_file_hash, get_app_datadir
database, random = db.DB(get_app_datadir() / "db.sqlite3"), np.random.default_rng(0)
for entry in fs.walk(sys.argv[1], re.compile("$^"), re.compile(r".+\\.jpg")):
    vector = random.standard_normal(512).astype(np.float32)
    row = dict(filepath=entry.path, modified_at=entry.stat().st_mtime, size=entry.stat().st_size)
    row.update(vector=(vector / np.linalg.norm(vector)).tobytes(), hash=compute_file_hash(entry.path))
    database.upsert_image(row, commit=False)
database.close()
"""


class Rclip:
    """The installed program, and where its model is."""

    def __init__(self, python: Path, model: Path) -> None:
        self.python, self.model = python, model

    def data(self, folder: Path) -> Data:
        """Return a data folder of its own, which shares the model's files."""
        if not folder.exists():
            shutil.copytree(self.model, folder, copy_function=os.link)
        return Data(self, folder)

    def versions(self) -> str:
        """Return the versions of what it runs on."""
        names = ["rclip", "onnxruntime", "pillow", "numpy"]
        code = f"from importlib.metadata import version; print(*(f'{{n}} {{version(n)}}' for n in {names}), sep=', ')"
        return run([self.python, "-c", code]).output.strip()


class Data:
    """A data folder of rclip's: its database, and the model."""

    def __init__(self, rclip: Rclip, folder: Path) -> None:
        self.rclip, self.folder = rclip, folder
        self.database, self.kept = folder / "db.sqlite3", folder / "kept.sqlite3"
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self.environment = {**environment, "RCLIP_DATADIR": str(folder), "HF_HUB_OFFLINE": "1"}

    def run(self, *arguments: str | Path, cwd: Path | None = None, sample: bool = False) -> Run:
        """Run its Python with this folder."""
        return run([self.rclip.python, *arguments], sample, self.environment, cwd=cwd)

    def index(self, folder: Path, sample: bool = False) -> Run:
        """Index a folder as `rclip QUERY` does before it searches."""
        return self.run("-c", INDEX, cwd=folder, sample=sample)

    def ask(self, folder: Path, what: str | Path, sample: bool = False) -> Run:
        """Ask for a text or a picture as a user does who does not want to index first."""
        return self.run("-m", "rclip", "--no-indexing", "--filepath-only", what, cwd=folder, sample=sample)

    def whole_command(self, folder: Path) -> Run:
        """Run it as a user does who says nothing of indexing."""
        return self.run("-m", "rclip", "cup", cwd=folder)

    def fill(self, tree: Path) -> None:
        """Put a tree's files into a new database by its own code, with random embeddings."""
        self.empty()
        self.run("-c", FILL, tree)

    def known(self) -> int:
        """Return how many pictures it has."""
        with closing(sqlite3.connect(self.database)) as database:
            return int(database.execute("SELECT count(*) FROM images WHERE deleted IS NULL").fetchone()[0])

    def empty(self) -> None:
        """Forget all pictures."""
        self.database.unlink(missing_ok=True)

    def keep(self) -> None:
        """Remember the database as it is."""
        shutil.copyfile(self.database, self.kept)

    def restore(self) -> None:
        """Go back to the remembered database."""
        shutil.copyfile(self.kept, self.database)


def set_up(work: Path, model: str, python: Path | None) -> Rclip | str:
    """Return rclip with the exported model, or one line that says why it is left out."""
    if isinstance(found := installed(work, python), str):
        return found
    folder = work / f"rclip-model-{'tiny' if model.startswith('local-dir:') else 'full'}"
    if not folder.exists():
        give_model(folder, model)
    return Rclip(found, folder)


def installed(work: Path, given: Path | None) -> Path | str:
    """Return a Python that has this version of rclip, installed if needed, or why there is none."""
    environment = work / f"rclip-{VERSION}"
    own = environment / "bin" / "python"
    for python in (given, own):
        if python is not None and has_rclip(python):
            return python
    base = given or find_python()
    if base is None:
        return f"left out: rclip {VERSION} needs Python 3.12 or 3.13, and none is here (--rclip-python names one)"
    try:
        run([base, "-m", "venv", "--clear", environment])
        run([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"rclip=={VERSION}"])
    except SystemExit as failure:
        return f"left out: rclip {VERSION} can't be installed: {str(failure).strip().splitlines()[-1]}"
    return own


def has_rclip(python: Path) -> bool:
    """Return whether an interpreter has this version."""
    code = f"from importlib.metadata import version; assert version('rclip') == {VERSION!r}"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def give_model(folder: Path, model: str) -> None:
    """Make a data folder without pictures: the exported model, the vocabulary, the licence files."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    (part / MODEL).mkdir(parents=True)
    fresh(export_for_rclip, model, part / MODEL)
    (part / "tokenizer").mkdir()
    spec = find_spec("open_clip")
    assert spec is not None and spec.origin is not None
    shutil.copy(Path(spec.origin).parent / "bpe_simple_vocab_16e6.txt.gz", part / "tokenizer")
    for name in LICENCES:
        (part / name).write_text("The benchmark's random weights need no licence.\n")
    part.rename(folder)
