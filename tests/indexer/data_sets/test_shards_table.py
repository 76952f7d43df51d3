"""Tests of indexer.data_sets.shards_table."""

from __future__ import annotations

import dataclasses

from indexer.data_sets.shards_table import DoneShard, ShardsTable

DONE = DoneShard("s3://b/0.tar", "9-etag", "s3://b/{0..9}.tar", 100, 130, "2026-01-01T00:00:00")


def test_a_shard_is_known_by_name_with_its_newest_signature(bucket: str) -> None:
    table = ShardsTable(bucket)
    table.put([DONE, dataclasses.replace(DONE, name="s3://b/1.tar", source="other")])
    changed = dataclasses.replace(DONE, signature="10-etag")
    table.put([changed])
    assert list(ShardsTable(bucket).all(DONE.source)) == [changed]
    assert table.signatures() == {"s3://b/0.tar": "10-etag", "s3://b/1.tar": "9-etag"}
    table.forget([DONE.name])
    assert table.signatures() == {"s3://b/1.tar": "9-etag"}
