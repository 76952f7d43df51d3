"""Tests of indexer.model_settings.fence: weights that are pickles never run code, wherever they are named."""

from __future__ import annotations

import io
import json
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.errors import ModelError
from indexer.model_settings.fence import fenced
from indexer.model_settings.kinds import RefusedSettings
from indexer.models.loading import load_encoder
from tests.indexer.models.tiny import TINY, local_dir, random_model

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import open_clip
    import torch


class Poison:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return (Path.touch, (self.trace,))


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace"


@pytest.fixture(params=["plain", "zip", "tricky"])
def poison(request: pytest.FixtureRequest, trace: Path) -> bytes:
    """A pickle as torch once wrote it, as it does now, and one at which the safe way fails with a TypeError.

    At that open_clip tries the way that its environment names; the code of before ran it with
    TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1, and with torch before 2.6 always.
    """
    content = io.BytesIO()
    if request.param == "plain":
        return pickle.dumps({"state_dict": Poison(trace)}, protocol=2)
    torch.save({"state_dict": Poison(trace)}, content)
    if request.param == "zip":
        return content.getvalue()
    odd = b"ccollections\nOrderedDict\n)R" + b"N}\x86b" + b"0"  # its state is a pair, as of an object with slots
    whole = pickle.dumps({"state_dict": Poison(trace)}, protocol=2)
    return _with_pickle(content.getvalue(), whole[:2] + odd + whole[2:])


def _with_pickle(archive: bytes, content: bytes) -> bytes:
    """Return one of torch's archives with another pickle in it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(changed, "w") as after:
        for part in before.infolist():
            after.writestr(part.filename, content if part.filename.endswith("data.pkl") else before.read(part))
    return changed.getvalue()


@pytest.mark.parametrize("name", ["open_clip_pytorch_model.bin", "open_clip_pytorch_model.pth", "x.bin", "model.pth"])
def test_weights_of_a_folder_run_no_code(
    tmp_path: Path, trace: Path, poison: bytes, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    folder = local_dir(tmp_path / "evil")
    (folder / "open_clip_model.safetensors").unlink()
    (folder / name).write_bytes(poison)
    with pytest.raises(ModelError, match=r"code, which is never run|can't be read") as caught:
        load_encoder(f"local-dir:{folder}", "cpu")
    assert not trace.exists()
    assert "\n" not in str(caught.value) and "weights_only" not in str(caught.value)


@pytest.mark.filterwarnings("ignore")  # torch no longer advises to make any
def test_a_program_of_torchscript_is_not_run(tmp_path: Path) -> None:
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)), str(tmp_path / "x.pt"))
    with fenced(), pytest.raises(ModelError, match="which is never run"):
        torch.load(tmp_path / "x.pt")


@pytest.fixture
def architecture(tmp_path: Path) -> str:
    """Make the tiny architecture known to open_clip by name."""
    (tmp_path / "clipsearch-tiny.json").write_text(json.dumps(TINY))
    open_clip.add_model_config(tmp_path / "clipsearch-tiny.json")
    return "clipsearch-tiny"


@pytest.mark.filterwarnings("ignore")  # numpy leaves a file open that it can't read
@pytest.mark.parametrize("ending", ["pt", "bin", "safetensors", "npz", "npy", "h5", "pkl"])
def test_a_checkpoint_of_an_architecture_runs_no_code(
    architecture: str, tmp_path: Path, trace: Path, poison: bytes, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    file = tmp_path / f"weights.{ending}"
    file.write_bytes(poison)
    with pytest.raises(ModelError):
        load_encoder(f"{architecture}/{file}", "cpu")
    assert not trace.exists()


@pytest.mark.filterwarnings("ignore")
def test_arrays_of_objects_are_not_unpickled(architecture: str, tmp_path: Path, trace: Path) -> None:
    file = tmp_path / "weights.npz"
    names = ("params/t", "params/img/embedding/kernel", "params/txt/Embed_0/embedding")
    np.savez(file, **dict.fromkeys(names, np.array([Poison(trace)], dtype=object)))
    with pytest.raises(ModelError):
        load_encoder(f"{architecture}/{file}", "cpu")
    assert not trace.exists()


def test_the_safe_way_is_taken_whoever_asks_for_another(tmp_path: Path, trace: Path, poison: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(poison)
    for options in ({}, {"weights_only": False}, {"weights_only": None}, {"pickle_module": pickle}):
        with fenced(), pytest.raises(Exception, match=r".") as caught:
            torch.load(tmp_path / "x.pt", **options)
        assert not isinstance(caught.value, TypeError)
    assert not trace.exists()


def test_one_number_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A tensor of a terabyte takes a byte in a file, and all memory once it is resized."""
    folder = local_dir(tmp_path / "vast")
    state = dict(random_model().state_dict())
    state["visual.positional_embedding"] = torch.zeros(1).expand(1 << 34, 64)
    (folder / "open_clip_model.safetensors").unlink()
    torch.save(state, folder / "open_clip_pytorch_model.bin")
    with pytest.raises(RefusedSettings, match="far larger than their file"):
        load_encoder(f"local-dir:{folder}", "cpu")


def test_a_list_that_holds_itself_ends(tmp_path: Path) -> None:
    endless: list[Any] = []
    endless.append(endless)
    doubled: list[Any] = []
    for _ in range(100):
        doubled = [doubled, doubled]
    torch.save({"a": endless, "b": doubled}, tmp_path / "x.pt")
    with fenced():
        assert torch.load(tmp_path / "x.pt")["a"][0]


def test_a_compressed_archive_is_no_bomb(tmp_path: Path) -> None:
    folder = local_dir(tmp_path / "bomb")
    (folder / "open_clip_model.safetensors").unlink()
    content = io.BytesIO()
    torch.save(random_model().state_dict(), content)
    with zipfile.ZipFile(folder / "open_clip_pytorch_model.bin", "w", zipfile.ZIP_DEFLATED) as archive:
        with zipfile.ZipFile(content) as before:
            for part in before.infolist():
                archive.writestr(part.filename, before.read(part))
        archive.writestr("archive/data/more", bytes(1 << 28))
    with pytest.raises(RefusedSettings, match="far larger than a model"):
        load_encoder(f"local-dir:{folder}", "cpu")


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    os = pytest.importorskip("os")
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes")
    folder = local_dir(tmp_path / "pipes")
    (folder / "open_clip_model.safetensors").unlink()
    os.mkfifo(folder / "open_clip_model.safetensors")
    with pytest.raises(ModelError, match="there are no weights"):
        load_encoder(f"local-dir:{folder}", "cpu")


def test_code_of_an_author_is_not_imported_inside(tmp_path: Path, trace: Path) -> None:
    """Even for whoever asks transformers for it."""
    transformers = pytest.importorskip("transformers")
    from tests.indexer.model_settings.foreign import plant_code, write_tokenizer

    write_tokenizer(tmp_path, {"tokenizer_class": "Evil", "auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}})
    plant_code(tmp_path, trace)
    with fenced(), pytest.raises(RefusedSettings):
        transformers.AutoTokenizer.from_pretrained(str(tmp_path), trust_remote_code=True)
    assert not trace.exists()


def test_what_is_replaced_is_put_back() -> None:
    before = torch.load
    with fenced(), fenced():
        assert torch.load is not before
    assert torch.load is before
