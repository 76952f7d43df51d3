"""Which files a model was last loaded from, so that it is known again without being loaded, hashed and built.

A record in the cache folder holds the model's fingerprint with the size, time stamps and content hash of its files. A
file with other time stamps is hashed; a model whose files have changed is loaded, which says whether it is another.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from indexer.errors import ClipsearchError
from indexer.exported.folder import hash_of, read_json
from indexer.files.whole import written_whole
from indexer.model_settings.folder import files_of
from indexer.models import builtin_weights
from indexer.models.names import BUILTIN, ModelName, parse_model_name
from indexer.paths import cache_folder

FORMAT = 2
PACKAGE = "open_clip_torch"  # its other versions may preprocess in another way
STAMPS = ("size", "mtime_ns", "ctime_ns")
State = Literal["unknown", "known", "changed", "gone"]


def state_of(name: str, fingerprint: str | None = None) -> tuple[State, str]:
    """Return what is known of a model on this machine, and its fingerprint ("" if unknown).

    It is "changed" if its files differ from those of the record, or if the record has another than the `fingerprint`
    that is asked for; "gone" if they are not there.
    """
    record = read_json(_file(name))
    if record is None or record.get("format") != FORMAT or record.get("version") != _version(name):
        return "unknown", ""
    try:
        known, files = str(record["fingerprint"]), list(record["files"])
        seen = [_seen(Path(file["path"])) for file in files]
        if None in seen:
            return "gone", known
        if _beside([Path(file["path"]) for file in files], name) != record["beside"]:
            return "changed", known
        same = all(now == tuple(file[key] for key in STAMPS) for now, file in zip(seen, files, strict=True))
        if not same and not _is_same_content(files):
            return "changed", known
    except (KeyError, TypeError, ValueError, OSError):
        return "unknown", ""
    if not same:
        remember(name, known, [Path(file["path"]) for file in files])
    return ("known" if fingerprint in (None, known) else "changed"), known


def remember(name: str, fingerprint: str, files: list[Path] | None = None) -> None:
    """Record a model that was loaded; does nothing if its files are not known or the cache can't be written."""
    with contextlib.suppress(OSError, ValueError, ClipsearchError):
        paths = weight_files(parse_model_name(name)) if files is None else files
        if not paths:
            return
        record: dict[str, Any] = {"format": FORMAT, "name": name, "version": _version(name), "fingerprint": fingerprint}
        record |= {"beside": _beside(paths, name), "files": [_described(path) for path in paths]}
        file = _file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(file) as part:
            part.write_text(json.dumps(record, indent=1), encoding="utf-8")


def weight_files(name: ModelName) -> list[Path]:
    """Return the files that decide a model's embeddings; [] if they can't be told."""
    match name.kind:
        case "builtin":
            return builtin_weights.files()
        case "file":
            return [Path(name.weights)]
        case "local-dir":
            return files_of(Path(name.source))
        case _:
            from indexer.models.open_clip_loading import cached_files

            return cached_files(name)


def _file(name: str) -> Path:
    """Return the record's file."""
    return cache_folder() / f"model-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.json"


def _version(name: str) -> str:
    """Return what decides, besides the files, which embeddings a model gives: the package's version, or our recipe."""
    if name == BUILTIN:
        from indexer.builtin_space.recipe import recipe_hash

        return recipe_hash()
    from importlib.metadata import PackageNotFoundError, version  # 6 ms, which known texts need not wait for

    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def stamps(name: str) -> list[tuple[int, ...] | None]:
    """Return what is seen of a model's own files without reading them; [] of the hub's, which nobody writes over."""
    with contextlib.suppress(OSError, ClipsearchError):  # the loading says that there is no such model
        parsed = parse_model_name(name)
        return [_seen(path) for path in weight_files(parsed)] if parsed.kind in ("file", "local-dir") else []
    return []


def _beside(files: list[Path], name: str) -> list[str]:
    """Return what decides, besides their content, that these are the files: their names in a folder, the hub's commit.

    A loader takes another file once there is a better one; another program may have fetched a newer commit.
    """
    kind, folder = parse_model_name(name).kind, files[0].parent
    if kind not in ("local-dir", "hf-hub", "zoo"):
        return []
    if kind == "local-dir":
        return [path.name for path in files_of(folder)]
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    main = folder.parent.parent / "refs" / "main"
    is_snapshot = folder.parent.name == "snapshots"
    return [*names, main.read_text(encoding="utf-8").strip()] if is_snapshot and main.is_file() else names


def _seen(path: Path) -> tuple[int, ...] | None:
    """Return the size and the time stamps of a file; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _described(path: Path) -> dict[str, Any]:
    """Return what a record says of a file; raises OSError if it is not there."""
    seen = _seen(path)
    if seen is None:
        raise FileNotFoundError(path)
    return {"path": str(path), **dict(zip(STAMPS, seen, strict=True)), "hash": hash_of(path)}


def _is_same_content(files: list[dict[str, Any]]) -> bool:
    """Return whether the files of a record have the same bytes as when it was written."""
    return all(hash_of(Path(file["path"])) == file["hash"] for file in files)
