"""Groups of duplicates in a file."""

from __future__ import annotations

import pytest

from server.jobs.kept_groups import Group, KeptGroups, Member


def record(image: int) -> dict[str, object]:
    return {"pictures": [[image, "best", 0, 1.0, False], [image + 1, "same", 3, 0.98, True]], "spare_bytes": image}


def test_groups_are_read_page_by_page_while_more_come() -> None:
    groups = KeptGroups()
    for image in range(0, 20, 2):
        groups.add(record(image))
    assert [group.spare_bytes for group in groups.read(3, 4)] == [6, 8, 10, 12]
    groups.add(record(100))
    assert len(groups) == 11 and groups.read(10, 5) == [
        Group((Member(100, "best", 0, 1.0, False), Member(101, "same", 3, 0.98, True)), 100)
    ]
    assert groups.read(11, 5) == []
    groups.close()
    with pytest.raises(ValueError, match="closed"):
        groups.read(0, 1)
