"""What Lance and object stores say when something fails, as one sentence that says what to do.

Lance hands on what its parts in Rust say, with addresses of requests and lines of its source, and by the same few kinds
of exceptions whatever is wrong. So the kind is told by words, and what they said never gets into a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.addresses import is_url
from indexer.errors import (
    ClipsearchError,
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryMissing,
    LibraryTooNew,
)
from indexer.paths import readable

CONFLICT = re.compile(r"commit conflict|concurrent (writer|transaction)|conflict(s|ed)? with|retry_timeout", re.I)
NOT_THERE = re.compile(r"^Dataset at path .* was not found: Not found: [^,]*(_versions|\.manifest)\b", re.S)
_SECRET = re.compile(r"^([^/]+//)[^/@]*@")
_KINDS: tuple[
    tuple[str, type[LibraryError], str], ...
] = (  # in this order; where {0} is the library and {1} its bucket
    (
        r"NoSuchBucket|bucket does not exist|ContainerNotFound|container does not exist",
        LibraryError,  # and not LibraryMissing: no run can make the library here
        "There is no bucket {1}, where the library {0} is to be; make it, or check the name.",
    ),
    (
        r"CredentialsNotLoaded|no providers in chain|could not find (default )?credentials|token request",
        LibraryError,
        "There are no credentials for {0}; set those of its object store, such as AWS_ACCESS_KEY_ID and"
        " AWS_SECRET_ACCESS_KEY, or log in with its own program.",
    ),
    (
        r"no Azure account name",
        LibraryError,
        "The address {0} does not say whose storage account it is; set AZURE_STORAGE_ACCOUNT_NAME.",
    ),
    (
        r"No object store provider found|scheme",
        LibraryError,
        "A library can't be at {0}; it can be in a folder, or at an address that begins with s3://, gs:// or az://.",
    ),
    (
        r"without LOCATION|PermanentRedirect|AuthorizationHeaderMalformed|incorrectly configured region",
        LibraryError,
        "The bucket {1} is in another region; set AWS_REGION to that.",
    ),
    (
        r"status code: 40[13]|Forbidden|AccessDenied|Unauthorized|SignatureDoes|InvalidAccessKey|ExpiredToken",
        LibraryError,
        "The object store does not give access to {0}; check the credentials, and what they may do in {1}.",
    ),
    (
        r"status code: (429|50[0234])|SlowDown|TooManyRequests|Internal Server Error|Service Unavailable",
        LibraryError,
        "The object store of {0} could not answer, as it is busy or out of order; try again later.",
    ),
    (
        r"error sending request|builder error|timed? ?out|dns error|Connection refused|connect error",
        LibraryError,
        "The object store of {0} can't be reached; check the connection and, if it is set, AWS_ENDPOINT_URL.",
    ),
    (
        r"feature flag|not supported by this version|can(no|')t be read by this|upgrade|UnsupportedVersion",
        LibraryTooNew,
        "The library {0} was written by a newer version of Lance; upgrade pylance and clipsearch.",
    ),
    (
        r"No space left|StorageFull|\(os error (28|122)\)|disk quota",
        LibraryError,
        "There is no room left where the library {0} is; make room and run it again, what was committed is kept.",
    ),
    (
        r"Permission denied|Read-only file system|Operation not permitted|\(os error (1|13|30)\)",
        LibraryError,
        "The library {0} can't be read or written; check the permissions of its folder.",
    ),
    (
        r"Not a directory|\(os error 20\)",
        LibraryError,
        "There is no library at {0}, but a file is in the way; name a folder.",
    ),
    (
        CONFLICT.pattern,
        LibraryBusy,
        "Others wrote to the library {0} all the time, so this could not; try again later.",
    ),
    (
        r"manifest|protobuf|file size|fill whole buffer|magic|corrupt|panic|invalid|not found|decode|encod|range",
        LibraryDamaged,
        "Files of the library {0} are damaged or missing; earlier versions may be whole (--as-of), else index it anew.",
    ),
)


def library_error(address: str, error: BaseException) -> LibraryError:
    """Return what an error of Lance's means for the library at an address."""
    if isinstance(error, MemoryError):
        return LibraryError(f"There is not enough memory for the library {address}; close other programs.")
    said = "; ".join(
        filter(None, (str(error), _of_system(error), type(error).__name__.replace("PanicException", "panic")))
    )
    # What is called like an error must not be taken for one.
    said = said.replace(address, "").replace(address.lstrip("/"), "")
    address = shown(address)
    bucket = address.split("/")[2] if is_url(address) else address
    for words, kind, sentence in _KINDS:
        if re.search(words, said, re.IGNORECASE):
            return kind(sentence.format(address, bucket))
    return LibraryError(f"The library {address} can't be read or written just now; try again, or index it anew.")


@contextmanager
def sentences(address: str) -> Iterator[None]:
    """Raise what Lance raises in the block as a LibraryError."""
    try:
        yield
    except (ClipsearchError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except (OSError, ValueError, RuntimeError, MemoryError, NotImplementedError) as error:
        raise library_error(address, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException" and not type(error).__module__.startswith("pyarrow"):
            raise
        raise library_error(address, error) from error


def missing(address: str) -> LibraryMissing:
    """Return the error that there is no library at an address."""
    address, option = shown(address), "" if is_url(address) else " --store lance"
    return LibraryMissing(
        f"There is no library at {address}; make one with: clipsearch index PICTURES --library {address}{option}"
    )


def shown(address: str) -> str:
    """Return an address without what may be secret in it, as any terminal can show it."""
    return readable(_SECRET.sub(r"\1", address.split("?")[0]) if is_url(address) else address)


def _of_system(error: BaseException) -> str:
    """Return what the system says, in the words of Lance's."""
    return f"(os error {error.errno})" if isinstance(error, OSError) and error.errno is not None else ""
