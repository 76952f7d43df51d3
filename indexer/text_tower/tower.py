"""A model's text tower as files in the cache folder: embeds texts without torch and open_clip.

export.py writes them once; here they are found, checked, and run by onnxruntime on the CPU. If they are missing,
damaged or of another version there is no tower, and the ordinary encoder does the work. The weights are mapped, not
read: the session opens in some 20 ms, and only the embeddings of the text's own tokens are loaded.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.exported.folder import Files, note_damage, read_facts, seal
from indexer.models.tokens import clean_text, panics_caught, whole_length
from indexer.paths import cache_folder, in_name

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

FORMAT = 3  # of these files; those of another one are replaced
ABOUT, GRAPH, WEIGHTS, TOKENIZER = "tower.json", "tower.onnx", "tower.bin", "tokenizer.json"
FILES = (GRAPH, WEIGHTS, TOKENIZER)


@dataclass(frozen=True, slots=True)
class About:
    """The facts of a tower's files, as the file ABOUT holds them."""

    format: int
    fingerprint: str  # of the model
    dim: int
    context: int  # the most tokens of a text, special ones included
    pad: int | None  # the token that fills a text up to the context; None where only its own tokens count
    cleaning: str  # of models/tokens.CLEANINGS
    precision: str  # of the weights: "int8", "fp16" (computed with in fp32) or "fp32"
    has_exact: bool  # whether there is another tower beside this one, that is exact
    least_cosine: float  # to the encoder's own embeddings, over the probe texts
    hashes: dict[str, str]  # XXH3-64 of the other files
    sizes: dict[str, int]  # bytes
    colours: bool = False  # whether builtin_space/joined.py adds the colours that a text says

    @property
    def files(self) -> Files:
        """What the files must be."""
        return Files(self.hashes, self.sizes)


class TextTower:
    """Embeds texts as the encoder does that it was exported from."""

    def __init__(self, folder: Path, about: About) -> None:
        """Load the files; raises whatever onnxruntime and tokenizers raise on files that they can't use."""
        from concurrent.futures import ThreadPoolExecutor

        self.about = about
        with ThreadPoolExecutor(1) as thread:  # each takes a tenth of a second on its own core
            session = thread.submit(_open_session, folder, about)
            self._tokenizer = _open_tokenizer(folder, about)
            self._session = session.result()

    @property
    def context_length(self) -> int:
        """The most tokens of a text, special ones included; the rest is cut off."""
        return self.about.context

    @property
    def is_exact(self) -> bool:
        """Whether the embeddings are the encoder's own, except for rounding."""
        return self.about.precision != "int8"

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows, shape (n, dim); raises ValueError if the files give no embedding."""
        import numpy as np

        if self.about.colours:
            from indexer.builtin_space.joined import with_colours, without_colours

            matrix = with_colours(self._encode_all(without_colours(texts)), texts)
        else:
            matrix = self._encode_all(texts)
        if matrix.shape[1] != self.about.dim or not np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-3):
            raise ValueError("the text tower gave no unit rows")
        return matrix

    def _encode_all(self, texts: Sequence[str]) -> FloatArray:
        """Return what the network gives for texts, shape (n, dim of the network)."""
        import numpy as np

        if len(texts) < 2:
            rows = [self._encode(text) for text in texts]
        else:
            from concurrent.futures import ThreadPoolExecutor

            from indexer.models.device import cores

            with ThreadPoolExecutor(cores()) as threads:
                rows = list(threads.map(self._encode, texts))
        return np.concatenate(rows) if rows else np.empty((0, self.about.dim), np.float32)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has before truncation, special ones included."""
        with panics_caught():
            return [whole_length(self._tokenizer, clean_text(text, self.about.cleaning)) for text in texts]

    def _encode(self, text: str) -> FloatArray:
        """Return one embedding, shape (1, dim): a text by itself needs no padding up to the longest of a batch."""
        import numpy as np

        with panics_caught():
            ids = self._tokenizer.encode(clean_text(text, self.about.cleaning)).ids
        if self.about.pad is not None:
            ids = ids + [self.about.pad] * (self.about.context - len(ids))
        (row,) = self._session.run(None, {"ids": np.array([ids], dtype=np.int64)})
        return np.asarray(row, dtype=np.float32)


def tower_folder(fingerprint: str, exact: bool = False) -> Path:
    """Return the folder of a model's text tower, or of the `exact` one beside one that is not, if there is one."""
    return cache_folder() / f"{'exact-text' if exact else 'text'}-{in_name(fingerprint, 16)}"


def open_tower(fingerprint: str, exact: bool = False) -> TextTower | None:
    """Return a model's text tower if it was exported and its files are intact; cached for the next call.

    With `exact` it must give the encoder's own embeddings, except for rounding.
    """
    about = read_about(tower_folder(fingerprint)) if exact else None
    folder = tower_folder(fingerprint, about is not None and about.has_exact)
    try:
        tower = _opened(folder, fingerprint, (folder / ABOUT).stat().st_mtime_ns)
    except Exception:
        # No file, no JSON, a missing field, a file that onnxruntime can't read: the encoder does the work.
        return None
    return tower if tower.is_exact or not exact else None


@functools.lru_cache(maxsize=2)
def _opened(folder: Path, fingerprint: str, changed: int) -> TextTower:
    """Return the tower in a folder; raises ValueError if its files have changed since they were written."""
    about = read_about(folder)
    if about is None or about.fingerprint != fingerprint:
        raise ValueError("no text tower of this model")
    if not about.files.are_there(folder, FILES) or not about.files.are_intact(folder, FILES):
        if read_about(folder) == about:  # and is not being replaced now
            note_damage(folder)
        raise ValueError("the text tower is damaged")
    return TextTower(folder, about)


def read_about(folder: Path) -> About | None:
    """Return what a folder's ABOUT says; None if it is missing, unreadable or of another version."""
    return read_facts(folder / ABOUT, About, FORMAT)


def write_about(folder: Path, about: About) -> None:
    """Write ABOUT, the last of a tower's files."""
    (folder / ABOUT).write_text(seal(asdict(about)), encoding="utf-8")


def _open_tokenizer(folder: Path, about: About) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(about.context)
    return tokenizer


def _open_session(folder: Path, about: About) -> Any:
    """Return the onnxruntime session; the graph was already optimised when it was written."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    levels = onnxruntime.GraphOptimizationLevel
    widen = about.precision == "fp16"  # the weights, to fp32, once
    options.graph_optimization_level = levels.ORT_ENABLE_BASIC if widen else levels.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # a text is too small for more
    options.log_severity_level = 4
    if about.precision != "int8":  # packing the weights takes longer than it saves on a text
        options.add_session_config_entry("session.disable_prepacking", "1")
    return onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
