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
    474: ("cardigan", "a cardigan, a knitted jacket"),
    517: ("crane (machine)", "a construction crane that lifts loads"),
    638: ("maillot (tights)", "a maillot, tights for dancers and gymnasts"),
    639: ("maillot (swimsuit)", "a maillot, a woman's one-piece swimsuit"),
    744: ("projectile", "a rocket or another projectile"),
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
