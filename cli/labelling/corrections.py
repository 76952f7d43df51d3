"""clipsearch labels correct, undo and learn: what a person says of pictures, taken back, and learnt from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.options.basic import NamedPath, device_option, library_option
from cli.output.rows import tell
from indexer.wording import agreeing, counted

if TYPE_CHECKING:
    from search.corrections.learning import Lesson


@click.command("correct", cls=HelpedCommand)
@click.argument("name", metavar="SET", shell_complete=completers.label_sets)
@click.argument("labels", metavar="LABEL")
@click.argument("pictures", metavar="PICTURE...", nargs=-1, required=True, type=NamedPath(path_type=Path))
@library_option
def correct(name: str, labels: str, pictures: tuple[Path, ...], library: Path) -> None:
    """Say what pictures show: a fact, which no later run changes.

    LABEL is one of the label set's, "other" is none of the classes. With a set of several labels a picture, LABEL is a
    list with commas, all that apply. Of a video, all its moments have it. clipsearch labels undo takes it back.

    \b
    Example:
      clipsearch labels correct cup,car cup ~/Photos/mug.jpg
      clipsearch labels correct cup,car other ~/Photos/lamp.jpg ~/Photos/sofa.jpg
    """
    from indexer.store.corrections import correct as say
    from indexer.store.labels import find_label_set
    from indexer.store.store import Store
    from search.corrections.said import ids_of_files, label_list, login_name

    with Store.open(library) as store:
        label_set = find_label_set(store, name)
        said = label_list(label_set, labels)
        act = say(store, label_set.id, ids_of_files(store, pictures), said, login_name())
    what = ", ".join(f'"{label}"' for label in said) or '"other"'
    verb = agreeing(len(act.images), "is", "are")
    tell(f'{counted(len(act.images), "picture", ",")} {verb} {what} in "{label_set.name}" from now on.')


@click.command("undo", cls=HelpedCommand)
@click.argument("name", metavar="SET", required=False, shell_complete=completers.label_sets)
@library_option
def undo(name: str | None, library: Path) -> None:
    """Take the last correction of a label set back; again, the one before.

    \b
    Example:
      clipsearch labels undo cup,car
    """
    from indexer.store.corrections import undo_last
    from indexer.store.labels import find_label_set
    from indexer.store.store import Store

    with Store.open(library) as store:
        label_set = find_label_set(store, name)
        undone = undo_last(store, label_set.id)
    tell(f'Took the last correction of "{label_set.name}" back, of {counted(len(undone.images), "picture", ",")}.')
    if undone.unjudged:
        pictures = counted(len(undone.unjudged), "picture", ",")
        tell(
            f'{pictures} to be judged again, as the set was made anew since: clipsearch label --name "{label_set.name}"'
        )


@click.command("learn", cls=HelpedCommand)
@click.argument("name", metavar="SET", required=False, shell_complete=completers.label_sets)
@click.option("--take", is_flag=True, help="Learn, if it helps, and label all pictures anew.")
@click.option("--forget", is_flag=True, help="Forget what was learnt, and label all pictures anew.")
@device_option
@library_option
def learn(name: str | None, take: bool, forget: bool, device: str, library: Path) -> None:
    """Learn from corrected pictures, where that helps.

    It says whether they help as examples of their classes, and with --take learns from them. Each corrected picture is
    judged without itself, and without what looks the same, among the examples. What a person said stays in any case.

    \b
    Example:
      clipsearch labels learn cup,car
      clipsearch labels learn cup,car --take
    """
    from indexer.store.labels import find_label_set
    from search.corrections.learning import forget_lessons, lesson_from, take_lesson
    from search.library.library import open_library

    if take and forget:
        raise click.UsageError("--take and --forget don't go together.")
    with open_library(library, device=device) as opened:
        label_set = find_label_set(opened.store, name)
        if forget:
            run = forget_lessons(opened, label_set)
            tell(
                f'"{label_set.name}" has forgotten what it learnt; labelled {counted(run.fresh, "picture", ",")} anew.'
            )
            return
        lesson = lesson_from(opened, label_set)
        _tell_lesson(lesson)
        if not take:
            tell("Nothing was changed; --take learns." if lesson.helped else "Nothing was changed.")
        elif lesson.helped:
            run = take_lesson(opened, label_set, lesson)
            tell(f'"{label_set.name}" has learnt; labelled {counted(run.fresh, "picture", ",")} anew.')
        else:
            tell("It does not help, so nothing was learnt; correct more pictures, or other ones.")


def _tell_lesson(lesson: Lesson) -> None:
    """Say what learning is worth."""
    examples = counted(sum(map(len, lesson.learnt.values())), "example", ",")
    low, high = (100 * end for end in lesson.interval)
    before, after = (100 * count / lesson.held_out for count in (lesson.before, lesson.after))
    tell(
        f"With {examples} {after:.0f}% of {counted(lesson.held_out, 'held-out correction', ',')} are right, and"
        f" {before:.0f}% without: {lesson.better} became right, {lesson.worse} wrong; the gain is {low:+.0f} to"
        f" {high:+.0f} points (95%)."
    )
