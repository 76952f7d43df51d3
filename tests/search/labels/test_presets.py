"""The ready-made lists of classes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from indexer.errors import InvalidRequest
from search.labels.classes import check_classes
from search.labels.make_recipe import make_recipe
from search.labels.presets import PRESETS, preset
from tests.search.labels.written import written


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_be_used_as_they_are(name: str) -> None:
    checked = check_classes(preset(name))
    counts = {"imagenet": 1000, "cifar100": 100, "places": 365, "openimages-common": 360, "photo-basics": 38}
    assert (len(checked.classes), checked.notes) == (counts[name], ())
    assert make_recipe(preset(name)).notes == (), "a preset chooses the meaning of each of its words"


def test_presets_choose_a_meaning() -> None:
    prompts = written(preset("imagenet"))
    assert "bird" in prompts["crane (bird)"][0] and "construction" in prompts["crane (machine)"][0]
    assert written(preset("cifar100"))["mouse"] == ("a mouse, the animal",)
    with pytest.raises(InvalidRequest, match="photo-basics"):
        preset("nonsense")


def test_the_classes_of_imagenet_are_those_that_models_are_trained_on() -> None:
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    firsts = [info.index_to_description(place).split(", ")[0] for place in range(info.num_classes())]
    found = [one.name for one in preset("imagenet")]
    assert len(found) == len(firsts)
    other = [(ours, theirs) for ours, theirs in zip(found, firsts, strict=True) if ours != theirs]
    assert len(other) == 5 and all(ours.startswith(f"{theirs} (") for ours, theirs in other)


def test_presets_need_no_torch() -> None:
    script = "import sys; from search.labels.presets import PRESETS, preset; [preset(name) for name in PRESETS]; "
    subprocess.run([sys.executable, "-c", f"{script}assert not {{'torch', 'timm'}} & set(sys.modules)"], check=True)
