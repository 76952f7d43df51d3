"""Tests of cli.output.rows: rows in every format, and what is said of numbers."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import click
import pytest

from cli.output import rows
from cli.output.rows import OutputOptions, confirm_forgetting, tell, write_paths, write_rows
from indexer.wording import counted, human_size

ROWS = [{"score": 0.5, "path": Path("/p/a.jpg")}, {"score": None, "path": Path(os.fsdecode(b"/p/caf\xe9.jpg"))}]


@pytest.mark.parametrize(
    ("output", "written"),
    [
        (OutputOptions(), b"0.5000\t/p/a.jpg\n\t/p/caf\xe9.jpg\n"),
        (OutputOptions("csv"), b"score,path\n0.5000,/p/a.jpg\n,/p/caf\xe9.jpg\n"),
        (OutputOptions("paths"), b"/p/a.jpg\n/p/caf\xe9.jpg\n"),
        (OutputOptions(nul=True), b"/p/a.jpg\0/p/caf\xe9.jpg\0"),
        (
            OutputOptions("jsonl"),
            b'{"score": 0.5, "path": "/p/a.jpg"}\n{"score": null, "path": "/p/caf\\\\xe9.jpg"}\n',
        ),
    ],
)
def test_formats(output: OutputOptions, written: bytes, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_rows(ROWS, ("score", "path"), output)
    assert capsysbinary.readouterr().out == written


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_is_written_as_json_writes_it(count: int, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    records = [{"name": f"{number} é", "values": [number]} for number in range(count)]
    write_rows((), (), OutputOptions("json"), records)
    assert capsysbinary.readouterr().out.decode() == json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def test_only_bare_paths_are_ended_by_nul() -> None:
    assert OutputOptions("paths", nul=True).nul
    with pytest.raises(click.UsageError, match="-0 writes bare paths"):
        OutputOptions("json", nul=True)


def test_numbers_of_things() -> None:
    assert [counted(number, "file") for number in (0, 1, 2000)] == ["0 files", "1 file", "2000 files"]
    assert counted(2000, "file", ",") == "2,000 files"


def test_human_sizes() -> None:
    assert [human_size(size) for size in (12, 1500, 3_140_000, 2 * 10**9, 3 * 10**12)] == [
        "12 B",
        "1.5 kB",
        "3.1 MB",
        "2.0 GB",
        "3000.0 GB",
    ]


@pytest.mark.parametrize(
    ("terminal", "yes", "answer", "goes_on"),
    [(True, False, True, True), (True, False, False, False), (True, True, False, True), (False, False, False, True)],
)
def test_forgetting_is_confirmed_on_a_terminal(
    terminal: bool, yes: bool, answer: bool, goes_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "is_terminal", lambda _: terminal)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: answer)
    if goes_on:
        confirm_forgetting("Forget it?", yes)
    else:
        with pytest.raises(click.exceptions.Exit):
            confirm_forgetting("Forget it?", yes)


@pytest.mark.parametrize("name", ["a\nb.jpg", "\n.jpg", "a\n", "a\n\nb\n.jpg"])
def test_a_name_with_a_line_break_is_told_where_lines_are_names(
    name: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    two = [{"score": 0.5, "path": Path("/p") / name}, {"score": 0.5, "path": Path("/p/whole.jpg")}]
    for form in ("table", "paths"):
        write_rows(two, ("score", "path"), OutputOptions(form))
        assert b"1 name with a line break" in capfdbinary.readouterr().err
    for output in (OutputOptions("csv"), OutputOptions("json"), OutputOptions("jsonl"), OutputOptions(nul=True)):
        write_rows(two, ("score", "path"), output)
        written = capfdbinary.readouterr()
        assert written.err == b"" and written.out
    write_rows(two, ("score", "path"), OutputOptions("csv"))
    text = capfdbinary.readouterr().out.decode()
    assert [row["path"] for row in csv.DictReader(io.StringIO(text, newline=""))] == [f"/p/{name}", "/p/whole.jpg"]


def test_a_spreadsheet_gets_no_formula(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    odd = [{"score": -0.5, "path": Path(os.fsdecode(b"=cmd()/caf\xe9.jpg"))}]
    write_rows(odd, ("score", "path"), OutputOptions("spreadsheet"))
    assert capsysbinary.readouterr().out == b"\xef\xbb\xbfscore,path\n-0.5000,'=cmd()/caf\\xe9.jpg\n"
    write_rows(odd, ("score", "path"), OutputOptions("csv"))
    assert capsysbinary.readouterr().out == b"score,path\n-0.5000,=cmd()/caf\xe9.jpg\n"


def test_a_message_is_one_line_also_in_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    tell("a\nFORGED\r\x1b[31mb\u2028c\udce9")
    assert capfd.readouterr().err == "a\\nFORGED\\r\\x1b[31mb\\u2028c\\xe9\n"


@pytest.mark.parametrize("form", ["csv", "spreadsheet", "paths", "table"])
def test_a_terminal_gets_a_line_for_each_name(
    form: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(rows, "is_terminal", lambda _: True)
    write_rows([{"path": Path("a\nb\\nc\x1b\udce9")}], ("path",), OutputOptions(form))
    written = capsysbinary.readouterr()
    assert rb"a\nb\\nc\x1b\xe9" in written.out and written.err == b"" and b"\xef" not in written.out


def test_names_that_differ_are_listed_both(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(rows, "is_terminal", lambda _: True)
    write_paths(["a\x1b", "a\\x1b", "a\x1b"])
    assert capsysbinary.readouterr().out == b"a\\x1b\na\\\\x1b\n"
