"""clipsearch labels: the label sets of the library, listed, shown, kept, renamed and removed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.completion import completers
from cli.help.commands import HelpedGroup
from cli.options.basic import library_option, output_options
from cli.options.library_before import library_before_option
from cli.output.rows import OutputOptions, confirm_forgetting, tell, write_rows
from cli.shown.times import told_time
from cli.terminal.streams import is_terminal
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.labels import LabelSet

LISTED = ("kind", "classes", "pictures", "labelled_at", "name", "state")  # for programs
SHOWN = ("name", "state", "labels", "classes", "pictures", "labelled_at")  # on a terminal


@click.group(cls=HelpedGroup)
@library_before_option
def labels() -> None:
    """List, show, keep, rename or remove the label sets that clipsearch label has made.

    \b
    Example:
      clipsearch labels list
      clipsearch labels show cup,car
      clipsearch labels keep cup,car
    """


@labels.command("list")
@output_options
@library_option
def list_sets(output: OutputOptions, library: Path) -> None:
    """List the label sets: number of classes and of labelled pictures, when they were labelled last, name and state.

    A draft is a set that was neither named nor saved nor exported; label keeps the newest 3 of them.

    \b
    Example:
      clipsearch labels list
    """
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

    The NAME may be left out if there is only one set.

    \b
    Example:
      clipsearch labels show cup,car
    """
    from indexer.store.facts import fact_counts
    from indexer.store.labels import counts_in, find_label_set
    from indexer.store.store import Store
    from search.records import label_set_record

    _refuse_paths(output)
    with Store.open(library) as store:
        label_set = find_label_set(store, name)
        counts, said = counts_in(store, label_set.id), fact_counts(store, label_set.id)
    if output.form not in ("json", "jsonl"):
        tell(f"{label_set.name}: {_how(label_set)}")
    rows, records = _rows(label_set, counts), [label_set_record(label_set, counts, said)]
    write_rows(rows, ("class", "pictures", "probability", "prompts"), output, records)


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


def _rows(label_set: LabelSet, counts: Mapping[str, tuple[int, float]]) -> Iterator[dict[str, Cell]]:
    """Yield a row for each label of a set; `counts` are label -> (pictures, mean probability)."""
    classes = {class_.name: class_ for class_ in label_set.classes}
    for label in label_set.label_names:
        count, mean = counts.get(label, (0, None))
        prompts = "fits none of the classes"
        if class_ := classes.get(label):
            prompts = "|".join(class_.prompts) + (
                f" and {counted(class_.examples, 'example')}" if class_.examples else ""
            )
        yield {"class": label, "pictures": str(count), "probability": mean, "prompts": prompts}


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
    """Forget a label set with its labels; pictures and sidecars are not touched.

    \b
    Example:
      clipsearch labels remove cup,car
    """
    from indexer.store.labels import find_label_set, labelled_images, remove_set
    from indexer.store.store import Store

    with Store.open(library) as store:
        _refuse_read_only(store.read_only)
        label_set = find_label_set(store, name)
        pictures = len(labelled_images(store, label_set.id))
        confirm_forgetting(
            f'Forget the label set "{name}" with the labels of {counted(pictures, "picture", ",")}?', yes
        )
        remove_set(store, label_set)
    tell(f'Forgot the label set "{name}".')


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
