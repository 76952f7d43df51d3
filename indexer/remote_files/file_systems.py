"""The file system that a URL leads to, as fsspec has it, told not to wait for ever and to remember no listings."""

from __future__ import annotations

import logging
import os
from typing import Any

from indexer.addresses import s3_endpoints
from indexer.errors import ClipsearchError, SourceError
from indexer.installation import install_command
from indexer.remote_files.azure import AZURE, connection_string
from indexer.remote_files.public_addresses import public_address
from indexer.remote_files.sentences import no_credentials, sentence_of
from indexer.remote_files.web import is_web

CONNECTS_WITHIN, ANSWERS_WITHIN = 10.0, 60.0  # seconds
CONNECTIONS = 32
KNOWN = ("s3://", "gs://", "az://", "abfs://", "hf://", "https://", "http://", "file://")
_PACKAGES = ("s3fs", "gcsfs", "adlfs", "aiohttp", "fsspec")  # of the extra


def scheme_of(url: str) -> str:
    """Return the scheme of a URL, in lower case."""
    return url.partition("://")[0].lower()


def file_system(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and its path there; raises SourceError for one that can't be used here."""
    scheme = scheme_of(url)
    # else gcsfs asks Google by another way of what kind each bucket is, and waits for ever where only HTTP goes through
    os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    try:
        import fsspec

        cls = fsspec.get_filesystem_class(scheme)
    except ImportError as error:
        raise SourceError(_missing(scheme, error)) from error
    except ValueError as error:
        raise SourceError(
            f"{public_address(url)} begins with {scheme}://, which is not known; these are: {', '.join(KNOWN)}"
        ) from error
    try:
        given = {**_options(scheme), **cls._get_kwargs_from_urls(url)}
        path = str(cls._strip_protocol(url))
        return cls(**given), path if is_web(url) else path.rstrip("/")  # which not every file system takes away
    except ImportError as error:
        raise SourceError(_missing(scheme, error)) from error
    except ClipsearchError:
        raise
    except Exception as error:  # each has its own kinds
        lacks_account = scheme in AZURE and isinstance(error, ValueError)
        raise SourceError(no_credentials(url) if lacks_account else sentence_of(error, url)) from error


def _missing(scheme: str, error: ImportError) -> str:
    package = (error.name or "").split(".")[0]
    if scheme not in ("s3", "s3a", "gs", "gcs", *AZURE, "http", "https", "hf") and package not in _PACKAGES:
        return f"{scheme}:// needs a package that is not installed; see fsspec's list of file systems."
    return f"{scheme}:// needs the extra remote; run: {install_command('remote')}"


def _options(scheme: str) -> dict[str, Any]:
    """Return the options of a file system: no caches of listings, which grow and grow stale; limits of time."""
    if scheme in ("s3", "s3a"):
        # those of s3fs come on top: with more of botocore's, an endpoint that is not there is waited for for minutes
        retries = {"mode": "standard", "max_attempts": 2}
        config = {"connect_timeout": CONNECTS_WITHIN, "read_timeout": ANSWERS_WITHIN, "retries": retries}
        endpoint = next(iter(s3_endpoints()), None)
        return {
            "use_listings_cache": False,
            "config_kwargs": {**config, "max_pool_connections": CONNECTIONS},
            **({"endpoint_url": endpoint} if endpoint else {}),  # part of what tells instances apart
        }
    if scheme in ("http", "https"):
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECTS_WITHIN, sock_read=ANSWERS_WITHIN)
        return {"use_listings_cache": False, "client_kwargs": {"timeout": timeout, "trust_env": True}}
    if scheme in ("gs", "gcs") and (endpoint := os.environ.get("STORAGE_EMULATOR_HOST")):
        return {"use_listings_cache": False, "endpoint_url": endpoint}
    if scheme in AZURE:
        connection = connection_string()
        return {"use_listings_cache": False, **({"connection_string": connection} if connection else {})}
    if scheme == "hf":
        _hush_the_hub()
    return {"use_listings_cache": False} if scheme in ("gs", "gcs", "hf") else {}


def _hush_the_hub() -> None:
    """Keep what the hub's package says of each try off stderr, unless someone has set how much it is to say."""
    if not os.environ.get("HF_HUB_VERBOSITY"):
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
