"""The Ray cluster that a run uses: the one that RAY_ADDRESS names, or one on this machine for as long as it takes."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import secrets
import shutil
import signal
import socket
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

from indexer.engine.frames import first_line
from indexer.errors import ClipsearchError
from indexer.installation import install_command, is_installed
from indexer.models.device import cores

ADDRESS = "RAY_ADDRESS"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps it
LEAST_STORE, MOST_STORE = 100 * 1024**2, 4 * 1024**3  # bytes of pixels on their way
PATIENCE = 10.0  # seconds that a cluster may take to answer; Ray itself would wait for minutes
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is reported to anyone
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # as Ray will do; else it warns
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # of what is not written in Python
}


@contextlib.contextmanager
def cluster() -> Iterator[None]:
    """Be connected to Ray; raises ClipsearchError if it is not installed or the cluster can't be used."""
    if not is_installed("ray"):
        raise ClipsearchError(f"The engine ray is not installed; run: {install_command('ray')}")
    with quiet_environment():
        with unwarned():
            import ray.data

        if ray.is_initialized():  # by whoever calls, and it goes on with it
            with _hushed():
                yield
            return
        try:
            with _hushed():
                with unwarned(), _without_stderr(), _same_handlers():
                    _connect()
                yield
        finally:
            with unwarned():
                ray.shutdown()


@contextlib.contextmanager
def quiet_environment() -> Iterator[None]:
    """Set the variables that Ray reads, as far as nobody has."""
    own = {} if is_debugging() else {name: value for name, value in QUIET.items() if name not in os.environ}
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)


@contextlib.contextmanager
def unwarned() -> Iterator[None]:
    """Ignore Python's warnings: Ray's parts warn of one another."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def is_debugging() -> bool:
    """Return whether Ray's own messages are wanted."""
    return bool(os.environ.get("CLIPSEARCH_DEBUG"))


def _connect() -> None:
    """Join the cluster that is named, or start one here."""
    import ray

    address = os.environ.get(ADDRESS)
    level = logging.INFO if is_debugging() else logging.CRITICAL
    try:
        if address and address != "local":
            _knock(address)
            ray.init(log_to_driver=is_debugging(), logging_level=level)
        else:
            os.environ.setdefault("RAY_AUTH_TOKEN", _token())  # else Ray would put one into the home folder
            ray.init(
                address="local",
                num_cpus=cores(),
                include_dashboard=False,
                object_store_memory=_store_size(),
                log_to_driver=is_debugging(),
                logging_level=level,
            )
    except Exception as error:  # whatever Ray raises: its classes for this differ from version to version
        raise _unusable(address, error) from error


def _knock(address: str) -> None:
    """Raise OSError if nothing listens at host:port, or it is no such address; a name as `auto` is left to Ray."""
    if "://" in address:
        raise OSError("no part of the cluster")  # Ray would hand calls on to one, but no shards
    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and int(port) < 1 << 16:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()


@contextlib.contextmanager
def _same_handlers() -> Iterator[None]:
    """Leave signals to those who handled them before: Ray's own handlers write to stderr, and end the process."""
    is_main = threading.current_thread() is threading.main_thread()
    before = [(kind, signal.getsignal(kind)) for kind in (signal.SIGINT, signal.SIGTERM)] if is_main else []
    try:
        yield
    finally:
        for kind, handler in before:
            if handler is not None:  # else nothing in Python has set it
                signal.signal(kind, handler)


@functools.cache
def _token() -> str:
    """Return what only this process and those of its Ray know: others on the network could run code there."""
    return secrets.token_hex(32)


def _unusable(address: str | None, error: Exception) -> ClipsearchError:
    """Return what to do about a cluster that can't be used."""
    text = str(error)
    if not address or address == "local":
        return ClipsearchError(f"Ray can't be started on this machine: {first_line(error)}.")
    if "://" in address:
        return ClipsearchError(
            f"{ADDRESS} is {address}, but a run is part of its cluster: start it on one of the nodes, with {ADDRESS} as"
            " HOST:PORT, such as 10.0.0.5:6379."
        )
    if "Version mismatch" in text:
        return ClipsearchError(
            f"The Ray cluster {address} ({ADDRESS}) runs other versions of Ray or Python than this machine: install "
            "the same ones on both."
        )
    if any(map(_is_about_token, _with_causes(error))):
        return ClipsearchError(
            f"The Ray cluster {address} ({ADDRESS}) asks for another token, or for one at all: set RAY_AUTH_MODE=token,"
            " and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH to that of the cluster."
        )
    return ClipsearchError(
        f"No Ray cluster answers at {address} ({ADDRESS}): check that it runs, or unset {ADDRESS} to use this machine."
    )


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it: Ray says of a token only that it could not connect."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_about_token(error: BaseException) -> bool:
    text = f"{type(error).__name__} {error}".lower()
    return any(word in text for word in ("authentication", "unauthenticated", "token"))


def _store_size() -> int:
    """Return how many bytes Ray may keep in shared memory, for pixels on their way: a tenth, if that is free there."""
    wanted = MOST_STORE
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not on Windows
        wanted = min(wanted, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 10)
    if SHARED_MEMORY.is_dir():
        wanted = min(wanted, int(shutil.disk_usage(SHARED_MEMORY).free * 0.8))
    return max(LEAST_STORE, wanted)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep what Ray says to itself off stderr, unless someone debugs; its log files have it."""
    loggers = [logging.getLogger(name) for name in ("ray", "ray.data")]
    shown = [handler for logger in loggers for handler in logger.handlers if isinstance(handler, logging.StreamHandler)]
    before = [handler.level for handler in shown]
    for handler in shown:
        handler.setLevel(handler.level if is_debugging() else logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in zip(shown, before, strict=True):
            handler.setLevel(level)


@contextlib.contextmanager
def _without_stderr() -> Iterator[None]:
    """Drop what is written to stderr past Python, as the sentence that the variable for less of it is heeded."""
    if is_debugging():
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
