"""What assistants are told, as the commands that serve them have it."""

from __future__ import annotations

import click

no_places_option = click.option("--no-places", is_flag=True, help="Don't tell assistants where photos were taken.")

no_grid_option = click.option(
    "--no-grid", is_flag=True, help="Don't offer assistants' programs the grid of photos in the chat."
)
