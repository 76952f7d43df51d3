"""What is a URL and no path; where the tables of a data-set library lie: below a URL, or in a folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from indexer.errors import InvalidRequest

# Its tables:
PICTURES, FAILURES, SHARDS, SOURCES = "pictures.lance", "failures.lance", "shards.lance", "sources.lance"
S3_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # a drive of Windows has one letter


def is_url(text: str) -> bool:
    """Return whether a text is a URL, and not the path of a file."""
    return _URL.match(text) is not None


def is_data_set(folder: Path) -> bool:
    """Return whether there is a data-set library in a local folder, without opening it."""
    return os.path.isdir(folder / PICTURES)


def table_at(address: str, table: str) -> str:
    """Return the address of one of the tables of the library at an address."""
    return f"{address.rstrip('/')}/{table}"


def s3_endpoints() -> list[str]:
    """Return the URLs of the store that the environment names instead of Amazon's; raises InvalidRequest for others.

    Variables that are empty are taken out of the environment, as Lance would panic at them.
    """
    for name in S3_ENDPOINTS:
        if not os.environ.get(name, "unset"):
            del os.environ[name]
        elif not re.match(r"https?://[^/]", os.environ.get(name, "https://unset")):
            raise InvalidRequest(f"{name} is no URL; write it as http://localhost:9000 or https://host.")
    return [os.environ[name] for name in S3_ENDPOINTS if name in os.environ]
