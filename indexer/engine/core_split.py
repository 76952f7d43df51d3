"""How many cores the encoder takes while others decode: found by measuring the run itself.

With few threads the encoder leaves cores to the decoders, with many it is done sooner; which is better depends on
the pictures, the model and the machine. So each possibility gets a few batches, the fastest is kept, and when the
rate falls for long, as where the pictures become different ones, all are measured again.
"""

from __future__ import annotations

BATCHES = 4  # that each possibility is measured for, after one that doesn't count
WORSE = 0.6  # of the rate when it was chosen: then all are measured again
LONG = 32  # batches over which the rate is watched


def choices(cores: int) -> list[int]:
    """Return the numbers of threads worth trying: all cores, three quarters, half, a quarter."""
    return sorted({max(1, round(cores * part)) for part in (1.0, 0.75, 0.5, 0.25)}, reverse=True)


class CoreSplit:
    """Tries numbers of encoder threads and settles on the one with the most pictures per second."""

    def __init__(self, cores: int, fixed: bool = False) -> None:
        """Begin with all choices open; `fixed` means all cores for the encoder, as where a GPU encodes."""
        self._choices = [cores] if fixed else choices(cores)
        self._rates: dict[int, float] = {}
        self._best: int | None = None if len(self._choices) > 1 else cores
        self._started: float | None = None
        self._batches = self._pictures = 0

    def threads(self) -> int:
        """Return how many threads the next batch is encoded with."""
        return self._best or next(one for one in self._choices if one not in self._rates)

    def encoded(self, pictures: int, at: float) -> None:
        """Hear that so many pictures were encoded, at a time in seconds."""
        if len(self._choices) == 1:
            return
        if self._started is None:  # the first batch with this number, which the change itself slowed down
            self._started, self._batches, self._pictures = at, 0, 0
            return
        self._batches += 1
        self._pictures += pictures
        if self._batches < (LONG if self._best else BATCHES):
            return
        rate = self._pictures / max(at - self._started, 1e-9)
        self._started = None
        self._judge(rate)

    def _judge(self, rate: float) -> None:
        """Write down a measured rate, and choose when all are measured."""
        if self._best is not None:
            if rate < WORSE * self._rates[self._best]:
                self._rates, self._best = {}, None
            return
        self._rates[self.threads()] = rate
        if len(self._rates) == len(self._choices):
            self._best = max(self._rates, key=lambda one: self._rates[one])
