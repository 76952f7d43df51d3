"""What went wrong with a download, in one sentence that says what to do."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.errors import ClipsearchError, DownloadFailed, HubUnreachable
from indexer.paths import readable

PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml")  # what a login page begins with, and no model's file
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
KEPT = "what has come is kept, and running this again goes on from there"


@contextlib.contextmanager
def asked(repository: str) -> Iterator[None]:
    """Turn what goes wrong when the hub is asked about a file into DownloadFailed, or HubUnreachable."""
    from huggingface_hub.utils import EntryNotFoundError, HfHubHTTPError

    try:
        yield
    except (ClipsearchError, EntryNotFoundError):
        raise
    except HfHubHTTPError as error:
        raise DownloadFailed(_refused(repository, error)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:  # such as of the file with the user's token
            raise DownloadFailed(_unusable(error, Path(os.fsdecode(error.filename)).parent)) from error
        # The client raises many kinds for a connection, which differ between its versions.
        raise HubUnreachable(
            f"The Hugging Face hub does not answer when asked for {repository} ({_reason(error)}): check the network "
            "and run this again, or use the offline model with --model builtin."
        ) from error


@contextlib.contextmanager
def told(repository: str, name: str, part: Path, total: int | None = None) -> Iterator[None]:
    """Turn what goes wrong while a file comes into DownloadFailed; Ctrl-C gets a sentence on what is kept in `part`."""
    from huggingface_hub.utils import HfHubHTTPError

    try:
        yield
    except ClipsearchError:
        raise
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_stopped(name, part, total)) from None
    except HfHubHTTPError as error:
        raise DownloadFailed(_refused(repository, error)) from error
    except OSError as error:
        if error.errno is not None and not isinstance(error, (ConnectionError, TimeoutError)):
            raise DownloadFailed(_unwritable(error, name, part, total)) from error
        raise DownloadFailed(_broken_off(error, name, part, total)) from error
    except Exception as error:
        raise DownloadFailed(_broken_off(error, name, part, total)) from error


def check_room(part: Path, free: int, needed: int) -> None:
    """Raise OSError if a file will not fit on the disk."""
    if free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))


def not_the_hub() -> str:
    """Say that something else answers in the hub's place."""
    from huggingface_hub import constants

    return (
        f"What answers at {constants.ENDPOINT} is not the Hugging Face hub, but perhaps the login page of a network or "
        "a proxy: open a page in a browser to log in, check HF_ENDPOINT if it is set, and run this again."
    )


def _refused(repository: str, error: Any) -> str:
    """Say what the hub's answer means."""
    from huggingface_hub import constants
    from huggingface_hub.utils import GatedRepoError, RepositoryNotFoundError

    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, GatedRepoError):
        return (
            f"The hub gives {repository} only to those who have accepted its terms: do that at "
            f"{constants.ENDPOINT}/{repository}, log in with hf auth login, and run this again."
        )
    if isinstance(error, RepositoryNotFoundError) or status in (401, 404):
        return (
            f"The Hugging Face hub has no repository {repository} that is open to you: check its name, or log in with "
            "hf auth login if it is a private one."
        )
    if status == 403:
        return (
            f"The Hugging Face hub refuses to give {repository} (403 Forbidden): log in with hf auth login, or check "
            "whether a proxy or firewall is in the way."
        )
    return f"The Hugging Face hub can't give {repository} now (it answers {status}): run this again later."


def _stopped(name: str, part: Path, total: int | None) -> str:
    """Say what is kept of a file whose download was stopped."""
    done = _size(part)
    if not done:
        return f"Stopped before anything of {name} had come."
    return f"Stopped; {_of(done, total)} of {name} are kept, and running this again goes on from there."


def _unwritable(error: OSError, name: str, part: Path, total: int | None) -> str:
    """Say why the cache can't be written to."""
    folder = readable(part.parent.parent.parent)
    if error.errno in FULL:
        needed = "" if total is None else f" for the {_megabytes(total - _size(part))} that {name} still needs"
        return (
            f"There is no room in the hub's cache {folder}{needed}: free some space, or set HF_HOME to a folder on "
            f"another disk, and run this again."
        )
    return _unusable(error, part.parent.parent.parent)


def _unusable(error: OSError, folder: Path) -> str:
    """Say that a folder of the hub's client can't be used."""
    return (
        f"The hub's cache {readable(folder)} can't be used ({error.strerror or error}): check its permissions, or set "
        "HF_HOME to another folder, and run this again."
    )


def _broken_off(error: Exception, name: str, part: Path, total: int | None) -> str:
    """Say how far a download came; a web page that came in the file's place is thrown away."""
    if _is_page(part):
        part.unlink()
        return not_the_hub()
    done = _size(part)
    if total is not None and done > total:
        part.unlink()
        return f"More came than {name} has, and is not kept: run this again."
    return f"The download of {name} broke off at {_of(done, total)} ({_reason(error)}): {KEPT}."


def _is_page(part: Path) -> bool:
    with contextlib.suppress(OSError), part.open("rb") as file:
        return file.read(64).lstrip().lower().startswith(PAGE)
    return False


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _of(done: int, total: int | None) -> str:
    return _megabytes(done) if total is None else f"{_megabytes(done)} of {_megabytes(total)}"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def _reason(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:120].rstrip(" .")
