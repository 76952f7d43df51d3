"""clipsearch labels: the label sets of the library, listed, shown, kept, renamed and removed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.completion import completers
from cli.help.commands import HelpedGroup
from cli.labelling.corrections import correct, learn, undo
from cli.options.basic import library_option, output_options
from cli.options.library_before import library_before_option
from cli.output.rows import OutputOptions, confirm_forgetting, tell, write_rows
from cli.shown.times import told_time
from cli.terminal.streams import is_terminal
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.labels import LabelSet
    from indexer.store.store import Store
    from search.corrections.accuracy import Accuracy

LISTED = ("kind", "classes", "pictures", "labelled_at", "name", "state", "corrected")  # for programs
SHOWN = ("name", "state", "labels", "classes", "pictures", "corrected", "labelled_at")  # on a terminal


@click.group(cls=HelpedGroup)
@library_before_option
def labels() -> None:
    """List, show, keep, rename or remove the label sets that clipsearch label has made; correct and teach them.

    \b
    Example:
      clipsearch labels list
      clipsearch labels show cup,car
      clipsearch labels keep cup,car
      clipsearch labels correct cup,car cup ~/Photos/mug.jpg
    """


for command in (correct, undo, learn):
    labels.add_command(command)


@labels.command("list")
@output_options
@library_option
def list_sets(output: OutputOptions, library: Path) -> None:
    """List the label sets: number of classes and of labelled pictures, when they were labelled last, name and state.

    `corrected` is of how many pictures a person said what they are. A draft is a set that was neither named nor saved,
    corrected or exported; label keeps the newest 3 of them.

    \b
    Example:
      clipsearch labels list
    """
    from indexer.store.facts import count_said
    from indexer.store.labels import label_sets, labelled_images
    from indexer.store.store import Store

    _refuse_paths(output)
    with Store.open(library) as store:
        sets = label_sets(store)
        rows: list[dict[str, Any]] = [
            {
                "kind": label_set.kind,
                "classes": len(label_set.classes),
                "pictures": len(labelled_images(store, label_set.id)),
                "labelled_at": label_set.labelled_at,
                "name": label_set.name,
                "corrected": count_said(store, label_set.id)[0],
            }
            for label_set in sets
        ]
    if not sets:
        tell("No label sets; make one with: clipsearch label --classes cup,car")
    records = [
        {**row, "model": label_set.model, "draft": label_set.draft} for row, label_set in zip(rows, sets, strict=True)
    ]
    plain = [
        {**{key: str(value) for key, value in row.items()}, "labels": _each(label_set), "state": _state(label_set)}
        for row, label_set in zip(rows, sets, strict=True)
    ]
    on_terminal = output.form == "table" and is_terminal(sys.stdout)
    write_rows(plain, SHOWN if on_terminal else LISTED, output, records)


@labels.command("show")
@click.argument("name", required=False, shell_complete=completers.label_sets)
@output_options
@library_option
def show(name: str | None, output: OutputOptions, library: Path) -> None:
    """Show a label set: how it was made, and each class with its pictures, their mean probability and its prompts.

    Once pictures were corrected, also how many of each class are a person's (said), and how right the model is on
    them, with the 95% interval. The NAME may be left out if there is only one set.

    \b
    Example:
      clipsearch labels show cup,car
    """
    from indexer.store.facts import count_said, fact_counts
    from indexer.store.labels import counts_in, find_label_set
    from indexer.store.store import Store
    from search.records import label_set_record

    _refuse_paths(output)
    with Store.open(library) as store:
        label_set = find_label_set(store, name)
        counts, said = counts_in(store, label_set.id), fact_counts(store, label_set.id)
        waiting = count_said(store, label_set.id)[1]
        accuracy = _accuracy(store, label_set) if said else None
    if output.form not in ("json", "jsonl"):
        tell(f"{label_set.name}: {_how(label_set)}")
        _tell_accuracy(accuracy, waiting)
    record = {
        **label_set_record(label_set, counts, said),
        "accuracy": None if accuracy is None else accuracy.record(),
        "waiting": waiting,
    }
    columns = ("class", "pictures", *["said"] * bool(said), "probability", "prompts")
    write_rows(_rows(label_set, counts, said), columns, output, [record])


def _accuracy(store: Store, label_set: LabelSet) -> Accuracy | None:
    """Return how right the model is on what a person said; None, and why, where that can't be measured."""
    from indexer.errors import ClipsearchError
    from search.corrections.accuracy import accuracy_of
    from search.corrections.judged_set import JudgedSet
    from search.library.library import Library

    try:
        library = Library(store)
        return accuracy_of(JudgedSet(library, label_set), library)
    except ClipsearchError as error:
        tell(f"How right the model is can't be measured: {error}")
        return None


def _tell_accuracy(accuracy: Accuracy | None, waiting: int) -> None:
    """Say how right the model is on what a person said."""
    if accuracy is not None and accuracy.interval is not None:
        low, high = accuracy.interval
        tell(
            f"Of {counted(accuracy.said, 'corrected picture', ',')} the model has {accuracy.right:,} right:"
            f" {100 * accuracy.right / accuracy.said:.0f}% ({100 * low:.0f}-{100 * high:.0f}%). If the uncertain ones"
            " were corrected first, it does better on all."
        )
    if waiting:
        tell(
            f"What a person said of {counted(waiting, 'picture', ',')} does not count now: the set has other classes,"
            " or the pictures are not in the library."
        )


