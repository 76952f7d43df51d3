"""Plans: exactly which pictures an action is for, as a dry run has shown them. What is done is done to these, or not.

A plan is for one use, for the very same request, and holds as long as the request would still mean the same pictures.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import Refused

if TYPE_CHECKING:
    from indexer.arrays import FloatArray, Ids

MOST = 8  # that are kept; one of a million pictures takes 12 MB
MOST_USED = 256
SECONDS = 30 * 60.0
AGAIN = "look at what it would do once more, and start it then."


@dataclass(frozen=True, slots=True)
class Picked:
    """Pictures in order."""

    ids: Ids
    scores: FloatArray | None  # None without terms
    copies: tuple[int, ...]  # ids of what is folded behind them
    title: str  # what they are, in words

    def is_same(self, other: Picked) -> bool:
        """Return whether these are the same pictures in the same order."""
        import numpy as np

        return bool(np.array_equal(self.ids, other.ids)) and self.copies == other.copies


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action would do."""

    asked: str  # what is the same for the same request
    state: str  # of the library
    picked: Picked
    to: Path | None  # a folder, or a contact sheet
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    made: float = field(default_factory=time.monotonic)


class Plans:
    """The last plans, by their tokens."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        self._used: OrderedDict[str, None] = OrderedDict()

    def keep(self, plan: Plan) -> Plan:
        """Keep a plan for a while."""
        with self._lock:
            self._plans[plan.token] = plan
            while len(self._plans) > MOST:
                self._plans.popitem(last=False)
        return plan

    def look(self, token: str | None, asked: str) -> Plan:
        """Return the plan of a token; raises Refused unless it is for this very request and neither used nor old."""
        with self._lock:
            plan = self._plans.get(token or "")
            was_used = token in self._used
        if was_used:
            raise Refused(409, f"This was carried out already; {AGAIN}")
        if plan is None or time.monotonic() - plan.made > SECONDS:
            raise Refused(409, f"This plan is not known any more; {AGAIN}")
        if plan.asked != asked:
            raise Refused(409, f"Something else is asked for than was planned; {AGAIN}")
        return plan

    def use(self, plan: Plan) -> None:
        """Take a plan that is carried out now; raises Refused if someone else has just taken it."""
        with self._lock:
            if self._plans.pop(plan.token, None) is None:
                raise Refused(409, f"This was carried out already; {AGAIN}")
            self._used[plan.token] = None
            while len(self._used) > MOST_USED:
                self._used.popitem(last=False)
