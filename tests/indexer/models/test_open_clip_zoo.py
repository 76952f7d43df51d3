"""Tests of indexer.models.open_clip_zoo: what is read is what open_clip says, and what is imported later works."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY


def run(code: str) -> str:
    """Run code in a process of its own, in which nothing is imported yet; return what it prints."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_zoo_is_what_open_clip_says_it_is() -> None:
    code = """
import sys
from indexer.models import open_clip_zoo as zoo
read = {name: {tag: zoo.entry_of(name, tag) for tag in zoo.tags_of(name)} for name in zoo.architectures()}
spelled = zoo.entry_of("ViT-B-32", "LAION2B-s34b-b79k")
assert zoo.is_architecture("ViT-B-32-256") and not zoo.is_architecture("ViT-X")
assert not zoo.is_architecture("../model_configs/ViT-B-32") and not zoo.entry_of("ViT-X", "openai")
assert not {"torch", "open_clip", "huggingface_hub"} & sys.modules.keys()
import open_clip
asked = {name: {tag: open_clip.get_pretrained_cfg(name, tag) for tag in open_clip.list_pretrained_tags_by_model(name)}
         for name in sorted(open_clip.list_models())}
assert read == asked and len(read) > 50
assert spelled == open_clip.get_pretrained_cfg("ViT-B-32", "laion2b_s34b_b79k") != {}
assert zoo.architectures() == open_clip.list_models()
"""
    run(code)


def test_a_zoo_written_in_another_way_is_asked_of_open_clip_itself() -> None:
    code = """
import sys
from indexer.models import open_clip_zoo as zoo
zoo._is_plain = lambda node: False
entry = zoo.entry_of("ViT-B-32-256", "datacomp_s34b_b86k")
print(entry["hf_hub"], "open_clip" in sys.modules)
"""
    assert run(code) == "laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K/ True"


def test_what_a_model_does_not_need_is_imported_only_for_one_that_does() -> None:
    code = """
import sys, logging
logging.disable()
from indexer.models import open_clip_zoo as zoo
light = zoo.open_clip_for(zoo.settings_of("ViT-B-32"))
absent = {"timm", "transformers", "torch._dynamo"} - sys.modules.keys()
assert None not in sys.modules.values()
import torch, torchvision
assert zoo.open_clip_for("") is light
light.create_model("MobileCLIP-S1", pretrained=None)
from open_clip import hf_model, timm_model
assert hf_model.transformers is sys.modules["transformers"] and timm_model.timm is sys.modules["timm"]
assert torchvision.ops.roi_align.__globals__["is_compile_supported"]("cpu") in (True, False)
assert torch.compile(lambda x: x + 1, backend="eager")(torch.ones(1)).item() == 2
assert "torch._dynamo" in sys.modules
print(*sorted(absent))
"""
    assert run(code) == "timm torch._dynamo transformers"


def test_a_package_that_is_not_as_expected_is_imported_as_it_is() -> None:
    """Where torchvision takes more of torch's compiler than the function that stands in, all of it is imported."""
    code = """
import contextlib, sys, types
from indexer.models import open_clip_zoo as zoo
@contextlib.contextmanager
def nothing_there():
    sys.modules[zoo.COMPILER] = types.ModuleType(zoo.COMPILER)
    try:
        yield
    finally:
        del sys.modules[zoo.COMPILER]
zoo._compiler_later = nothing_there
module = zoo.open_clip_for(zoo.settings_of("ViT-B-32"))
import torch, torchvision
assert torchvision.ops.roi_align.__globals__["is_compile_supported"] is sys.modules[zoo.COMPILER].is_compile_supported
module = zoo.open_clip_for("")
print(type(module.create_model("MobileCLIP-S1", pretrained=None)).__name__)
"""
    assert run(code).endswith("CustomTextCLIP")
