"""Tests of cli.options.terms: what a query asks for, as it is written."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.options.terms import TermOptions, term_options
from search.filters.filters import Filters
from search.query.terms import Term, make_query


def test_the_options_make_terms(tmp_path: Path) -> None:
    query = TermOptions(("horse",), ("stripes",), ("grass:0.5",), ("beach.jpg:2",), ("dark.jpg",)).query()
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
    assert TermOptions(("ratio 16:9",)).query().terms == (Term("ratio 16:9"),)
    assert TermOptions(("beach.jpg",), ("beach.jpg",)).query().terms == (Term("beach.jpg"), Term("beach.jpg"))
    assert make_query("horse", ["stripes:2"]).texts == ("horse", "stripes:2")


@pytest.mark.parametrize(
    "terms",
    [
        TermOptions(),
        TermOptions(("  ",)),
        TermOptions(minus=("grass",)),
        TermOptions(unlike=("dark.jpg",)),
        TermOptions(("horse",), ("",)),
        TermOptions(("horse",), ("grass:0",)),
    ],
)
def test_what_asks_for_nothing_is_wrong_usage(terms: TermOptions) -> None:
    with pytest.raises(click.UsageError) as told:
        terms.query()
    assert told.value.exit_code == 2


def test_hints_tell_what_may_have_been_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert TermOptions(("beach.jpg",), ("stripes:2",), ("a: b",)).hints() == []
    (tmp_path / "beach.jpg").touch()
    (tmp_path / "notes.txt").touch()
    assert TermOptions(("notes.txt",)).hints() == []
    (told,) = TermOptions(("beach.jpg",)).hints()
    assert "--like" in told
    (told,) = TermOptions(("horse",), minus=("ratio 16:9",)).hints()
    assert "'ratio 16:9:1'" in told


def test_words_are_one_text_and_empty_ones_nothing() -> None:
    assert TermOptions(("red", "envelope on a table")).text == "red envelope on a table"
    assert TermOptions(("", "red", "  ")).text == "red"
    assert TermOptions(("  ", "")).text == "" and TermOptions((" as it is ",)).text == " as it is "
    assert TermOptions(like=("a.jpg",)).text is None


def test_each_word_may_be_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("cat.jpg", "dog.jpg", "my dog.png"):
        (tmp_path / name).touch()
    (tmp_path / "beach").mkdir()
    assert [hint.partition(" is ")[0] for hint in TermOptions(("cat.jpg", "dog", "dog.jpg")).hints()] == ["'cat.jpg'"]
    assert "'my dog.png'" in TermOptions(("my", "dog.png")).hints()[0]
    assert TermOptions(("a", "beach")).hints() == []
    for folder in (".", "./beach", str(tmp_path)):
        (told,) = TermOptions(("cat", folder)).hints()
        assert repr(folder) in told and "--in" in told


def test_the_options_are_parsed_by_click() -> None:
    @click.command()
    @term_options
    def ask(terms: TermOptions) -> None:
        parts = [(term.text or str(term.picture), term.weight) for term in terms.query().terms]
        click.echo(f"{terms.raw} {parts}")

    found = CliRunner().invoke(ask, ["--plus", "a:2", "--plus", "b", "--like", "c.jpg", "--no-template", "--", "-d"])
    assert found.output == "True [('-d', 1.0), ('a', 2.0), ('b', 1.0), ('c.jpg', 1.0)]\n"
    assert CliRunner().invoke(ask, ["--like", "c.jpg"]).output == "False [('c.jpg', 1.0)]\n"
    between = CliRunner().invoke(ask, ["red", "--plus", "a", "envelope", "--raw", "here"])
    assert between.output == "True [('red envelope here', 1.0), ('a', 1.0)]\n"
    wrong = CliRunner().invoke(ask, ["x", "--plus", "a:0"])
    assert wrong.exit_code == 2 and "'--plus'" in wrong.output
    assert CliRunner().invoke(ask, []).exit_code == 2
    help_text = " ".join(CliRunner().invoke(ask, ["--help"]).output.split())
    assert help_text.index("--plus") < help_text.index("--minus") < help_text.index("--like") < help_text.index("--raw")


def test_whether_anything_is_asked_and_its_title() -> None:
    assert not TermOptions(raw=True) and TermOptions(("",)) and TermOptions(unlike=("a.jpg",))
    terms = TermOptions(("horse",), ("stripes",), ("grass:0.5",), ("beach.jpg",), ("dark.jpg",))
    assert terms.title == "horse + stripes - grass:0.5 like beach.jpg unlike dark.jpg"


def test_quoted_parts_of_the_text_become_a_filter() -> None:
    terms = TermOptions(("beach", '"2019" \u201crome\u201d'), ('a "b"',))
    assert terms.query().texts == ("beach", 'a "b"')
    assert terms.narrowed(Filters(named=("oslo",))).named == ("oslo", "2019", "rome")
    assert terms.title == 'beach "2019" \u201crome\u201d + a "b"'
    assert not TermOptions(('"2019"',)) and TermOptions(('"2019"',), ("sea",))
    for wrong in ('beach ""', f'"{"x" * 5000}"'):
        with pytest.raises(click.UsageError):
            TermOptions((wrong,)).narrowed(Filters())
