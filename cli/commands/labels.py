"""clipsearch labels: the label sets of the library, listed, shown, removed and renamed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options.basic import check_output, library_folder, library_option, output_options

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.labels import LabelSet


@click.group()
def labels() -> None:
    """List, show, remove or rename the label sets that clipsearch label has made.

    \b
    Example:
      clipsearch labels list
      clipsearch labels show cup,car
    """


@labels.command("list")
@output_options
@library_option
def list_sets(form: str, nul: bool, library: Path | None) -> None:
    """List the label sets: kind, number of classes and of labelled pictures, when they were labelled last, and name.

    \b
    Example:
      clipsearch labels list
    """
    from cli.output.rows import tell, write_rows
    from indexer.store.labels import label_sets, labelled_images
    from indexer.store.store import Store

    _refuse_paths(form, nul)
    with Store.open(library_folder(library)) as store:
        found = label_sets(store)
        rows: list[dict[str, Any]] = [
            {
                "kind": one.kind,
                "classes": len(one.classes),
                "pictures": len(labelled_images(store, one.id)),
                "labelled_at": one.labelled_at,
                "name": one.name,
            }
            for one in found
        ]
    if not found:
        tell("No label sets; make one with: clipsearch label --classes cup,car")
    records = [{**row, "model": one.model} for row, one in zip(rows, found, strict=True)]
    plain = [{key: str(value) for key, value in row.items()} for row in rows]
    write_rows(plain, ("kind", "classes", "pictures", "labelled_at", "name"), form, nul, records)


@labels.command("show")
@click.argument("name", required=False)
@output_options
@library_option
def show(name: str | None, form: str, nul: bool, library: Path | None) -> None:
    """Show a label set: how it was made, and each class with its pictures, their mean probability and its prompts.

    The NAME may be left out if there is only one set.

    \b
    Example:
      clipsearch labels show cup,car
    """
    from cli.output.rows import tell, write_rows
    from indexer.store.labels import counts_in, find_label_set
    from indexer.store.store import Store

    _refuse_paths(form, nul)
    with Store.open(library_folder(library)) as store:
        found = find_label_set(store, name)
        counts = counts_in(store, found.id)
    prompts = {one.name: one for one in found.classes}
    rows: list[dict[str, Cell]] = []
    for label in found.label_names:
        count, mean = counts.get(label, (0, None))
        about = "|".join(prompts[label].prompts) if label in prompts else "fits none of the classes"
        more = f" and {prompts[label].examples} examples" if label in prompts and prompts[label].examples else ""
        rows.append({"class": label, "pictures": str(count), "probability": mean, "prompts": about + more})
    if form in ("json", "jsonl"):
        write_rows((), (), form, nul, [_record(found, rows)])
        return
    tell(f"{found.name}: {_how(found)}")
    write_rows(rows, ("class", "pictures", "probability", "prompts"), form, nul)


def _how(found: LabelSet) -> str:
    """Say in one line how a set was made."""
    templates = "; ".join(found.templates[:2]) + (
        f" and {len(found.templates) - 2} more" if found.templates[2:] else ""
    )
    parts = [found.kind, found.model, f"labelled {found.labelled_at}", f"templates: {templates}"]
    parts += ["with other"] * found.other + [f"threshold {found.threshold:g}"] * bool(found.threshold)
    parts += [f"temperature {found.temperature:g}"] * (found.temperature != 1.0)
    return ", ".join(parts)


def _record(found: LabelSet, rows: list[dict[str, Cell]]) -> dict[str, Any]:
    """Return a set as its JSON object."""
    prompts = {one.name: one for one in found.classes}
    classes = []
    for row in rows:
        one = prompts.get(str(row["class"]))
        more = {"prompts": list(one.prompts), "examples": one.examples, "threshold": one.threshold} if one else {}
        probability = row["probability"]
        mean = round(probability, 6) if isinstance(probability, float) else None
        classes.append({"class": row["class"], "pictures": int(str(row["pictures"])), "probability": mean, **more})
    names = ("name", "kind", "model", "labelled_at", "other", "threshold", "temperature")
    return {**{name: getattr(found, name) for name in names}, "templates": list(found.templates), "classes": classes}


@labels.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask. Example: --yes")
@library_option
def remove(name: str, yes: bool, library: Path | None) -> None:
    """Forget a label set with its labels; pictures and sidecars are not touched.

    \b
    Example:
      clipsearch labels remove cup,car
    """
    from cli.output.rows import is_terminal, tell
    from indexer.store.labels import find_label_set, labelled_images, remove_set
    from indexer.store.store import Store

    with Store.open(library_folder(library)) as store:
        _refuse_read_only(store.read_only)
        found = find_label_set(store, name)
        question = (
            f'Forget the label set "{name}" with the labels of {len(labelled_images(store, found.id)):,} pictures?'
        )
        if not yes and is_terminal(sys.stdin) and not click.confirm(question, err=True):
            tell("Nothing was forgotten.")
            raise click.exceptions.Exit(1)
        remove_set(store, found)
    tell(f'Forgot the label set "{name}".')


@labels.command("rename")
@click.argument("old")
@click.argument("new")
@library_option
def rename(old: str, new: str, library: Path | None) -> None:
    """Call a label set by another name; label --name NEW goes on with it.

    \b
    Example:
      clipsearch labels rename cup,car dishes
    """
    from cli.output.rows import tell
    from indexer.store.labels import find_label_set, label_set_named, rename_set
    from indexer.store.store import Store

    name = " ".join(new.split())
    if not name:
        raise click.BadParameter("The new name is empty.")
    with Store.open(library_folder(library)) as store:
        _refuse_read_only(store.read_only)
        found = find_label_set(store, old)
        if name != old and label_set_named(store, name) is not None:
            raise click.BadParameter(f'There is a label set "{name}" already; remove it first, or choose another name.')
        rename_set(store, found, name)
    tell(f'"{old}" is now "{name}".')
    if found.exported_as and found.exported_as != name:
        tell(
            f'Sidecars go on calling it "{found.exported_as}"; to change that, run clipsearch export-labels'
            f' "{name}" --remove and export again.'
        )


def _refuse_paths(form: str, nul: bool) -> None:
    """Refuse formats of bare paths, which label sets have none of."""
    check_output(form, nul)
    if nul or form == "paths":
        raise click.UsageError("Label sets are no paths; take another --format.")


def _refuse_read_only(read_only: bool) -> None:
    """Raise LibraryError for a library that can't be written to."""
    from indexer.errors import LibraryError

    if read_only:
        raise LibraryError("The library can't be written to; check the permissions of its folder.")
