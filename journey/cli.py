"""``flask --app app journey``: the whole journey over HTTP, with its table."""

from __future__ import annotations

import click
from flask.cli import AppGroup

journey_cli = AppGroup("journey")
