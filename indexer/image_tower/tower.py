"""A model's image tower as files in the cache folder: embeds pictures without torch and open_clip.

export.py writes them once; here they are found, checked, and run by onnxruntime on the CPU. If they are missing,
damaged or of another version there is no tower, and the model itself does the work. The weights are mapped, not read.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.exported.folder import Files, check_regular, is_noted_damaged, note_damage, read_facts, seal
from indexer.paths import cache_folder, in_name

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.preprocess import Pixels, Preprocess

FORMAT = 2  # of these files; those of another one are replaced
ABOUT = "tower.json"
# The tower laid out for torch, if the model is of a kind that can be: as the model computes, and in int8 if faster.
PACKED, PACKED_INT8 = "packed.safetensors", "packed-int8.safetensors"
AT_ONCE = 8  # pictures: what they need fits the caches, and takes little memory


@dataclass(frozen=True, slots=True)
class About:
    """The facts of a tower's files, as the file ABOUT holds them."""

    format: int
    fingerprint: str  # of the model
    dim: int
    logit_scale: float
    logit_bias: float | None
    context: int  # tokens of a text
    batch_size: int  # that suits the model itself
    preprocess: dict[str, Any]  # the fields of Preprocess
    least_cosines: dict[str, float]  # to the model's own, on real pictures: of each precision, and PACKED_INT8
    optimise: bool  # whether onnxruntime gains by laying it out for this CPU: networks of convolutions do
    rates: dict[str, float]  # pictures/s (rates.py): of the same, and of the model itself, "model"; {} until measured
    hashes: dict[str, str]  # XXH3-64 of the other files
    sizes: dict[str, int]  # bytes

    @property
    def files(self) -> Files:
        """What the files must be."""
        return Files(self.hashes, self.sizes)

    @property
    def preprocessing(self) -> Preprocess:
        """What makes a picture the model's input."""
        from indexer.models.preprocess import Preprocess

        return Preprocess(**self.preprocess)


def files_of(precision: str) -> tuple[str, str]:
    """Return the names of a precision's graph and weights."""
    return f"{precision}.onnx", f"{precision}.bin"


class ImageTower:
    """Embeds pictures as the model does that it was exported from, in one precision."""

    def __init__(self, folder: Path, precision: str, dim: int, optimise: bool, many: bool) -> None:
        """Open the files; raises whatever onnxruntime raises on files that it can't use.

        For `many` pictures the weights are packed, which takes as long as some pictures and saves half of the time.
        """
        self.precision = precision
        self._dim = dim
        self._session = _open_session(folder / files_of(precision)[0], optimise, many)

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows (n, dim) of uint8 pictures (n, height, width, 3).

        Raises ValueError if the files give no embeddings.
        """
        import numpy as np

        parts = (np.ascontiguousarray(batch[start : start + AT_ONCE]) for start in range(0, len(batch), AT_ONCE))
        blocks = [self._session.run(None, {"pixels": part})[0] for part in parts]
        rows: FloatArray = np.concatenate(blocks).astype(np.float32, copy=False)
        if rows.shape != (len(batch), self._dim) or not np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3):
            raise ValueError("the image tower gave no unit rows")
        return rows


def tower_folder(fingerprint: str) -> Path:
    """Return the folder of a model's image tower, if there is one."""
    return cache_folder() / f"image-{in_name(fingerprint, 16)}"


def find_tower(fingerprint: str) -> About | None:
    """Return the facts of a model's image tower if it was exported; its files are there but not checked."""
    folder = tower_folder(fingerprint)
    about = read_about(folder)
    if about is None or about.fingerprint != fingerprint:
        return None
    return about if about.files.are_there(folder, files_of("fp32")) else None


def open_tower(about: About, precision: str, many: bool = False) -> ImageTower | None:
    """Return a tower in a precision, for one picture or `many`, if its files are intact; cached for the next call."""
    folder = tower_folder(about.fingerprint)
    try:
        changed = (folder / ABOUT).stat().st_mtime_ns
        return _opened(folder, precision, (about.dim, about.optimise, many), changed, tuple(about.hashes.items()))
    except Exception:
        # No file, or one that was changed or that onnxruntime can't read: the model itself does the work.
        mark_if_damaged(about, files_of(precision))
        return None


def mark_if_damaged(about: About, names: Sequence[str]) -> None:
    """Note beside a tower that files are not as they were written, so that it is exported again after the run."""
    folder = tower_folder(about.fingerprint)
    if read_about(folder) == about and not about.files.are_intact(folder, names):
        note_damage(folder)


def is_whole(fingerprint: str) -> bool:
    """Return whether a model's tower is there with all files, and none was found damaged."""
    folder = tower_folder(fingerprint)
    about = find_tower(fingerprint)
    return about is not None and about.files.are_there(folder, list(about.sizes)) and not is_noted_damaged(folder)


def close_towers() -> None:
    """Let go of the towers that are kept for the next call."""
    _opened.cache_clear()


@functools.lru_cache(maxsize=2)
def _opened(
    folder: Path, precision: str, how: tuple[int, bool, bool], changed: int, hashes: tuple[tuple[str, str], ...]
) -> ImageTower:
    """Return the tower in a folder; raises ValueError if its files have changed since they were written."""
    from concurrent.futures import ThreadPoolExecutor

    graph, weights = files_of(precision)
    files = Files(dict(hashes), {})
    if not files.are_intact(folder, [graph]):  # first, as nobody knows what a parser makes of a damaged one
        raise ValueError("the image tower is damaged")
    check_regular(folder / weights)
    with ThreadPoolExecutor(1) as thread:  # both go over all of the weights
        opening = thread.submit(ImageTower, folder, precision, *how)
        if not files.are_intact(folder, [weights]):
            raise ValueError("the image tower is damaged")
        return opening.result()


def read_about(folder: Path) -> About | None:
    """Return what a folder's ABOUT says; None if it is missing, unreadable or of another version."""
    return read_facts(folder / ABOUT, About, FORMAT)


def write_about(file: Path, about: About) -> None:
    """Write the facts of a tower, the last of its files."""
    file.write_text(seal(asdict(about)), encoding="utf-8")


def _open_session(graph: Path, optimise: bool, pack: bool) -> Any:
    """Return the onnxruntime session; what helps on any CPU was done when the graph was written."""
    import onnxruntime

    from indexer.models.device import cores

    levels = onnxruntime.GraphOptimizationLevel
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimise else levels.ORT_DISABLE_ALL
    options.intra_op_num_threads = cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the decoders need the cores too
    if not pack:
        options.add_session_config_entry("session.disable_prepacking", "1")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
