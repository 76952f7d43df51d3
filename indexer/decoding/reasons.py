"""Why a file could not be decoded, as one PictureError whatever the decoder raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from indexer.errors import PictureError, UnreachablePicture, reason_of


@contextmanager
def as_picture_errors(explain: Callable[[Exception], str | None]) -> Iterator[None]:
    """Turn whatever decoding one file raises into a PictureError; `explain` words the decoder's own errors."""
    try:
        yield
    except PictureError:
        raise
    except Exception as error:
        # Decoders raise whatever they like on broken files (OSError, ValueError, SyntaxError, struct.error,
        # zlib.error, ...); only the decoding of this one file is inside, so this hides nothing else. FFmpeg's errors
        # have an errno too, but only one from the system may be gone at the next try.
        from_system = isinstance(error, OSError) and error.errno and not type(error).__module__.startswith("av.")
        kind = UnreachablePicture if from_system else PictureError
        words = reason_of(error) if from_system or not isinstance(error, OSError) else str(error.strerror or error)
        raise kind(explain(error) or words) from error
