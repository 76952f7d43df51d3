"""Tests of cli.output.downloads, and of who shows a download."""

from __future__ import annotations

import json
import signal
import threading
import time
from dataclasses import replace

import pytest
from click.exceptions import Exit

from cli.output import downloads
from cli.output.downloads import DownloadDisplay
from cli.output.run_progress import BarListener, CommandListener, JsonListener, QuietListener
from cli.sentence_group import show_download
from indexer.download.reporting import Download, Meter

START = Download("model.safetensors", "org/tiny", 0, 605_200_000)
HALF = replace(START, done=302_600_000)
END = replace(START, done=605_200_000, over=True)


def test_a_pipe_gets_one_line_at_the_start_of_each_file() -> None:
    lines: list[str] = []
    show = DownloadDisplay(lines.append)
    for download in (START, HALF, END, HALF, END, replace(START, total=None)):
        show(download)
    assert lines == [
        "Downloading model.safetensors of org/tiny, 605.2 MB...",
        "Downloading model.safetensors of org/tiny, 605.2 MB, of which 302.6 MB are here...",
        "Downloading model.safetensors of org/tiny...",
    ]


def test_a_terminal_gets_a_bar_with_bytes_rate_and_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(downloads, "is_terminal", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich draws on what is no terminal
    monkeypatch.setenv("COLUMNS", "150")
    lines: list[str] = []
    show = DownloadDisplay(lines.append)
    show(START)
    show(HALF)
    assert show._bar is not None
    assert [type(column).__name__ for column in show._bar.columns[1:]] == [
        "BarColumn",
        "DownloadColumn",
        "TransferSpeedColumn",
        "TimeRemainingColumn",
    ]
    show(replace(HALF, over=True))  # it broke off
    assert show._bar is None
    shown = capsys.readouterr().err
    assert "Downloading model.safetensors" in shown
    assert "302.6/605.2 MB" in shown
    assert lines == []


def test_whoever_runs_a_command_is_shown_a_download(capsys: pytest.CaptureFixture[str]) -> None:
    for download in (START, END):
        show_download(download)
    assert capsys.readouterr().err == "Downloading model.safetensors of org/tiny, 605.2 MB...\n"


def meter_of(listener: CommandListener, *, stop_at: int = -1) -> Meter:
    """Let a file of 4 MB come while a listener listens; Ctrl-C is pressed at a block."""
    meter = Meter("model.safetensors", "org/tiny", 4_000_000)
    with listener:
        for block in range(4):
            if block == stop_at:
                signal.raise_signal(signal.SIGINT)
            meter.reach(block * 1_000_000)
        meter.end()
    return meter


def test_each_kind_of_listener_shows_it_its_way(capsys: pytest.CaptureFixture[str]) -> None:
    meter_of(QuietListener())
    assert capsys.readouterr().err == ""
    meter_of(CommandListener())
    assert capsys.readouterr().err == "Downloading model.safetensors of org/tiny, 4.0 MB...\n"
    meter_of(BarListener())  # its stderr is no terminal here
    assert capsys.readouterr().err == "Downloading model.safetensors of org/tiny, 4.0 MB...\n"
    meter_of(JsonListener())
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(event["event"], event["name"], event["done"], event["total"]) for event in events] == [
        ("download", "model.safetensors", 0, 4_000_000),
        ("download", "model.safetensors", 3_000_000, 4_000_000),
    ]


@pytest.mark.parametrize("stop_at", [0, 2])
def test_the_first_ctrl_c_ends_a_download_whether_it_has_begun_or_not(stop_at: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        meter_of(CommandListener(), stop_at=stop_at)


def test_in_a_thread_ctrl_c_ends_the_download_and_lets_pictures_finish() -> None:
    ended: list[BaseException] = []

    def come() -> None:
        try:
            Meter("model.safetensors", "org/tiny", 4_000_000).reach(0)
            signal_came.wait()
            Meter("model.safetensors", "org/tiny", 4_000_000).reach(1_000_000)
        except KeyboardInterrupt as stop:
            ended.append(stop)

    signal_came, listener = threading.Event(), CommandListener()
    with listener:
        thread = threading.Thread(target=come)
        thread.start()
        time.sleep(0.1)
        signal.raise_signal(signal.SIGINT)
        signal_came.set()
        thread.join()
    assert listener.stopping()
    assert len(ended) == 1


def test_a_stopped_download_is_an_event_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended, JsonListener():
        raise KeyboardInterrupt("Stopped; some MB are kept.")
    assert ended.value.exit_code == 130
    assert json.loads(capsys.readouterr().err)["text"] == "Stopped; some MB are kept."


def test_after_a_download_ctrl_c_lets_pictures_finish() -> None:
    listener = CommandListener()
    meter_of(listener)
    with listener:
        signal.raise_signal(signal.SIGINT)
    assert listener.stopping()
