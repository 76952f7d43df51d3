"""What is said where a place can't be read: one sentence for each kind of trouble, whichever package had it.

The texts of those packages are never shown: they may hold keys, and speak of requests. What kind it is is told by the
names of errors and by codes of S3, so that none of the packages need be loaded, or be installed.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.errors import ClipsearchError, SourceError, reason_of
from indexer.remote_files.public_addresses import public_address

_VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_STORAGE_CONNECTION_STRING",
    "hf": "HF_TOKEN",
}
_ANONYMOUS = {"s3": "FSSPEC_S3_ANON=true", "gs": "FSSPEC_GS_TOKEN=anon", "az": "AZURE_STORAGE_ANON=true"}
_ALIKE = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_NO_CREDENTIALS = _words(
    "NoCredentialsError PartialCredentialsError ProfileNotFound TokenRetrievalError SSOTokenLoadError"
    " UnauthorizedSSOTokenError DefaultCredentialsError CredentialUnavailableError"
)
_REFUSED = _words(
    "InvalidAccessKeyId SignatureDoesNotMatch ExpiredToken InvalidToken AuthFailure InvalidClientTokenId RefreshError"
    " ClientAuthenticationError TokenRefreshRequired InvalidSecurity 401"
)
_FORBIDDEN = _words(
    "AccessDenied AllAccessDisabled Forbidden 403 PermissionError GatedRepoError DisabledRepoError AuthorizationFailure"
)
_NO_BUCKET = _words("NoSuchBucket BucketNotFound ContainerNotFound RepositoryNotFoundError")
_NOT_THERE = _words(
    "NoSuchKey NotFound 404 410 FileNotFoundError NotADirectoryError EntryNotFoundError RevisionNotFoundError"
    " ResourceNotFoundError NoSuchVersion"
)
_BUSY = _words(
    "SlowDown ServiceUnavailable Throttling ThrottlingException TooManyRequests RequestLimitExceeded"
    " 503 429 502 504 500 InternalError ServerBusy"
)
_UNREACHABLE = _words(
    "EndpointConnectionError ConnectTimeoutError ConnectionClosedError ReadTimeoutError HTTPClientError"
    " ProxyConnectionError"
    " ClientConnectorError ClientConnectorDNSError ClientConnectorCertificateError ServerDisconnectedError"
    " ClientOSError"
    " ClientPayloadError ServerTimeoutError SocketTimeoutError ConnectionTimeoutError FSTimeoutError"
    " TimeoutError timeout"
    " ConnectionError ConnectionRefusedError ConnectionResetError ConnectionAbortedError BrokenPipeError gaierror"
    " ServiceRequestError ServiceResponseError IncompleteRead IncompleteReadError ResponseStreamingError ConnectError"
    " ConnectTimeout ReadTimeout ReadError RemoteProtocolError RemoteDisconnected URLError SSLError TransportError"
    " InvalidChunkLength LocalEntryNotFoundError OfflineModeIsEnabled"
)
_BROKEN = frozenset((errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT, errno.ECONNREFUSED, errno.EHOSTUNREACH))
_ARCHIVED = frozenset(("InvalidObjectState", "BlobArchived"))
_CHANGED = frozenset(("PreconditionFailed", "412", "ConditionNotMet"))


def marks_of(error: BaseException) -> set[str]:
    """Return what tells the kind of an error: the names of its classes, its codes, and those of its causes."""
    marks: set[str] = set()
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        marks |= {cls.__name__ for cls in type(at).__mro__} | _codes(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return marks


def _codes(error: BaseException) -> set[str]:
    """Return the codes of an error: of S3, HTTP or Azure; "503" for what s3fs makes of throttling."""
    answer = getattr(error, "response", None)
    told = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else getattr(answer, "status_code", None)
    status = getattr(error, "status", None)  # aiohttp warns of whoever asks it for the older name
    code = getattr(error, "code", None) if status is None else status
    codes = (told, code, getattr(error, "status_code", None), getattr(error, "error_code", None))
    found = {str(code) for code in codes if isinstance(code, str | int)}
    number = getattr(error, "errno", None)
    if number == errno.EBUSY:
        found.add("503")
    return found | ({"ConnectionError"} if number in _BROKEN else set())


def is_throttled(error: BaseException) -> bool:
    """Return whether a server asks for patience."""
    return bool(marks_of(error) & _BUSY)


def is_broken_off(error: BaseException) -> bool:
    """Return whether a server was not reached, or a connection broke."""
    return bool(marks_of(error) & _UNREACHABLE)


def is_refused(error: BaseException) -> bool:
    """Return whether there are no credentials, or they are not taken: so it will be for all else there."""
    return bool(marks_of(error) & (_NO_CREDENTIALS | _REFUSED))


def is_of_its_place(error: BaseException) -> bool:
    """Return whether trouble with an object is that of its place, so that others there have it, too."""
    return is_refused(error) or is_without_bucket(error) or is_throttled(error) or is_broken_off(error)


def is_gone(error: BaseException) -> bool:
    """Return whether there is no such object."""
    return bool(marks_of(error) & (_NOT_THERE | _NO_BUCKET))


def is_without_bucket(error: BaseException) -> bool:
    """Return whether there is not even the bucket or repository of an object."""
    return bool(marks_of(error) & _NO_BUCKET)


def is_changed(error: BaseException) -> bool:
    """Return whether an object is not the one that was asked for any more."""
    return bool(marks_of(error) & _CHANGED)


def is_forbidden(error: BaseException) -> bool:
    """Return whether an object may not be read."""
    return bool(marks_of(error) & _FORBIDDEN)


def is_archived(error: BaseException) -> bool:
    """Return whether an object is in an archive, from which it must be restored first."""
    return bool(marks_of(error) & _ARCHIVED)


def sentence_of(error: BaseException, address: str) -> str:
    """Return the sentence for trouble with an address, which is shown without its secrets."""
    known = sentence_if_known(error, address)
    return known or f"{public_address(address)} can't be read ({type(error).__name__}); check the address."


def no_credentials(address: str) -> str:
    """Return the sentence for a place that needs credentials where there are none."""
    kind = _kind(address)
    anonymous = f"; for what is public, set {_ANONYMOUS[kind]}" if kind in _ANONYMOUS else ""
    variables = _VARIABLES.get(kind, "those it needs")
    return f"There are no credentials for {public_address(address)}: set {variables}{anonymous}."


def _kind(address: str) -> str:
    kind = address.partition("://")[0].lower() if "://" in address else ""
    return _ALIKE.get(kind, kind)


def sentence_if_known(error: BaseException, address: str) -> str | None:
    """Return the same; None for an error of no known kind."""
    shown, marks = public_address(address), marks_of(error)
    kind = _kind(address)
    if marks & _NO_CREDENTIALS:
        return no_credentials(address)
    if marks & _REFUSED:
        return f"The credentials for {shown} are refused: check {_variables(kind)}."
    if marks & _ARCHIVED:
        return f"{shown} is in an archive; restore it first."
    if marks & _FORBIDDEN:
        allow = "it allows" if kind in ("hf", "gs") else "they allow"
        return f"There is no permission to read {shown}: check {_variables(kind)}, and what {allow}."
    if marks & _NO_BUCKET:
        return f"There is no {'repository' if kind == 'hf' else 'bucket'} of {shown}; check its name."
    if marks & _BUSY:
        return f"{shown} does not answer as many requests now; run the same again later, which goes on where it ended."
    if marks & _UNREACHABLE:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        told = f" and AWS_ENDPOINT_URL ({public_address(endpoint)})" if kind == "s3" and endpoint else ""
        return f"{shown} can't be reached, or broke off: check the network{told}, then run the same again."
    if marks & _NOT_THERE:
        return f"There is nothing at {shown}; check its name."
    if isinstance(error, OSError) and error.errno is not None and not kind:
        return f"{shown} can't be read: {reason_of(error)}."
    return None


def _variables(kind: str) -> str:
    return _VARIABLES.get(kind, "them")


@contextmanager
def told(address: str) -> Iterator[None]:
    """Say what trouble there is with an address, as a SourceError, of whatever is raised in the block."""
    try:
        yield
    except (ClipsearchError, GeneratorExit):
        raise
    except Exception as error:
        raise SourceError(sentence_of(error, address)) from error
