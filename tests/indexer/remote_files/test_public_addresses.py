"""Tests of indexer/remote_files/public_addresses.py."""

from __future__ import annotations

import pytest

from indexer.remote_files.public_addresses import public_address


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://h/a.jpg", "https://h/a.jpg"),
        ("https://user:secret@h/a.jpg", "https://h/a.jpg"),
        ("https://token@h/a.jpg", "https://h/a.jpg"),
        ("ftp://user:secret@h/a.jpg", "ftp://h/a.jpg"),
        ("abfs://container@account.dfs.core.windows.net/a", "abfs://container@account.dfs.core.windows.net/a"),
        ("s3://key:secret@bucket/a.jpg", "s3://bucket/a.jpg"),
        ("hf://datasets/u/r@main/a@2x.jpg", "hf://datasets/u/r@main/a@2x.jpg"),
        ("https://h/a?id=3&X-Amz-Signature=s&X-Amz-Credential=k&w=9", "https://h/a?id=3&w=9"),
        ("https://h/a?x-goog-signature=s", "https://h/a"),
        ("https://h/a?sv=2024&se=2025&sp=r&sig=s", "https://h/a"),
        ("https://h/a?se=5&st=6", "https://h/a?se=5&st=6"),
        ("https://h/a?alt=media&token=s", "https://h/a?alt=media"),
        ("https://h/a?key=AIzaSecret", "https://h/a"),
        ("https://h/a?key=photo1", "https://h/a?key=photo1"),
        ("tar://a:b@c.jpg::https://u:p@h/x.tar?sig=s", "tar://a:b@c.jpg::https://h/x.tar"),
        ("s3://bucket/a?token=b.jpg", "s3://bucket/a?token=b.jpg"),
        ("/home/u:p@h/a?token=b.jpg", "/home/u:p@h/a?token=b.jpg"),
    ],
)
def test_secrets_are_left_out_and_nothing_else(given: str, kept: str) -> None:
    assert public_address(given) == kept
    assert public_address(kept) == kept
