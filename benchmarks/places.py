"""How long names of places take: to make the gazetteer, to look a name up, to name the places of many points.

    python -m benchmarks.places [POINTS]

Prints a Markdown table of CPU seconds, which do not depend on what else runs; each figure is the best of three.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from search.places.building import build
from search.places.gazetteer import source_folder
from search.places.lookup import find_place
from search.places.nearest import whereabouts
from search.places.tables import Gazetteer, read_gazetteer


def best(act: Callable[[], object]) -> float:
    """Return the least CPU seconds of three times."""
    taken = []
    for _ in range(3):
        begin = time.process_time()
        act()
        taken.append(time.process_time() - begin)
    return min(taken)


def around_towns(gazetteer: Gazetteer, towns: int, count: int) -> np.ndarray:
    """Return points scattered by 5 km around some towns of the world."""
    rng = np.random.default_rng(0)
    chosen = gazetteer.places[rng.choice(rng.integers(0, len(gazetteer.places), towns), count)]
    points = np.stack([chosen["latitude"], chosen["longitude"]], axis=1) + rng.normal(size=(count, 2)) * 0.05
    return np.clip(points, [-90, -180], [90, 180])


def main(count: int) -> None:
    """Measure and print."""
    source = source_folder()
    assert source is not None
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "places"
        rows = [("make the files", best(lambda: build(source, made)))]
        rows.append(("open and check them", best(lambda: read_gazetteer(made, mapped=True))))
        gazetteer = read_gazetteer(made, mapped=True)
        assert gazetteer is not None
        find_place("Lyon")
        rows.append(("find Paris", best(lambda: find_place("Paris"))))
        for number, towns in ((10, 10), (count, 300), (count, 20_000)):
            points = around_towns(gazetteer, towns, number)
            rows.append((f"{number:,} points around {towns:,} towns", best(partial(whereabouts, gazetteer, points))))
        print("| | seconds |\n|-|-|")
        for what, seconds in rows:
            print(f"| {what} | {seconds:.4f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
