"""The options of a subset that becomes a data set of another program: its labels, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.headings import LABEL_SET, WRITTEN
from cli.options.basic import option_group

if TYPE_CHECKING:
    from search.subsets.format import Format
    from search.subsets.selection import Labels

KINDS = ("webdataset", "imagefolder", "fiftyone", "label-studio", "cvat")
ONLY_FOR = {  # options that one kind has
    "shard_size": ("--shard-size", "webdataset"),
    "unlabelled": ("--unlabelled", "imagefolder"),
    "url_prefix": ("--url-prefix", "label-studio"),
}
IN_ONE_FILE = ("webdataset",)  # kinds in which pictures are no files of their own


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """Which labels the pictures get; raises click.UsageError for what makes no sense together."""

    label_set: str | None
    no_labels: bool
    threshold: float | None
    with_other: bool
    labelled_only: bool

    def __post_init__(self) -> None:
        if self.no_labels and (self.label_set or self.threshold is not None or self.with_other or self.labelled_only):
            raise click.UsageError("--no-labels leaves all labels out; leave the other options about labels out.")

    def labels(self, kind: KindOptions) -> Labels:
        """Return which labels are chosen for a kind of data set; raises click.UsageError."""
        from search.subsets.selection import Labels

        by_class = kind.form == "imagefolder" and kind.unlabelled is None
        if by_class and self.no_labels:
            raise click.UsageError("An imagefolder has a folder for each class; --no-labels needs --unlabelled DIR.")
        only = self.labelled_only or by_class
        return Labels(self.label_set, self.no_labels, self.threshold, self.with_other, only, needed=only)


@dataclass(frozen=True, slots=True)
class KindOptions:
    """What kind of data set is written, and how; raises click.UsageError for what makes no sense together."""

    form: str
    link: bool
    dry_run: bool
    shard_size: str | None
    unlabelled: str | None
    url_prefix: str | None

    def __post_init__(self) -> None:
        for name, (option, form) in ONLY_FOR.items():
            if getattr(self, name) is not None and self.form != form:
                raise click.UsageError(f"{option} is for --as {form}; leave it out.")
        if self.link and self.form in IN_ONE_FILE:
            raise click.UsageError(
                f"{self.form} has pictures inside its files, so there are no links; leave --link out."
            )

    def format(self) -> Format:
        """Return the kind of data set; raises click.UsageError."""
        from indexer.errors import InvalidRequest
        from search.subsets.formats import FormatOptions, format_of

        try:
            return format_of(FormatOptions(self.form, self.link, self.shard_size, self.unlabelled, self.url_prefix))
        except InvalidRequest as error:
            raise click.UsageError(str(error)) from error


label_options = option_group(
    "labelling",
    LabelOptions,
    click.option(
        "--label-set",
        metavar="SET",
        shell_complete=completers.label_sets,
        help="Whose labels the pictures get; not needed if there is only one.",
    ),
    click.option("--no-labels", is_flag=True, help="No labels at all."),
    click.option(
        "--threshold",
        metavar="P",
        type=click.FloatRange(0, 1),
        help="Only labels that are at least so probable: by default 0.5, unless SET or the class has a threshold of its"
        " own. What a person said is certain. Example: --threshold 0.8",
    ),
    click.option("--with-other", is_flag=True, help='Also "other" and classes such as "not cup".'),
    click.option("--labelled-only", is_flag=True, help="Leave pictures without a label out."),
    heading=LABEL_SET,
)

kind_options = option_group(
    "kind",
    KindOptions,
    click.option(
        "--as",
        "form",
        metavar="KIND",
        required=True,
        type=click.Choice(KINDS),
        help=f"What reads it: {', '.join(KINDS)}.",
    ),
    click.option("--link", is_flag=True, help="Links instead of copies, which take no space."),
    click.option("--dry-run", is_flag=True, help="Only list what would be written."),
    click.option(
        "--shard-size",
        metavar="SIZE",
        help="With webdataset: how many pictures, or bytes, a tar holds; by default 10000 and 1GB."
        " Example: --shard-size 500MB",
    ),
    click.option(
        "--unlabelled",
        metavar="NAME",
        help="With imagefolder: a folder for pictures without a label, which are else left out."
        " Example: --unlabelled none",
    ),
    click.option(
        "--url-prefix",
        metavar="URL",
        help="With label-studio: what comes before images/NAME in the address of a picture; by default its local files."
        " Example: --url-prefix https://host/cups",
    ),
    heading=WRITTEN,
)
