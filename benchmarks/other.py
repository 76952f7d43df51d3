"""Measure "other": are pictures that fit none of the classes told from those that fit one?

    python -m benchmarks.other sample_images FOLDER_OF_STAMPS FOLDER_OF_PHOTOS

The second folder is Tux Paint's stamps, as in benchmarks/builtin_model.py, the third GCompris' photos, as
benchmarks/gcompris.py writes them. No constant was chosen on those, and their tasks are older than the first run.
A task is a list of classes and which pictures, by the beginning of their path, show each; all others are "other".
Precision is the share of the labels other than "other" that are right, recall the share of the pictures with a class
that get it, each over all tasks of a set.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.builtin_model import captioned, encode
from indexer.arrays import FloatArray
from indexer.files.formats import PICTURE_SUFFIXES
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.store.store import Store
from search.labels.judge import Judge
from search.labels.make_recipe import make_recipe
from search.library.library import Library

Task = Mapping[str, Sequence[str]]  # class -> beginnings of the paths that show it

FRUIT = ("apple", "banana", "lemons", "oranges", "strawb")
SAMPLES: tuple[Task, ...] = (
    {"cup": ("cup", "mug", "espresso"), "car": ("car-",)},
    {"cup": ("cup", "mug", "espresso")},
    {"car": ("car-",)},
    {"fruit": FRUIT},
    {"lighthouse": ("lighthouse",)},
    {"furniture": ("bookcase", "four", "park-bench", "sofa")},
    {"guitar": ("guitar",), "pizza": ("pizza",), "umbrella": ("umbrella",)},
    {"dog": (), "cat": ()},
    {"person": ()},
    {"receipt": (), "screenshot": (), "beach": (), "birthday party": ()},
    {"mushroom": ("fly-ag",), "boat": ("sailboat",), "clock": ("wall-clock",)},
    {"envelope": ("red-env",), "teapot": ("teapot",), "padlock": ("padlock",)},
    {"bananas": ("banan",), "lemon": ("lem",), "orange": ("orang",), "apple": ("apple",), "strawberry": ("strawb",)},
    {"vehicle": ("car-", "sailb", "hot-a"), "fruit": FRUIT, "furniture": ("bookcase", "four", "park-bench", "sofa")},
    {"traffic light": ("traffic",), "candle": ("candles",), "bed": ("four",)},
    {"sofa": ("sofa",), "bookcase": ("bookcase",), "hourglass": ("hourglass",), "keyboard": ("keyboard",)},
)
CARS = ("vehicles/auto/b", "vehicles/auto/s", "vehicles/race", "vehicles/emergency/sedan")
TRUCKS = ("vehicles/auto/truck", "vehicles/emergency/fire", "vehicles/garb", "vehicles/constr")
MAMMALS = "animals/mammals"
STAMPS: tuple[Task, ...] = (
    {"bird": ("animals/birds",), "fish": ("animals/fish",)},
    {"fruit": ("food/fruit",), "vegetable": ("food/vegetables",)},
    {"vehicle": ("vehicles", "military/vehicles")},
    {"car": CARS, "truck": TRUCKS},
    {"flower": ("plants/flowers",), "tree": ("plants/trees",)},
    {"dog": (f"{MAMMALS}/dogs",), "cat": (f"{MAMMALS}/cats",)},
    {"animal": ("animals",)},
    {"musical instrument": ("hobbies/music",)},
    {"road sign": ("town/roadsigns",)},
    {"clothing": ("clothes",), "tool": ("household/tools",)},
    {"insect": ("animals/insects",)},
    {"hat": ("clothes/hats",)},
    {"apple": ("food/fruit/apple",)},
    {
        "cow": (f"{MAMMALS}/bovines/cow", f"{MAMMALS}/bovines/bull"),
        "sheep": (f"{MAMMALS}/bovines/sheep", f"{MAMMALS}/bovines/ram"),
        "horse": (f"{MAMMALS}/equines/horse",),
        "pig": (f"{MAMMALS}/pig",),
    },
    {"owl": ("animals/birds/owl",), "duck": ("animals/birds/duck", "animals/birds/drake")},
    {"hammer": ("household/tools/hammer", "household/tools/mallet"), "key": ("household/key",)},
    {"wedding": (), "beach": (), "receipt": (), "selfie": ()},
    {"cup": ("household/dishes/mug",), "car": CARS},
)
FARM, WORLD, ERASE = "explore_farm_animals/", "explore_world_animals/", "erase/"
BIRDS = (
    f"{FARM}chicken",
    f"{FARM}duck",
    f"{FARM}owl",
    f"{WORLD}scarlet",
    *(f"{ERASE}{name}" for name in ("gosling", "heron", "kingf", "northern", "penguin", "spoonb", "swans", "toucan")),
)
APES = tuple(f"{ERASE}{name}" for name in ("gibbon", "gorilla", "long_nosed", "macaque"))
CUPS = ("others/cup", "others/buffetset")
STATUES = ("monuments/christ", "monuments/mountR", "monuments/statue", "monuments/victoria")
PHOTOS: tuple[Task, ...] = (
    {"animal": ("fishes", FARM, WORLD, ERASE)},
    {"bird": BIRDS, "fish": ("fishes",)},
    {"tool": ("tools",)},
    {"windmill": ("renewable/windmill",)},
    {"dam": ("renewable/dam",), "solar panel": tuple(f"renewable/solar{number}" for number in range(4, 9))},
    {"hammer": ("tools/hammer",), "scissors": ("tools/scissors",), "screwdriver": ("tools/screwDriver",)},
    {"cup": CUPS, "car": ()},
    {"cat": (f"{FARM}cat", f"{ERASE}kitten"), "dog": (f"{FARM}dog",)},
    {"horse": (f"{FARM}horse", f"{ERASE}horse"), "cow": (f"{FARM}cow", f"{ERASE}calf"), "pig": (f"{FARM}pig",)},
    {"owl": (f"{FARM}owl",), "duck": (f"{FARM}duck",), "penguin": (f"{ERASE}penguin",)},
    {"monkey": APES, "giraffe": (f"{WORLD}giraffe", f"{ERASE}giraffe")},
    {"insect": (f"{ERASE}bee", f"{ERASE}butterfly", f"{ERASE}caterp")},
    {"statue": STATUES},
    {"measuring tape": ("tools/measuring",), "pliers": ("tools/plier",), "multimeter": ("tools/multi",)},
    {"wedding": (), "beach": (), "receipt": (), "selfie": ()},
    {"vehicle": ()},
    {"person": ()},
    {"food": (), "flower": ()},
    {"ball": ("others/baseball", "others/volley"), "chair": ("others/chair",), "light bulb": ("others/bulb",)},
)


def measure(library: Library, tasks: Sequence[Task], names: Sequence[str], vectors: FloatArray, shown: bool) -> str:
    """Return precision, recall, accuracy and calibration error over all tasks, each picture in each."""
    truth, guess, sure = [], [], []
    for task in tasks:
        judge = Judge(library, make_recipe(list(task), other=True))
        found = judge.probabilities(vectors)
        right = [
            next((one for one, starts in task.items() if name.startswith(tuple(starts))), "other") for name in names
        ]
        given = [judge.columns[column] for column in found.argmax(axis=1)]
        truth += right
        guess += given
        sure += found.max(axis=1).tolist()
        if shown:
            wrong = [f"{name} is {one}" for name, one, two in zip(names, given, right, strict=True) if one != two]
            print(f"  {', '.join(task)}: {len(wrong)} wrong; {'; '.join(wrong[:6])}")
    expected, labels, confidence = np.array(truth), np.array(guess), np.array(sure)
    same, is_label, is_class = expected == labels, labels != "other", expected != "other"
    bins = np.minimum((confidence * 15).astype(int), 14)
    error = sum(
        abs(confidence[bins == one].mean() - same[bins == one].mean()) * (bins == one).mean() for one in set(bins)
    )
    precision, recall = same[is_label].mean(), same[is_class].mean()
    return (
        f"{len(tasks)} tasks, {len(names)} pictures: precision {precision:.3f}, recall {recall:.3f}, right"
        f" {same.mean():.3f}, calibration error {error:.3f}"
    )


def of_samples(encoder: Encoder, folder: Path) -> tuple[list[str], FloatArray]:
    """Return the sample images' names and embeddings, as indexing makes them."""
    from indexer.engine.frames import frames

    paths = sorted(path for path in folder.iterdir() if path.suffix in PICTURE_SUFFIXES)
    pixels = [next(iter(frames(folder, path.name, encoder.preprocess)))[1] for path in paths]
    return [path.name for path in paths], encoder.encode_images(np.stack(pixels))


