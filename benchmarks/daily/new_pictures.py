"""New pictures in a library: one, a few, many; the rate without start-up, and its bound; memory."""

from __future__ import annotations

from pathlib import Path

from benchmarks.daily.bound import measure_bound
from benchmarks.daily.clipsearch import own_rate
from benchmarks.daily.figures import Figures, Row, limit_row, time_row
from benchmarks.daily.photos import link_all
from benchmarks.daily.processes import Run, into_the_page_cache
from benchmarks.daily.setting import Setting

LIMITS = {"one": 1.0, "few": 0.75, "many": 0.62}  # of rclip's time
FASTER, SHARE = 1.9, 0.9  # of rclip's rate, of the bound
MOST_OF_ONE, MOST = 700, 1500  # MB


class NewPictures:
    """Indexing what is new."""

    def measure(self, setting: Setting, figures: Figures, number: int) -> None:
        """Time both tools on each number of pictures, into the thousand and into a new library; then the bound."""
        sizes, photos = setting.sizes, setting.photos
        into_the_page_cache(*photos)
        parts = {"one": [setting.new_photo(number)], "few": photos[: sizes.few], "many": photos[: sizes.files]}
        for name, paths in parts.items():
            if setting.data:
                figures.add(f"rclip, {name}, s", self._theirs(setting, paths).seconds)
            done = self._ours(setting, paths)
            figures.add(f"clipsearch, {name}, s", done.seconds)
            if name == "many" and (rate := own_rate(done)):
                figures.add("clipsearch, own rate", rate)
        self._into_new_libraries(setting, figures)
        measure_bound(figures, setting.library.folder, photos[: sizes.files])

    def measure_once(self, setting: Setting, figures: Figures) -> None:
        """Sample memory."""
        files, photos = setting.sizes.files, setting.photos
        for name, paths in {"one": photos[-1:], "half": photos[: files // 2], "many": photos[:files]}.items():
            figures.add_memory(f"clipsearch, {name}", self._ours(setting, paths, sample=True))
            if setting.data and name != "half":
                figures.add_memory(f"rclip, {name}", self._theirs(setting, paths, sample=True))

    def rows(self, setting: Setting, figures: Figures) -> list[Row]:
        """Return times, the rate and memory."""
        sizes, many = setting.sizes, f"{setting.sizes.files:,} new pictures"
        names = {"one": "one new picture", "few": f"{sizes.few:,} new pictures", "many": many}
        there = f"in a library of {sizes.library:,}, whole command"
        rows = [time_row(figures, f"{what} {there}", name, LIMITS[name]) for name, what in names.items()]
        rows.append(time_row(figures, f"{sizes.few:,} pictures into a new library", "few, new library"))
        rows += rate_rows(sizes.files - sizes.few, figures)
        for name, limit in (("one", MOST_OF_ONE), ("many", MOST)):
            theirs, ours = figures.get(f"rclip, {name}, PSS, MB"), figures[f"clipsearch, {name}, PSS, MB"]
            rows.append(limit_row(f"peak memory (PSS), {names[name]}", ours, "MB", limit, theirs))
        grown = figures["clipsearch, many, RSS, MB"], figures["clipsearch, half, RSS, MB"]
        shown = f"{grown[0]:.0f} MB after {grown[1]:.0f}"
        rows.append(Row(f"peak memory (RSS), {many} after half of them", "", shown, grown[0] / grown[1]))
        return rows

    def _ours(self, setting: Setting, paths: list[Path], sample: bool = False) -> Run:
        """Add pictures to the thousand, and index it."""
        setting.restore()
        link_all(paths, setting.folder / "new")
        return setting.library.index(setting.folder, len(paths), sample)

    def _theirs(self, setting: Setting, paths: list[Path], sample: bool = False) -> Run:
        assert setting.data is not None
        setting.restore()
        link_all(paths, setting.folder / "new")
        done = setting.data.index(setting.folder, sample)
        assert setting.data.known() == setting.sizes.library + len(paths), "rclip has left pictures out"
        return done

    def _into_new_libraries(self, setting: Setting, figures: Figures) -> None:
        """Time the few where there was no library, which embeds the texts for the cut-off, too."""
        few = link_all(setting.photos[: setting.sizes.few], setting.work / "few")
        if setting.data:
            setting.data.empty()
            figures.add("rclip, few, new library, s", setting.data.index(few).seconds)
        library = setting.library_at(setting.work / "few-library")
        library.empty()
        figures.add("clipsearch, few, new library, s", library.index(few, setting.sizes.few).seconds)


def rate_rows(more: int, figures: Figures) -> list[Row]:
    """Return the rates without start-up: how many more pictures in how much more time."""
    ours = more / (figures["clipsearch, many, s"] - figures["clipsearch, few, s"])
    what, theirs = "pictures/s without start-up", None
    if figures.get("rclip, many, s") is not None:
        theirs = more / (figures["rclip, many, s"] - figures["rclip, few, s"])
    ratio = None if theirs is None else ours / theirs
    target, reached = (f">= {FASTER}x rclip's", ratio >= FASTER) if ratio is not None else ("", None)
    rows = [Row(what, "" if theirs is None else f"{theirs:.1f}", f"{ours:.1f}", ratio, target, reached)]
    bound, own = figures["bound"], figures.get("clipsearch, own rate")
    share = ours / bound
    shown = f"{ours:.1f} of {bound:.1f}"
    rows.append(Row(f"{what}, of the bound of its parts", "", shown, share, f">= {SHARE}", share >= SHARE))
    if own is not None:
        rows.append(Row("pictures/s by clipsearch's summary", "", f"{own:.1f} of {bound:.1f}", own / bound))
    return rows
