"""How far an index run is, made of the events that it writes as JSON lines."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from indexer.wording import counted, human_size

Step = Literal["looking", "loading", "encoding", "finishing"]
SENTENCES: dict[Step, str] = {
    "looking": "Looking through the folders",
    "loading": "Loading the model",
    "encoding": "Encoding",
    "finishing": "Finishing",
}
SLOWEST = ("disk", "decode", "encode")
MOST_PROBLEMS = 20  # that are kept to be shown; all are in the library
LONGEST = 2_000  # characters of a text that is kept
RATED_SECONDS = 10.0  # over which files a second are counted


@dataclass(slots=True)
class IndexProgress:
    """What a run has said so far."""

    step: Step = "looking"
    sentence: str = SENTENCES["looking"]
    done: int = 0
    total: int = 0
    failed: int = 0  # what was left out, of whatever kind
    slowest: str | None = None
    current: str | None = None
    problems: deque[tuple[str, str, bool]] = field(default_factory=lambda: deque(maxlen=MOST_PROBLEMS))
    ended: str | None = None  # the sentence of its end, if it said one
    went_well: bool = True
    _samples: deque[tuple[float, int]] = field(default_factory=deque)

    @property
    def rate(self) -> float:
        """Files a second, over the last seconds."""
        if len(self._samples) < 2:
            return 0.0
        (began, before), (_, done) = self._samples[0], self._samples[-1]
        seconds = max(time.monotonic() - began, 0.001)
        return (done - before) / seconds

    @property
    def left_seconds(self) -> float | None:
        """How long it takes from now on, if that can be said."""
        rate = self.rate
        return (self.total - self.done) / rate if rate > 0 and self.step == "encoding" else None

    def record(self) -> dict[str, Any]:
        """Return it as JSON."""
        left = self.left_seconds
        problems = [{"path": path, "reason": reason, "lasting": lasting} for path, reason, lasting in self.problems]
        return {
            "step": self.step,
            "sentence": self.sentence,
            "done": self.done,
            "total": self.total,
            "rate": round(self.rate, 2),
            "left_seconds": None if left is None else round(left, 1),
            "failed": self.failed,
            "slowest": self.slowest,
            "current": self.current,
            "problems": problems,
        }

    def take(self, event: dict[str, Any]) -> None:
        """Take an event in."""
        match event.get("event"):
            case "loading":
                self._to("loading")
            case "encoding":
                self._to("encoding")
                self.done, self.total = 0, _count(event, "total")
                self._sample()
            case "progress":
                self._progress(_count(event, "done"))
            case "bottleneck":
                self.slowest = event["name"] if event.get("name") in SLOWEST else None
            case "problem":
                self._problem(event)
            case "download":
                self.current = _downloaded(event)
            case "message":
                self.sentence = _text(event, "text")
            case "summary":
                self._to("finishing")
                self.ended, self.went_well = summary_sentence(event), not event.get("missing")
            case "error":
                self.ended, self.went_well = _text(event, "text"), False

    def _to(self, step: Step) -> None:
        self.step, self.sentence, self.current = step, SENTENCES[step], None

    def _progress(self, done: int) -> None:
        self.done += done
        self._sample()
        if self.total and self.done >= self.total:
            self._to("finishing")

    def _sample(self) -> None:
        now = time.monotonic()
        self._samples.append((now, self.done))
        while len(self._samples) > 2 and now - self._samples[0][0] > RATED_SECONDS:
            self._samples.popleft()

    def _problem(self, event: dict[str, Any]) -> None:
        self.failed += 1
        self.problems.append((_text(event, "path"), _text(event, "reason"), bool(event.get("lasting"))))


def summary_sentence(summary: dict[str, Any]) -> str:
    """Return what a run did, in a sentence."""
    parts = [f"{counted(_count(summary, 'encoded'), 'picture', ',')} encoded"]
    for name, words in (
        ("moved", "moved"),
        ("copied", "copies"),
        ("forgotten", "forgotten"),
        ("unchanged", "unchanged"),
    ):
        parts += [f"{count:,} {words}"] if (count := _count(summary, name)) else []
    if problems := _count(summary, "problems"):
        parts.append(f"{problems:,} left out")
    start = "Stopped; what was encoded is kept: " if summary.get("stopped") else ""
    return f"{start}{', '.join(parts)}; {float(summary.get('seconds') or 0.0):.1f} s."


def _downloaded(event: dict[str, Any]) -> str:
    """Return how much of a file of the model is there."""
    done, total = _count(event, "done"), event.get("total")
    share = f"{100 * done // total}%" if type(total) is int and total > 0 else human_size(done)
    return f"{_text(event, 'name')}: {share} downloaded"


def _count(event: dict[str, Any], name: str) -> int:
    value = event.get(name)
    return value if type(value) is int else 0


def _text(event: dict[str, Any], name: str) -> str:
    return str(event.get(name, ""))[:LONGEST]