def of_photos(encoder: Encoder, folder: Path) -> tuple[list[str], FloatArray]:
    """Return the names below a folder, and the embeddings, of its pictures."""
    found = [of_samples(encoder, place) for place in sorted(folder.iterdir())]
    names = [
        f"{place.name}/{name}" for place, some in zip(sorted(folder.iterdir()), found, strict=True) for name in some[0]
    ]
    return names, np.concatenate([vectors for _, vectors in found])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path)
    parser.add_argument("stamps", type=Path, nargs="?")
    parser.add_argument("photos", type=Path, nargs="?")
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.model, "cpu")
    with Store.in_memory() as store:
        library = Library.with_encoder(store, encoder)
        names, vectors = of_samples(encoder, arguments.samples)
        print("samples:", measure(library, SAMPLES, names, vectors, arguments.verbose))
        if arguments.stamps:
            paths = [picture for picture, _ in captioned(arguments.stamps)]
            names = [str(path.relative_to(arguments.stamps)) for path in paths]
            print("stamps:", measure(library, STAMPS, names, encode(encoder, paths), arguments.verbose))
        if arguments.photos:
            names, vectors = of_photos(encoder, arguments.photos)
            print("photos:", measure(library, PHOTOS, names, vectors, arguments.verbose))


if __name__ == "__main__":
    main()
