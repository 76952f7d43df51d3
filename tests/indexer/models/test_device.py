"""Tests of indexer.models.device."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from indexer.errors import InvalidRequest
from indexer.models import device
from indexer.models.device import cores, cpu_has_amx, cpu_has_int8, image_precision, pick_device
from tests.conftest import REPOSITORY


def test_devices() -> None:
    assert pick_device("cpu").type == "cpu"
    assert pick_device("auto").type in ("cpu", "cuda", "mps")
    with pytest.raises(InvalidRequest):
        pick_device("toaster")


def test_threads_that_wait_sleep_unless_told_otherwise() -> None:
    code = """
import os, sys
from indexer.models import device
from indexer.models.device import cores, image_precision, pick_device
assert "torch" not in sys.modules, "which reads it when it is imported"
pick_device("cpu")
print(os.environ["OMP_WAIT_POLICY"])
"""
    for given, expected in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
        environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
        environment |= {"OMP_WAIT_POLICY": given} if given else {}
        command = [sys.executable, "-c", code]
        ended = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == expected


def test_only_cores_that_this_process_may_use_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 5, 7}, raising=False)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == os.cpu_count()


def test_int8_only_where_its_products_are_exact() -> None:
    script = "from indexer.models.device import cpu_has_int8; print(cpu_has_int8())"
    environment = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"}  # oneDNN then adds up in 16 bits, which saturate
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
    assert cpu_has_int8() or not cpu_has_amx()


def test_half_precision_only_where_the_hardware_computes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_bf16, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(device, "cpu_has_bf16", lambda has_bf16=has_bf16: has_bf16)
        assert image_precision(torch.device("cpu")) == expected
    assert image_precision(torch.device("cuda")) == torch.float16
