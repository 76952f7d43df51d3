"""Tests of search.plain_yaml."""

from __future__ import annotations

import pytest

from search.plain_yaml import BadYaml, read_yaml
from tests.bounded import grows_linearly, run_bounded


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("no", "no"),
        ("- 1\n- ~\n- yes\n- 2019-07-04\n", ["1", "~", "yes", "2019-07-04"]),
        ("a: b\na: [c, d]", (("a", "b"), ("a", ["c", "d"]))),
        ("&x a: &y [b]\nc: *y\n*x : d", (("a", ["b"]), ("c", ["b"]), ("a", "d"))),
        ("!!python/object/apply:os.system ['true']", ["true"]),
        ("!!int '5'", "5"),
        ("<<: {a: b}", (("<<", (("a", "b"),)),)),
        ("[]", []),
        ("{}", ()),
    ],
)
def test_values_are_what_is_written(text: str, value: object) -> None:
    assert read_yaml(text, 3) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[[[a]]]]", "deeper than 3"),
        ("a: {b: {c: {d: e}}}", "deeper than 3"),
        ("&a [*a]", r"nothing is called \*a"),
        ("*nobody", "nothing is called"),
        ("a\n--- b", "more than one document"),
        ("a: [b", "did not find|while parsing"),
        ("%YAML 1.1\n" * 20 + "--- a", "directives"),
        ("*" + "a" * 5000, "nothing is called"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadYaml, match=reason) as refused:
        read_yaml(text, 3)
    assert len(str(refused.value)) < 300


# Aliases of aliases, tags without end, deep nesting, and directives, of which libyaml compares each with all.
@pytest.mark.parametrize(
    "text",
    [
        "'[' * n",
        "'- ' * n",
        "'? ' * n",
        "'{a: ' * n",
        "'a: &a [' + 'x,' * n + ']\\nb: &b [' + '*a,' * n + ']\\nc: [' + '*b,' * n + ']'",
        "'%TAG !a! x\\n' * n",
        "''.join(f'%TAG !a{i}! x\\n' for i in range(n)) + '--- a'",
        "'%TAG !a! ' + 'u' * n + '\\n---\\n' + '- !a!b c\\n' * n",
        "'- &a' + 'b' * n + ' c'",
        "'- !' + 'b' * n + ' c'",
        "''.join(f'- &a{i} x\\n' for i in range(n))",
        "'a: |\\n' + '  b\\n' * n",
        "'a: \"' + '\\\\n' * n + '\"'",
        "'# ' * n",
        "' ' * n + 'a'",
        "'a\\n' * n",
        "'1' * n",
        "'- 1e99999999\\n' * n",
        "'- b: c\\n' * n",
    ],
)
def test_it_ends(text: str) -> None:
    assert grows_linearly(
        f"""
from search.plain_yaml import BadYaml, read_yaml
def read(text):
    try:
        read_yaml(text, 3)
    except BadYaml as reason:
        assert len(str(reason)) < 300
compare(lambda n: {text}, read, 20_000)
"""
    )


def test_without_libyaml_it_reads_the_same() -> None:
    run_bounded(
        """
import yaml
from search.plain_yaml import read_yaml
del yaml.CSafeLoader
assert read_yaml("a: [b, 'no']\\nc: *x" .replace("*x", "d"), 3) == (("a", ["b", "no"]), ("c", "d"))
"""
    )
