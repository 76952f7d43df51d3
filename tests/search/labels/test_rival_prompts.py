"""Which prompts name a class."""

from __future__ import annotations

from search.labels.rival_prompts import prompts_with, rival_prompts


def test_prompts_with_a_name_have_all_its_words() -> None:
    found = [prompt for prompt, one in zip(rival_prompts(), prompts_with("cars"), strict=True) if one]
    assert found == ["a car", "a police car"]
    assert not prompts_with("🦉").any()
