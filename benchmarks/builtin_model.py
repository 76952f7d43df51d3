"""Measure the built-in model on captioned photos, and fit its logit scale.

    apt-get download tuxpaint-stamps-default && dpkg -x tuxpaint-stamps-default_*.deb stamps
    python -m benchmarks.builtin_model stamps/usr/share/tuxpaint/stamps

Reads a folder of pictures with a caption each (a.png with a.txt, first line). Tux Paint's stamps are such: photos
of single objects, cut out; drawings ("cartoon") and symbols are left out. Each is put on a white square.

Prints recall of retrieval by caption, accuracy of a 6-way labeling by top folder, and the logit scale that
minimises the negative log likelihood of the true caption among 2 to 20, fitted on one half of the pictures, with
the expected calibration error (15 bins) on the other half.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.arrays import FloatArray
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from search.labels.probabilities import probabilities

LEFT_OUT = ("cartoon", "symbols", "space", "seasonal", "mirror")
FOLDERS = {
    "animals": "animal",
    "food": "food",
    "plants": "plant",
    "vehicles": "vehicle",
    "household": "household object",
    "clothes": "clothing",
}
SIZES = (2, 3, 5, 10, 20)  # classes in a task
TASKS_PER_PICTURE = 20
SCALES = np.arange(2.0, 60.0, 0.5)


def captioned(folder: Path) -> list[tuple[Path, str]]:
    """Return (picture, caption) pairs, sorted by path."""
    pairs = []
    for picture in sorted(folder.rglob("*.png")):
        caption = picture.with_suffix(".txt")
        relative = str(picture.relative_to(folder))
        if caption.exists() and not any(word in relative for word in LEFT_OUT):
            pairs.append((picture, caption.read_text(encoding="utf-8").splitlines()[0].strip()))
    return [pair for pair in pairs if pair[1]]


def on_white_square(path: Path) -> Image.Image:
    """Return a cut-out object in the middle of a white square."""
    image = Image.open(path).convert("RGBA")
    side = max(image.size)
    square = Image.new("RGBA", (side, side), "white")
    square.alpha_composite(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square.convert("RGB")


def encode(encoder: Encoder, pictures: list[Path]) -> FloatArray:
    """Return the pictures' embeddings, shape (n, dim)."""
    blocks = []
    for start in range(0, len(pictures), 16):
        batch = [encoder.preprocess(on_white_square(path)) for path in pictures[start : start + 16]]
        blocks.append(encoder.encode_images(np.stack(batch)))
    return np.concatenate(blocks)


def class_name(caption: str) -> str:
    """Turn the caption "A red apple." into the class "red apple"."""
    words = caption.rstrip(".!").split()
    return " ".join(words[1:] if len(words) > 1 and words[0].lower() in ("a", "an", "the", "some") else words)


def tasks(cosines: FloatArray, names: list[str], chosen: np.ndarray, seed: int) -> list[FloatArray]:
    """Return for each task size the cosines (tasks, size) of a picture to its caption (first) and to others."""
    random = np.random.default_rng(seed)
    found = []
    for size in SIZES:
        rows = []
        for picture in np.repeat(chosen, TASKS_PER_PICTURE):
            others = [one for one in random.permutation(len(names)) if names[one] != names[picture]][: size - 1]
            rows.append(cosines[picture, [picture, *others]])
        found.append(np.array(rows, dtype=np.float32))
    return found


def mean_nll(found: list[FloatArray], scale: float) -> float:
    """Return the negative log likelihood of the true class, each task size counting alike."""
    return float(np.mean([-np.log(probabilities(rows, scale, None)[:, 0] + 1e-12).mean() for rows in found]))


def calibration_error(found: list[FloatArray], scale: float) -> float:
    """Return the expected calibration error of the best class over all tasks (Guo et al. 2017, 15 bins)."""
    confidence, right = [], []
    for rows in found:
        given = probabilities(rows, scale, None)
        confidence.append(given.max(axis=1))
        right.append(given.argmax(axis=1) == 0)
    sure, correct = np.concatenate(confidence), np.concatenate(right)
    bins = np.minimum((sure * 15).astype(int), 14)
    return float(
        sum(
            abs(sure[bins == one].mean() - correct[bins == one].mean()) * (bins == one).mean()
            for one in range(15)
            if (bins == one).any()
        )
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="builtin")
    arguments = parser.parse_args()
    pairs = captioned(arguments.folder)
    encoder = load_encoder(arguments.model, "cpu")
    images = encode(encoder, [picture for picture, _ in pairs])
    captions = encoder.encode_texts([caption for _, caption in pairs])

    scores = captions @ images.T
    ranks = (scores > np.diag(scores)[:, None]).sum(axis=1)
    print(f"{len(pairs)} captioned photos")
    print("retrieval by caption: " + ", ".join(f"R@{k} {(ranks < k).mean():.3f}" for k in (1, 5, 10)))

    tops = [picture.relative_to(arguments.folder).parts[0] for picture, _ in pairs]
    known = [index for index, top in enumerate(tops) if top in FOLDERS]
    prompts = encoder.encode_texts([f"a photo of a {name}" for name in FOLDERS.values()])
    guessed = (images[known] @ prompts.T).argmax(axis=1)
    truth = np.array([list(FOLDERS).index(tops[index]) for index in known])
    print(f"6-way labeling of {len(known)}: {(guessed == truth).mean():.3f}")

    names = [class_name(caption) for _, caption in pairs]
    cosines = images @ encoder.encode_texts([f"a photo of a {name}" for name in names]).T
    halves = np.random.default_rng(0).permutation(len(pairs))
    fit = tasks(cosines, names, halves[::2], seed=1)
    held_out = tasks(cosines, names, halves[1::2], seed=2)
    scale = float(min(SCALES, key=lambda one: mean_nll(fit, float(one))))
    print(f"fitted logit scale: {scale:.1f} (the encoder has {encoder.logit_scale:.1f})")
    for one in (scale, encoder.logit_scale, 100.0):
        error, loss = calibration_error(held_out, one), mean_nll(held_out, one)
        print(f"  held-out half, scale {one:5.1f}: calibration error {error:.3f}, negative log likelihood {loss:.3f}")
    pairs_of_two = held_out[0]
    print(f"  held-out accuracy among 2: {(pairs_of_two.argmax(axis=1) == 0).mean():.3f}")


if __name__ == "__main__":
    main()
