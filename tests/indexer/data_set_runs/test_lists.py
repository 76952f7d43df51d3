"""Tests of runs over lists of addresses of the web, which servers say little of."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.remote_files import patience
from indexer.sources.opening import open_source
from tests.indexer.data_set_runs.conftest import DataSetOfTest
from tests.sources import picture
from tests.web import Answer, serving


@pytest.mark.parametrize("state", [{}, {"ETag": '"1"'}])
def test_what_a_server_does_not_tell_or_not_now_is_kept(
    state: dict[str, str], data_set: DataSetOfTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    shown, is_down = {f"/{number}.png": number for number in range(4)}, False

    def respond(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        return (500, {}, b"") if is_down else (200, state, picture(shown[path]))

    with serving(respond) as served:
        made = tmp_path / "list.txt"
        made.write_text("".join(f"{served.url}{path}\n" for path in shown))
        first = data_set.run(open_source(str(made)))
        assert (first.found, first.encoded) == (4, 4)
        before = sorted(data_set.column("id"))
        again = data_set.run(open_source(str(made)))
        assert (again.found, again.forgotten) == (4, 0)
        assert sorted(data_set.column("id")) == before
        is_down = True
        away = data_set.run(open_source(str(made)))
        assert (away.failed, away.forgotten) == (4, 0)
        assert sorted(data_set.column("id")) == before
        is_down = False
        if not state:  # nobody can tell that it is another but who reads it
            shown["/2.png"] = 99
            data_set.run(open_source(str(made)))
            assert len(data_set.column("id")) == 4 and sorted(data_set.column("id")) != before
        made.write_text("".join(f"{served.url}{path}\n" for path in list(shown)[1:]))
        assert data_set.run(open_source(str(made))).forgotten == 1
        assert len(data_set.column("id")) == 3
        assert data_set.failures() == {}
