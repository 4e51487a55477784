"""`flask --app app types …`: the registry of credential types."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from identity.adapters.types_registry import YAMLTypes
from identity.model.type_lint import faults

types_cli = AppGroup("types", help="Credential types.")


@types_cli.command("lint")
def lint() -> None:
    """Check every credential type's definition; exit 1 if there is a fault."""
    types = YAMLTypes().all()
    found = faults(types)
    for fault in found:
        click.echo(fault)
    click.echo(f"{len(types)} credential types, {len(found)} faults")
    sys.exit(1 if found else 0)
