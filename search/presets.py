"""Ready lists of classes. Names are facts of the data sets; the prompts, which settle what a name means, are ours."""

from __future__ import annotations

from pathlib import Path

from indexer.errors import InvalidRequest
from search.class_files import read_classes
from search.class_vectors import NamedClass

PRESETS = ("imagenet", "cifar100", "places", "openimages-common", "photo-basics")
FOLDER = Path(__file__).parent / "presets"

# ImageNet's classes whose first name another class has too, or that most people take for something else, by index.
MEANINGS = {
    134: ("crane (bird)", "a crane, the wading bird"),
    264: ("Cardigan (dog)", "a Cardigan Welsh corgi, a dog"),
    290: ("jaguar", "a jaguar, the big cat"),
    308: ("fly", "a fly, the insect"),
    312: ("cricket", "a cricket, the insect"),
    456: ("bow", "a bow for arrows"),
    474: ("cardigan", "a cardigan, a knitted jacket"),
    492: ("chest", "a wooden chest"),
    517: ("crane (machine)", "a construction crane that lifts loads"),
    638: ("maillot (tights)", "a maillot, tights for dancers and gymnasts"),
    639: ("maillot (swimsuit)", "a maillot, a woman's one-piece swimsuit"),
    673: ("mouse", "a computer mouse"),
    677: ("nail", "an iron nail"),
    681: ("notebook", "a notebook computer"),
    687: ("organ", "a pipe organ"),
    725: ("pitcher", "a pitcher, a jug"),
    726: ("plane", "a plane, the carpenter's tool"),
    744: ("projectile", "a rocket or another projectile"),
    778: ("scale", "a scale to weigh with"),
    847: ("tank", "a military tank"),
    862: ("torch", "a burning torch"),
}


def preset(name: str) -> list[NamedClass]:
    """Return the classes of a list; raises InvalidRequest for an unknown one, or if timm is not here for ImageNet's."""
    if name not in PRESETS:
        raise InvalidRequest(f"There is no list of classes called {name!r}; there are: {', '.join(PRESETS)}.")
    if name == "imagenet":
        return _imagenet()
    file = FOLDER / f"{name}.txt"
    return read_classes(file.read_bytes(), file.name)


def _imagenet() -> list[NamedClass]:
    """Return ImageNet's 1,000 classes by the first of their names."""
    try:
        from timm.data import ImageNetInfo
    except ImportError as error:
        raise InvalidRequest(
            "The names of ImageNet's classes come with timm; run: pip install 'clipsearch[builtin]'"
        ) from error
    info = ImageNetInfo()
    firsts = [str(info.index_to_description(place)).split(", ")[0] for place in range(info.num_classes())]
    meant = [MEANINGS.get(place, (name, name)) for place, name in enumerate(firsts)]
    return [NamedClass(name, (prompt,)) for name, prompt in meant]
