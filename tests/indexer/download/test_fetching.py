"""Tests of indexer.download.fetching, against a hub on loopback."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from indexer.download import sentences
from indexer.download.checking import repository_folder
from indexer.download.fetching import fetch
from indexer.download.reporting import Download, reporting
from indexer.errors import DownloadFailed, HubUnreachable
from tests.hub_server import Hub
from tests.indexer.download.conftest import WEIGHTS

SIZE = 1_500_000


def parts() -> list[Path]:
    """What is half there."""
    return sorted(repository_folder("org/tiny").glob("blobs/*.incomplete"))


def contents() -> list[Path]:
    """What the cache would use."""
    return sorted(repository_folder("org/tiny").glob("snapshots/*/*"))


def test_a_file_comes_whole_and_stays(hub: Hub) -> None:
    reports: list[Download] = []
    with reporting(reports.append):
        path = fetch("org/tiny", WEIGHTS)
    assert path.read_bytes() == (hub.folder / WEIGHTS).read_bytes()
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[0] == Download(WEIGHTS, "org/tiny", 0, SIZE)
    assert reports[-1] == Download(WEIGHTS, "org/tiny", SIZE, SIZE, over=True)
    sent = hub.sent
    assert fetch("org/tiny", WEIGHTS) == path
    assert hub.sent == sent


def test_the_first_file_that_is_there_is_taken(hub: Hub) -> None:
    assert fetch("org/tiny", "other.safetensors", WEIGHTS).name == WEIGHTS
    with pytest.raises(DownloadFailed, match=r"org/tiny has none of .*: a\.bin, b\.bin"):
        fetch("org/tiny", "a.bin", "b.bin")


def test_a_connection_that_drops_is_gone_on_with_at_once(hub: Hub) -> None:
    hub.cut_at, hub.cuts = 0.4, 2
    path = fetch("org/tiny", WEIGHTS)
    assert path.read_bytes() == (hub.folder / WEIGHTS).read_bytes()
    assert hub.sent == SIZE
    assert sum(method == "GET" for method, *_ in hub.asked) == 3


def test_a_download_cut_at_40_percent_is_gone_on_with_in_the_next_run(hub: Hub) -> None:
    hub.cut_at = 0.4
    with pytest.raises(DownloadFailed, match=r"broke off at 0\.\d MB of 1\.5 MB .*: what has come is kept"):
        fetch("org/tiny", WEIGHTS)
    (part,) = parts()
    assert 0.4 * SIZE <= part.stat().st_size < 0.5 * SIZE
    assert not contents()
    hub.cut_at, hub.sent = 0.0, 0
    reports: list[Download] = []
    with reporting(reports.append):
        path = fetch("org/tiny", WEIGHTS)
    assert path.read_bytes() == (hub.folder / WEIGHTS).read_bytes()
    assert hub.sent < 0.6 * SIZE
    assert reports[0].done > 0.4 * SIZE
    assert not parts()


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (404, "RepoNotFound", "no repository org/tiny that is open to you"),
        (404, "", "no repository org/tiny that is open to you"),
        (401, "", "no repository org/tiny that is open to you"),
        (403, "GatedRepo", "only to those who have accepted its terms"),
        (403, "", "refuses to give org/tiny"),
        (500, "", r"can't give org/tiny now \(it answers 500\)"),
        (503, "", r"can't give org/tiny now \(it answers 503\)"),
    ],
)
def test_what_the_hub_answers_becomes_a_sentence(hub: Hub, status: int, code: str, sentence: str) -> None:
    hub.status, hub.error_code = status, code
    with pytest.raises(DownloadFailed, match=sentence):
        fetch("org/tiny", WEIGHTS)
    assert not contents()


def test_a_hub_that_is_gone_is_unreachable(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9/{repo_id}/x")
    with pytest.raises(HubUnreachable, match="does not answer when asked for org/tiny"):
        fetch("org/tiny", WEIGHTS)


@pytest.mark.parametrize("begun", [False, True])
def test_a_login_page_is_never_taken_for_weights(hub: Hub, begun: bool) -> None:
    if begun:
        hub.cut_at = 0.4
        with pytest.raises(DownloadFailed, match="broke off"):
            fetch("org/tiny", WEIGHTS)
        hub.cut_at = 0.0
    hub.page_for_content = True
    with pytest.raises(DownloadFailed, match="perhaps the login page of a network"):
        fetch("org/tiny", WEIGHTS)
    assert not parts() + contents()
    hub.page_for_content, hub.login_page = False, True
    with pytest.raises(DownloadFailed, match="perhaps the login page of a network"):
        fetch("org/tiny", WEIGHTS)


def test_damaged_content_is_not_kept(hub: Hub) -> None:
    hub.damage = True
    with pytest.raises(DownloadFailed, match="its checksum is wrong"):
        fetch("org/tiny", WEIGHTS)
    assert not parts() + contents()
    hub.damage = False
    assert fetch("org/tiny", WEIGHTS).read_bytes() == (hub.folder / WEIGHTS).read_bytes()


def test_ctrl_c_says_what_is_kept(hub: Hub) -> None:
    def interrupt(report: Download) -> None:
        if report.done and not report.over:
            raise KeyboardInterrupt

    hub.trickles_at = SIZE // 4
    with reporting(interrupt), pytest.raises(KeyboardInterrupt, match=r"Stopped; 0\.\d MB of 1\.5 MB of .* are kept"):
        fetch("org/tiny", WEIGHTS)
    assert parts()
    hub.trickles_at = 0
    assert fetch("org/tiny", WEIGHTS).read_bytes() == (hub.folder / WEIGHTS).read_bytes()


def test_two_at_once_download_once(hub: Hub) -> None:
    hub.trickles_at = 1
    paths: list[Path] = []
    reports: list[Download] = []
    threads = [threading.Thread(target=lambda: paths.append(fetch("org/tiny", WEIGHTS))) for _ in range(2)]
    with reporting(reports.append):
        for thread in threads:
            thread.start()
        until = time.monotonic() + 120
        while sum(method == "HEAD" for method, *_ in hub.asked) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        hub.trickles_at = 0
        for thread in threads:
            thread.join()
    assert len(paths) == 2
    assert paths[0] == paths[1]
    assert hub.sent == SIZE
    assert {report.done for report in reports if report.over} == {SIZE}


def test_a_cache_that_cannot_be_written_is_named(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "file" / "hub"))
    with pytest.raises(DownloadFailed, match=r"cache .*hub can't be used .*set HF_HOME to another folder"):
        fetch("org/tiny", WEIGHTS)


def test_a_file_that_does_not_fit_is_not_begun(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    check = sentences.check_room
    monkeypatch.setattr(sentences, "check_room", lambda part, _free, needed: check(part, SIZE - 1, needed))
    with pytest.raises(DownloadFailed, match=r"no room in the hub's cache .* for the 1\.5 MB that .* still needs"):
        fetch("org/tiny", WEIGHTS)
    assert hub.sent == 0


def test_the_client_keeps_its_own_block_size(hub: Hub) -> None:
    from huggingface_hub import constants

    before = constants.DOWNLOAD_CHUNK_SIZE
    fetch("org/tiny", WEIGHTS)
    assert before == constants.DOWNLOAD_CHUNK_SIZE
