"""What runs on this machine besides the test."""

from __future__ import annotations

import psutil


def command_of(process: psutil.Process) -> list[str]:
    """Return a process's command line; of one that has ended meanwhile, as what other tests started may, nothing."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
