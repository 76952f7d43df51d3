"""Tests of data sets on the hub, by the client of the hub itself: a process that asks a hub on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import REPOSITORY
from tests.hub_server import Hub, serving
from tests.sources import make_tar, picture

PLACE = "hf://datasets/org/tiny"
# Prints what each place gives, or the one sentence for what is wrong with it.
READ = """
    import json, sys
    from indexer.errors import SourceError
    from indexer.remote_files import patience
    from tests.sources import read
    patience.FIRST_PAUSE, patience.LONGEST, patience.LONGEST_TO_REACH = 0.001, 0.0, 0.0
    for place in sys.argv[1:]:
        try:
            print(json.dumps([getattr(item, "reason", item.address) for item in read(place)]))
        except SourceError as error:
            print(json.dumps(str(error)))
"""


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A repository with pictures in a folder, in a tar and in a table."""
    folder = tmp_path / "hub"
    for name, content in (("p/a.png", picture(1)), ("p/sub/ü %20.png", picture(2)), ("p/a.xmp", b"said")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "s").mkdir()
    make_tar(folder / "s/0.tar", {"a.png": picture(3), "large.png": picture(4) + bytes(200_000)})
    (folder / "data").mkdir()
    pq.write_table(pa.table({"image": [picture(5)]}), folder / "data/train-0.parquet")
    return Hub(folder)


def answers(hub: Hub, *places: str) -> list[list[str] | str]:
    """Return what a process that reads places says of each; on stderr it says nothing."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HF_") and "proxy" not in name.lower()
    }
    environment |= {"HF_ENDPOINT": hub.address, "HF_HOME": str(hub.folder.parent / "home"), "HF_TOKEN": "hf_SECRET"}
    code = "\n".join(line[4:] for line in READ.splitlines())
    ended = subprocess.run(
        [sys.executable, "-c", code, *places], cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert (ended.stderr, "SECRET" in ended.stdout) == ("", False)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_folders_tars_and_tables_of_a_data_set_are_read(hub: Hub) -> None:
    with serving(hub):
        places = ("/p", "@main/p", "/p/a.png", "/s/0.tar", "/s/*.tar", "/data")
        found = answers(hub, *(PLACE + place for place in places))
    pictures = [f"{PLACE}/p/a.png", f"{PLACE}/p/sub/ü %20.png"]
    shard = [f"tar://a.png::{PLACE}/s/0.tar", f"tar://large.png::{PLACE}/s/0.tar"]
    at_main = [address.replace("tiny", "tiny@main") for address in pictures]
    assert found == [pictures, at_main, pictures[:1], shard, shard, [f"{PLACE}/data/train-0.parquet#row=0"]]


def test_what_is_not_there_or_not_given_is_told(hub: Hub) -> None:
    with serving(hub):
        nothing, tar, nobody = answers(hub, f"{PLACE}/none", f"{PLACE}/none.tar", "hf://datasets/org/nobody/p")
        hub.token = "hf_another"
        (refused,) = answers(hub, f"{PLACE}/p")
        hub.token, hub.status, hub.error_code = "", 403, "GatedRepo"
        (gated,) = answers(hub, f"{PLACE}/p")
    assert nothing == f"There is nothing at {PLACE}/none; check its name."
    assert tar == f"There is nothing at {PLACE}/none.tar; check its name."
    assert nobody == "There is no repository of hf://datasets/org/nobody/p; check its name."
    assert refused == f"The credentials for {PLACE}/p are refused: check HF_TOKEN."
    assert gated == f"There is no permission to read {PLACE}/p: check HF_TOKEN, and what it allows."


def test_a_hub_that_asks_for_patience_without_end_is_told(hub: Hub) -> None:
    hub.status = 429
    with serving(hub):
        (said,) = answers(hub, f"{PLACE}/p")
    assert isinstance(said, str) and said.startswith(f"{PLACE}/p does not answer as many requests now")
