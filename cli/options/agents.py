"""What assistants are told, as the commands that serve them have it."""

from __future__ import annotations

import click

no_places_option = click.option("--no-places", is_flag=True, help="Don't tell assistants where photos were taken.")
