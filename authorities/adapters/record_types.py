"""Load the dictionary of record types: one YAML file per credential type."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from authorities.model.record import Field, RecordType


def load_record_types(directory: Traversable | None = None) -> dict[str, RecordType]:
    """Return the record types by code; by default those of the identity package."""
    directory = directory or files("identity") / "types"
    documents = (
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(directory.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".yaml")
    )
    return {document["code"]: _record_type(document) for document in documents}


def _record_type(document: Mapping[str, Any]) -> RecordType:
    fields = {name: _field(name, claim) for name, claim in document["claims"].items()}
    label = document["label"]
    return RecordType(document["code"], label["zh"], label["en"], fields, document.get("key"))


def _field(name: str, claim: Mapping[str, Any]) -> Field:
    values = {
        str(code): (label["zh"], label["en"]) for code, label in claim.get("values", {}).items()
    }
    return Field(
        name=name,
        label_zh=claim["label"]["zh"],
        label_en=claim["label"]["en"],
        schema=claim["schema"],
        values=values,
        sensitive=bool(claim.get("sensitive", False)),
        required=bool(claim.get("required", False)),
    )
