"""What a labelling did, in lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.output.rows import tell
from indexer.store.labels import DRAFTS
from indexer.wording import agreeing, counted, doing

if TYPE_CHECKING:
    from search.labels.reading import LabelRun

LABELS_COUNTED = 20  # for which the number of pictures is shown


def tell_what_was_done(done: LabelRun) -> None:
    """Say what was labelled now, and what had its labels already."""
    if done.name is None:
        tell("The library can't be written to, so the labels are not stored.")
    elif done.anew:
        tell(
            f'"{done.name}" was made in another way, so its labels were dropped; labelled {_pictures(done.fresh)} anew.'
        )
        if done.dropped:
            tell(
                f"{_pictures(done.dropped)} that the filters leave out had labels in it and"
                f" {agreeing(done.dropped, 'has', 'have')} none now; without the filters"
                f" {agreeing(done.dropped, 'it is', 'they are')} labelled, too, and another --name leaves a set as it"
                " is."
            )
    elif done.known > done.said:
        what = f"labelled {_pictures(done.fresh)}, new or changed" if done.fresh else "nothing is new or changed"
        tell(
            f'{_pictures(done.known - done.said)} had labels in "{done.name}" already; {what} (--all labels all again).'
        )
    else:
        draft = ", a draft (--save keeps it)" if done.draft else ""
        tell(f'Labelled {_pictures(done.fresh)} in the label set "{done.name}"{draft}.')
    _tell_of_corrections(done)
    if done.forgotten:
        names = ", ".join(f'"{name}"' for name in done.forgotten)
        drafts = agreeing(len(done.forgotten), "draft", "drafts")
        tell(
            f"Forgot the {drafts} {names}, since there are {DRAFTS} newer ones (clipsearch labels keep NAME keeps one)."
        )
    if done.missing:
        tell(
            f"{doing(done.missing, 'picture', 'is', 'are', ',')} not encoded yet and so without a label; run:"
            " clipsearch index"
        )


def _tell_of_corrections(done: LabelRun) -> None:
    """Say what of the labels is from a person, and what the set has learnt from that."""
    if done.said:
        verb = agreeing(done.said, "keeps", "keep")
        tell(f"{_pictures(done.said)} {verb} what a person said.")
    learnt = sum(len(class_.learnt) for class_ in done.judge.recipe.classes)
    if learnt:
        tell(
            f"It goes on with what it has learnt from {counted(learnt, 'corrected picture', ',')};"
            " clipsearch labels learn --forget drops that."
        )


def tell_counts(counts: Mapping[str, int]) -> None:
    """Write how many pictures have each label, on stderr; of many labels those that some picture has."""
    shown = {name: count for name, count in counts.items() if count or len(counts) <= LABELS_COUNTED}
    more = f"; and {len(shown) - LABELS_COUNTED} more" if len(shown) > LABELS_COUNTED else ""
    if shown:
        tell("; ".join(f"{name} {count:,}" for name, count in list(shown.items())[:LABELS_COUNTED]) + more)


def _pictures(count: int) -> str:
    return counted(count, "picture", ",")
