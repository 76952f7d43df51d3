"""Plans: for one use, for the very same request, for a while."""

from __future__ import annotations

import time

import numpy as np
import pytest

from server.errors import Refused
from server.jobs import plans
from server.jobs.plans import MOST, Picked, Plan, Plans


def plan(asked: str = "copy", *ids: int) -> Plan:
    return Plan(asked, "state", Picked(np.array(ids or (1, 2)), None, (), "all"), None)


def test_a_plan_is_used_once() -> None:
    kept = Plans()
    made = kept.keep(plan())
    assert kept.look(made.token, "copy") is made
    kept.use(made)
    with pytest.raises(Refused, match="already") as refused:
        kept.look(made.token, "copy")
    assert refused.value.status == 409
    with pytest.raises(Refused, match="already"):
        kept.use(made)


@pytest.mark.parametrize("token", [None, "", "another"])
def test_without_a_plan_nothing_is_done(token: str | None) -> None:
    kept = Plans()
    kept.keep(plan())
    with pytest.raises(Refused, match="not known"):
        kept.look(token, "copy")


def test_another_request_is_not_what_was_planned() -> None:
    kept = Plans()
    made = kept.keep(plan())
    with pytest.raises(Refused, match="Something else"):
        kept.look(made.token, "link")


def test_plans_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Plans()
    made = [kept.keep(plan()) for _ in range(MOST + 1)]
    with pytest.raises(Refused):
        kept.look(made[0].token, "copy")
    later = time.monotonic() + plans.SECONDS + 1
    monkeypatch.setattr(plans.time, "monotonic", lambda: later)
    with pytest.raises(Refused, match="not known"):
        kept.look(made[-1].token, "copy")


def test_the_same_pictures_in_the_same_order() -> None:
    one, copies = plan("", 1, 2).picked, (7,)
    assert one.is_same(plan("", 1, 2).picked)
    assert not one.is_same(plan("", 2, 1).picked) and not one.is_same(plan("", 1, 2, 3).picked)
    assert not one.is_same(Picked(one.ids, None, copies, "all"))
