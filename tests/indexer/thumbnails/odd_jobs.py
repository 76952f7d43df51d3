"""Jobs that do to a worker what files can do."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import PictureError, UnreachablePicture


@dataclass(frozen=True)
class Odd:
    """Does one odd thing, then says who did it."""

    what: str = ""
    file: Path = Path()  # that one which hangs makes before, and for which one waits

    def do(self) -> Any:
        match self.what:
            case "aborts":
                os.abort()
            case "is killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                self.file.touch()
                time.sleep(600)
            case "eats":
                return len(bytearray(64 * 1024**3))
            case "grows":
                Odd.held = bytearray(os.urandom(1)) * (400 * 2**20)  # type: ignore[attr-defined]
            case "refuses":
                raise PictureError("not a picture")
            case "is away":
                raise UnreachablePicture("no such file")
            case "fails":
                raise ZeroDivisionError("odd")
            case "writes":
                os.write(2, b"noise")
            case "waits":
                while not self.file.exists():
                    time.sleep(0.01)
        return os.getpid()
