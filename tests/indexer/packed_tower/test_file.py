"""Tests of indexer.packed_tower.file."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from indexer.packed_tower.file import read_packed, write_packed
from indexer.packed_tower.int8 import has_exact_products, quantised
from indexer.packed_tower.vit import packed
from tests.indexer.packed_tower.test_vit import MEAN, STD, pictures, tower

needs_int8 = pytest.mark.skipif(not has_exact_products(), reason="this CPU has no VNNI")
PRECISIONS = [torch.float32, torch.bfloat16]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = packed(tower(), MEAN, STD, torch.float32)
    assert made is not None
    write_packed(made, tmp_path / "tower.safetensors")
    return tmp_path / "tower.safetensors"


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("vision", [{}, {"image_size": (48, 32), "layers": 3, "mlp_ratio": 3.0}, {"quick": True}])
def test_what_is_read_gives_the_same_features(tmp_path: Path, dtype: torch.dtype, vision: dict[str, Any]) -> None:
    options = dict(vision)
    made = packed(tower(options.pop("quick", False), **options), MEAN, STD, dtype)
    assert made is not None
    write_packed(made, tmp_path / "a")
    read = read_packed(tmp_path / "a")
    batch = pictures(*options.get("image_size", (32, 32)))
    with torch.inference_mode():
        assert torch.equal(read(batch), made(batch))
    assert (read.dtype, read.architecture) == (dtype, made.architecture)


@needs_int8
@pytest.mark.parametrize("dtype", PRECISIONS)
def test_int8_is_kept_as_it_is(file: Path, tmp_path: Path, dtype: torch.dtype) -> None:
    made = packed(tower(), MEAN, STD, dtype)
    assert made is not None
    small = quantised(made)
    assert small is not None
    write_packed(small, tmp_path / "small")
    read = read_packed(tmp_path / "small")
    with torch.inference_mode():
        assert torch.equal(read(pictures()), small(pictures()))
    assert (read.precision, read.dtype) == ("int8", dtype)
    assert (tmp_path / "small").stat().st_size < 0.5 * file.stat().st_size


@needs_int8
def test_int8_is_refused_where_products_are_not_exact(tmp_path: Path) -> None:
    made = packed(tower(), MEAN, STD, torch.float32)
    assert made is not None
    small = quantised(made)
    assert small is not None
    write_packed(small, tmp_path / "small")
    script = (
        "import pathlib; from indexer.packed_tower.file import read_packed;"
        f"read_packed(pathlib.Path({str(tmp_path / 'small')!r}))"
    )
    environment = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"}  # which saturates
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert "this CPU has no exact products in int8" in result.stderr


def test_bf16_takes_half_the_room(file: Path, tmp_path: Path) -> None:
    made = packed(tower(), MEAN, STD, torch.bfloat16)
    assert made is not None
    write_packed(made, tmp_path / "half")
    assert (tmp_path / "half").stat().st_size < 0.6 * file.stat().st_size


def test_nothing_but_torch_is_imported(file: Path) -> None:
    script = (
        "import sys, pathlib; from indexer.packed_tower.file import read_packed;"
        f"read_packed(pathlib.Path({str(file)!r}));"
        "print([name for name in ('open_clip', 'timm', 'torchvision', 'huggingface_hub') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_file_that_was_cut_at_any_place_is_refused(file: Path) -> None:
    content = file.read_bytes()
    for kept in (0, 4, 8, 100, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:kept])
        with pytest.raises(ValueError, match="holds no packed tower"):
            read_packed(file)


def changed_header(content: bytes, change: Any) -> bytes:
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content[8 + length :]


def with_architecture(**values: Any) -> Any:
    def change(header: dict[str, Any]) -> None:
        architecture = json.loads(header["__metadata__"]["architecture"]) | values
        header["__metadata__"]["architecture"] = json.dumps(architecture)

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.pop("__metadata__"),
        lambda header: header["__metadata__"].update(format="clipsearch packed tower 99"),
        lambda header: header["__metadata__"].update(dtype="float64"),
        lambda header: header["__metadata__"].update(precision="bfloat16"),
        lambda header: header["__metadata__"].update(precision="int8"),
        lambda header: header["__metadata__"].update(architecture="{"),
        lambda header: header["__metadata__"].update(architecture="[]"),
        lambda header: header.update(another=header.pop("token")),
        lambda header: header["blocks.0.query.weight"].update(shape=[32, 128]),
        *(
            with_architecture(**values)
            for values in (
                {"layers": 3},
                {"layers": 0},
                {"heads": 0},
                {"heads": 3},
                {"heads": "2"},
                {"patch": 16},
                {"height": 64},
                {"activation": "relu"},
                {"unknown": 1},
            )
        ),
    ],
)
def test_a_header_that_does_not_fit_is_refused(file: Path, change: Any) -> None:
    file.write_bytes(changed_header(file.read_bytes(), change))
    with pytest.raises(ValueError, match="holds no packed tower"):
        read_packed(file)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    for content in (b"no tower", bytes(5000), b"\xff" * 5000):
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(ValueError, match="holds no packed tower"):
            read_packed(tmp_path / "a")


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        read_packed(tmp_path / "missing")


def test_nothing_is_left_where_it_can_not_be_written(file: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_packed(read_packed(file), tmp_path / "nowhere" / "tower")
    assert list(tmp_path.iterdir()) == [file]