def _each(label_set: LabelSet) -> str:
    """Say how many labels a picture may have."""
    return "several" if label_set.kind == "multi" else "one each"


def _state(label_set: LabelSet) -> str:
    return "draft" if label_set.draft else "kept"


def _how(label_set: LabelSet) -> str:
    """Say in one line how a set was made."""
    templates = "; ".join(label_set.templates[:2])
    templates += f" and {len(label_set.templates) - 2} more" if label_set.templates[2:] else ""
    labels = "several labels for a picture" if label_set.kind == "multi" else "one label for each picture"
    parts = [
        *["a draft"] * label_set.draft,
        labels,
        label_set.model,
        f"labelled {told_time(label_set.labelled_at)}",
        f"templates: {templates}",
    ]
    parts += ["with other"] * label_set.other + [f"threshold {label_set.threshold:g}"] * bool(label_set.threshold)
    parts += [f"temperature {label_set.temperature:g}"] * (label_set.temperature != 1.0)
    return ", ".join(parts)


def _rows(
    label_set: LabelSet, counts: Mapping[str, tuple[int, float]], said: Mapping[str, int]
) -> Iterator[dict[str, Cell]]:
    """Yield a row for each label of a set; `counts` are label -> (pictures, mean probability)."""
    classes = {class_.name: class_ for class_ in label_set.classes}
    for label in label_set.label_names:
        count, mean = counts.get(label, (0, None))
        prompts = "fits none of the classes"
        if class_ := classes.get(label):
            prompts = "|".join(class_.prompts) + (
                f" and {counted(class_.all_examples, 'example')}" if class_.all_examples else ""
            )
        own = str(said.get(label, 0))
        yield {"class": label, "pictures": str(count), "said": own, "probability": mean, "prompts": prompts}


@labels.command("keep")
@click.argument("name", shell_complete=completers.label_sets)
@library_option
def keep(name: str, library: Path) -> None:
    """Keep a draft for good: a later label forgets it no more.

    \b
    Example:
      clipsearch labels keep cup,car
    """
    from indexer.store.labels import find_label_set, keep_set
    from indexer.store.store import Store

    with Store.open(library) as store:
        label_set = find_label_set(store, name)
        if not label_set.draft:
            tell(f'The label set "{label_set.name}" is kept anyway.')
            return
        _refuse_read_only(store.read_only)
        keep_set(store, label_set)
    tell(f'The label set "{label_set.name}" is kept from now on.')


@labels.command("remove")
@click.argument("name", shell_complete=completers.label_sets)
@click.option("--yes", is_flag=True, help="Don't ask.")
@library_option
def remove(name: str, yes: bool, library: Path) -> None:
    """Forget a label set with its labels, also those of a person; pictures and sidecars are not touched.

    \b
    Example:
      clipsearch labels remove cup,car
    """
    from indexer.store.facts import count_said
    from indexer.store.labels import find_label_set, labelled_images, remove_set
    from indexer.store.store import Store

    with Store.open(library) as store:
        _refuse_read_only(store.read_only)
        label_set = find_label_set(store, name)
        pictures = counted(len(labelled_images(store, label_set.id)), "picture", ",")
        said = sum(count_said(store, label_set.id))
        own = f", {said:,} of which a person corrected" if said else ""
        confirm_forgetting(f'Forget the label set "{name}" with the labels of {pictures}{own}?', yes)
        remove_set(store, label_set)
    gone = f", with {counted(said, 'correction', ',')}" if said else ""
    tell(f'Forgot the label set "{name}"{gone}.')


@labels.command("rename")
@click.argument("old", shell_complete=completers.label_sets)
@click.argument("new")
@library_option
def rename(old: str, new: str, library: Path) -> None:
    """Call a label set by another name, which keeps it; label --name NEW goes on with it.

    \b
    Example:
      clipsearch labels rename cup,car dishes
    """
    from indexer.arguments import text_of
    from indexer.store.labels import find_label_set, label_set_named, rename_set
    from indexer.store.store import Store
    from search.labels.classes import tidy

    name = tidy(text_of(new, "NEW"))
    if not name:
        raise click.BadParameter("The new name is empty.")
    with Store.open(library) as store:
        _refuse_read_only(store.read_only)
        label_set = find_label_set(store, old)
        if label_set_named(store, name) not in (None, label_set):
            raise click.BadParameter(f'There is a label set "{name}" already; remove it first, or choose another name.')
        rename_set(store, label_set, name)
    tell(f'"{old}" is now "{name}".')
    if label_set.exported_as and label_set.exported_as != name:
        tell(
            f'Sidecars go on calling it "{label_set.exported_as}"; to change that, run clipsearch export-labels'
            f' "{name}" --remove and export again.'
        )


def _refuse_paths(output: OutputOptions) -> None:
    """Refuse formats of bare paths, which label sets have none of."""
    if output.nul or output.form == "paths":
        raise click.UsageError("Label sets are no paths; choose another --format.")


def _refuse_read_only(read_only: bool) -> None:
    """Raise LibraryError for a library that can't be written to."""
    from indexer.errors import LibraryError

    if read_only:
        raise LibraryError("The library can't be written to; check the permissions of its folder.")
