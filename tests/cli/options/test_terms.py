"""The options of a query's terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.options.terms import hints, query_from, term_options
from search.query.terms import Query, Term, make_query


def test_the_options_make_terms(tmp_path: Path) -> None:
    query = query_from("horse", ["stripes"], ["grass:0.5"], ["beach.jpg:2"], ["dark.jpg"])
    assert query.terms == (
        Term("horse"),
        Term("stripes"),
        Term("grass", weight=-0.5),
        Term(picture=Path("beach.jpg"), weight=2.0),
        Term(picture=Path("dark.jpg"), weight=-1.0),
    )
    assert query == make_query(
        "horse", ["stripes"], [("grass", 0.5)], [(Path("beach.jpg"), 2)], unlike=[Path("dark.jpg")]
    )
    assert query.texts == ("horse", "stripes", "grass")


def test_text_is_never_split_and_a_text_is_never_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beach.jpg").touch()
    assert query_from("ratio 16:9").terms == (Term("ratio 16:9"),)
    assert query_from("beach.jpg", ["beach.jpg"]).terms == (Term("beach.jpg"), Term("beach.jpg"))
    assert make_query("horse", ["stripes:2"]).texts == ("horse", "stripes:2")


@pytest.mark.parametrize(
    "make",
    [
        lambda: query_from(None),
        lambda: query_from("  "),
        lambda: query_from(None, minus=["grass"]),
        lambda: query_from(None, unlike=["dark.jpg"]),
        lambda: query_from("horse", [""]),
        lambda: query_from("horse", ["grass:0"]),
    ],
)
def test_what_asks_for_nothing_is_wrong_usage(make: Callable[[], Query]) -> None:
    with pytest.raises(click.UsageError) as told:
        make()
    assert told.value.exit_code == 2


def test_hints_tell_what_may_have_been_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert hints("beach.jpg", ["stripes:2"], ["a: b"]) == []
    (tmp_path / "beach.jpg").touch()
    (tmp_path / "notes.txt").touch()
    assert hints("notes.txt") == []
    (told,) = hints("beach.jpg")
    assert "--like" in told
    (told,) = hints("horse", minus=["ratio 16:9"])
    assert "'ratio 16:9:1'" in told


def test_the_options_are_parsed_by_click() -> None:
    @click.command()
    @term_options
    def ask(text: str | None, raw: bool, **options: Sequence[str]) -> None:
        click.echo(
            f"{raw} {[(term.text or str(term.picture), term.weight) for term in query_from(text, **options).terms]}"
        )

    found = CliRunner().invoke(ask, ["--plus", "a:2", "--plus", "b", "--like", "c.jpg", "--no-template", "--", "-d"])
    assert found.output == "True [('-d', 1.0), ('a', 2.0), ('b', 1.0), ('c.jpg', 1.0)]\n"
    assert CliRunner().invoke(ask, ["--like", "c.jpg"]).output == "False [('c.jpg', 1.0)]\n"
    wrong = CliRunner().invoke(ask, ["x", "--plus", "a:0"])
    assert wrong.exit_code == 2 and "'--plus'" in wrong.output
    assert CliRunner().invoke(ask, []).exit_code == 2
    help_text = " ".join(CliRunner().invoke(ask, ["--help"]).output.split())
    assert help_text.index("--plus") < help_text.index("--minus") < help_text.index("--like") < help_text.index("--raw")
