"""Why a picture of a group of duplicates is the best, or stands behind it, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.wording import human_size
from search.results import Hit

WHERE = "where it was taken"
MATCHES = {
    "identical": "the same bytes",
    "hard link": "another name of the same file",
    "same": "the same picture, encoded or scaled otherwise",
    "as detailed": "the same picture, and no more of it to see",
    "cropped": "cropped",
    "brightness": "of another brightness",
    "colours": "in other colours",
    "black and white": "in black and white",
    "filtered": "sharpened, blurred or filtered",
    "marked": "with marks or letters on it",
}


def reasons_of(picture: Hit, match: str, best: Hit) -> list[str]:
    """Return what a picture is to the best of its group."""
    return [MATCHES.get(match, match), *_differences(picture, best)]


def reasons_for_best(best: Hit, others: Sequence[Hit]) -> list[str]:
    """Return what the best has that others of its group have not."""
    reasons = []
    if any(other.width * other.height < best.width * best.height for other in others):
        reasons.append("the most pixels")
    if best.taken_at and any(not other.taken_at for other in others):
        reasons.append("knows when it was taken")
    if best.latitude is not None and any(other.latitude is None for other in others):
        reasons.append(f"knows {WHERE}")
    if any(other.size < best.size for other in others) and all(other.size <= best.size for other in others):
        reasons.append("the largest file")
    return reasons or ["as good as the others"]


def _differences(picture: Hit, best: Hit) -> Iterator[str]:
    """Yield how a picture's file differs from the best's."""
    pixels, most = picture.width * picture.height, best.width * best.height
    if pixels != most:
        yield f"{'fewer' if pixels < most else 'more'} pixels: {picture.width} × {picture.height}"  # noqa: RUF001
    if picture.format != best.format:
        yield f"{picture.format} instead of {best.format}"
    if picture.size != best.size:
        yield f"a {'smaller' if picture.size < best.size else 'larger'} file: {human_size(picture.size)}"
    for name, what in (("taken_at", "when it was taken"), ("latitude", WHERE)):
        has, best_has = getattr(picture, name) is not None, getattr(best, name) is not None
        if has != best_has:
            yield f"{'knows' if has else 'does not know'} {what}"
