"""How labelled pictures and label sets are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.labels.reading import LabelRun
    from search.results import LabelledPicture

MANY = 100  # classes up to which JSON and CSV have the probability of each
FEW = 5  # how many they have of more


def shown_of(top: int | None, classes: int) -> int | None:
    """Return how many classes' probabilities are shown of each picture, None for all."""
    return top if top is not None else None if classes <= MANY else FEW


def write_pictures(
    pictures: Iterable[LabelledPicture],
    columns: Sequence[str],
    top: int | None,
    multi: bool,
    form: str,
    nul: bool,
    with_times: bool = True,
) -> None:
    """Write label, probability and path; with `top` the next best classes, in CSV and JSON all there are.

    With `multi` there is a row for each label; JSON has an object for each picture in any case.
    """
    from cli.output.rows import write_rows

    if form in ("json", "jsonl"):
        write_rows((), (), form, nul, (_record(one, multi) for one in pictures))
        return
    names = ["class", "probability", "path", *(["at"] if with_times else [])]
    all_of_them = form == "csv" and top is None
    if all_of_them:
        names += [f"p({name})" for name in columns]
    elif top is not None:
        names += [
            f"{part}_{place}" for place in range(2, min(top, len(columns)) + 1) for part in ("class", "probability")
        ]
    rows = (row for one in pictures for row in _rows(one, names, multi))
    write_rows(rows, names, form, nul)


def _rows(picture: LabelledPicture, names: Sequence[str], multi: bool) -> Iterator[dict[str, Cell]]:
    given = picture.labels if multi else ((picture.best, picture.probability),)
    best = sorted(picture.probabilities.items(), key=lambda one: -one[1])
    row: dict[str, Cell] = dict.fromkeys(names)
    row |= {"path": picture.path, "at": picture.at}
    row |= {f"p({name})": value for name, value in picture.probabilities.items()}
    for label, probability in given:
        others = [(name, value) for name, value in best if name != label]  # the label need not be the best class
        for place, (name, value) in enumerate(others, 2):
            row |= {f"class_{place}": name, f"probability_{place}": value}
        yield {**row, "class": label, "probability": probability}


def _record(picture: LabelledPicture, multi: bool) -> dict[str, Any]:
    labels = [{"class": name, "probability": round(value, 6)} for name, value in picture.labels]
    best = {"class": picture.best, "probability": picture.probability}
    return {
        "path": picture.path,
        "at": picture.at,
        **({"labels": labels} if multi else best),
        "margin": picture.margin,
        "probabilities": {name: round(value, 6) for name, value in picture.probabilities.items()},
    }


def tell_what_was_done(done: LabelRun) -> None:
    """Say what was labelled now, and what had its labels already."""
    from cli.output.rows import tell

    if done.name is None:
        tell("The library can't be written to, so the labels are only printed.")
    elif done.anew:
        tell(
            f'"{done.name}" was made in another way, so its labels were dropped; labelled {_pictures(done.fresh)} anew.'
        )
        if done.dropped:
            tell(
                f"{_pictures(done.dropped)} that the filters leave out had labels in it and have none now; without the"
                " filters they are labelled, too, and another --name leaves a set as it is."
            )
    elif done.known:
        what = f"labelled {_pictures(done.fresh)}, new or changed" if done.fresh else "nothing is new or changed"
        tell(f'{_pictures(done.known)} had labels in "{done.name}" already; {what} (--all labels all again).')
    else:
        tell(f'Labelled {_pictures(done.fresh)} in the label set "{done.name}".')
    if done.missing:
        tell(f"{_pictures(done.missing)} have no embedding yet and so no label; run: clipsearch index")


def tell_counts(counts: Mapping[str, int]) -> None:
    """Write how many pictures have each label, on stderr; of many labels those that some picture has."""
    from cli.output.rows import tell

    shown = {name: count for name, count in counts.items() if count or len(counts) <= MANY // 5}
    if shown:
        tell("; ".join(f"{name} {count:,}" for name, count in list(shown.items())[: MANY // 5]) + _more(len(shown)))


def _more(count: int) -> str:
    return f"; and {count - MANY // 5} more" if count > MANY // 5 else ""


def _pictures(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"
