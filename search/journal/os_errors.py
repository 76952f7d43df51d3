"""What the system's errors mean to whoever reads, copies, links or writes files outside the library."""

from __future__ import annotations

import errno

DISK_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
# Hard links are not possible here, or not of this file
NO_HARD_LINKS = frozenset(
    number
    for name in ("EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL")
    if (number := getattr(errno, name, None)) is not None
)


def system_words(error: OSError) -> str:
    """Return the system's words for an error, to go into a sentence."""
    return (error.strerror or str(error)).lower()
