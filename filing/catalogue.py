"""The catalogue of forms, read from `filing/forms/*.yaml` and checked as it is read.

`load` refuses a file that is not consistent in itself; `lint` also compares it with the
credential types that its claims come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from filing.errors import CatalogueInvalid, UnknownForm
from filing.model.claim_rules import CLAIM_RULES
from filing.model.field_rules import APPLICABILITY_RULES, FIELD_RULES
from filing.model.form import (
    AppliesWhen,
    Bundle,
    Choice,
    ClaimSource,
    Column,
    Field,
    FieldType,
    FillCode,
    Form,
    Label,
    Section,
)

FORMS_FOLDER = Path(__file__).parent / "forms"
USE_CASES: dict[str, tuple[Label, tuple[str, ...], str]] = {
    "account-opening": (
        Label("对公账户开立", "Corporate account opening"),
        ("account_opening", "beneficial_owner", "crs"),
        "account_desk",
    ),
    "loan-application": (
        Label("流动资金贷款申请", "Working-capital loan"),
        ("loan_application",),
        "credit_officer",
    ),
}
"""Use case → its name, the forms filed together, and the bank role that decides."""

_PLAIN = frozenset(
    {
        "required", "sensitive", "fixed", "keep", "repeats", "max_length", "min", "max",
        "min_items", "pattern", "format", "must_be_true", "copy_of", "derive", "example",
    }
)  # fmt: skip
_KNOWN = _PLAIN | {
    "key", "number", "section", "label", "help", "type", "fill", "pattern_means", "choices",
    "columns", "claims", "applies_when",
}  # fmt: skip


@cache
def bundle(use_case: str) -> Bundle:
    """Return the forms of a use case.

    Raises:
        UnknownForm: no use case has this name.
        CatalogueInvalid: a form file breaks a rule.
    """
    if use_case not in USE_CASES:
        names = ", ".join(USE_CASES)
        raise UnknownForm(f"Found form “{use_case[:60]}”; expected one of {names}.")
    name, codes, decided_by = USE_CASES[use_case]
    found = Bundle(use_case, name, tuple(load(code) for code in codes), decided_by)
    problems = list(_inconsistencies(found))
    if problems:
        raise CatalogueInvalid("; ".join(problems))
    return found


def load(code: str, folder: Path = FORMS_FOLDER) -> Form:
    """Return a form from its file.

    Raises:
        CatalogueInvalid: the file is missing, or an entry is malformed.
    """
    try:
        data = yaml.load((folder / f"{code}.yaml").read_text("utf-8"), yaml.CSafeLoader)
        return Form(
            code=data["form"],
            version=data["version"],
            name=Label(**data["name"]),
            sections=tuple(Section(s["key"], Label(s["zh"], s["en"])) for s in data["sections"]),
            fields=tuple(_field(entry) for entry in data["fields"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CatalogueInvalid(f"{code}.yaml: {type(error).__name__}: {error}") from error


def _field(entry: Mapping[str, Any]) -> Field:
    unknown = set(entry) - _KNOWN
    if unknown:
        raise ValueError(f"field {entry.get('key')}: unknown {', '.join(sorted(unknown))}")
    when = entry.get("applies_when")
    return Field(
        key=entry["key"],
        number=entry["number"],
        section=entry["section"],
        label=Label(**entry["label"]),
        type=FieldType(entry["type"]),
        fill=FillCode(entry["fill"]),
        help=Label(**entry["help"]) if "help" in entry else None,
        pattern_means=Label(**entry["pattern_means"]) if "pattern_means" in entry else None,
        choices=tuple(Choice(**choice) for choice in entry.get("choices", ())),
        columns=tuple(_column(column) for column in entry.get("columns", ())),
        claims=tuple(
            ClaimSource(c["type"], c["claim"], c.get("fallback", False))
            for c in entry.get("claims", ())
        ),
        applies_when=_applies_when(when) if when else None,
        **{name: entry[name] for name in _PLAIN if name in entry},
    )


def _column(entry: Mapping[str, str]) -> Column:
    return Column(entry["key"], Label(entry["zh"], entry["en"]), FieldType(entry["type"]))


def _applies_when(entry: Mapping[str, Any]) -> AppliesWhen:
    return AppliesWhen(entry.get("field"), tuple(entry.get("in", ())), entry.get("rule"))


def _inconsistencies(found: Bundle) -> Iterator[str]:
    """Name every entry that refers to something that is not there."""
    count = sum(len(form.fields) for form in found.forms)
    if count != len(found.by_key):
        yield f"{found.use_case}: {count - len(found.by_key)} field keys appear twice"
    for form in found.forms:
        sections = {section.key for section in form.sections}
        for field in form.fields:
            where = f"{form.code}.{field.key}"
            if field.section not in sections:
                yield f"{where}: unknown section {field.section}"
            yield from (f"{where}: {text}" for text in _faults(field, found))


def _faults(field: Field, found: Bundle) -> Iterator[str]:
    is_choice = field.type in (FieldType.CHOICE, FieldType.MULTI_CHOICE)
    if is_choice != bool(field.choices):
        yield "a choice needs choices, and only a choice has them"
    if (field.type is FieldType.GROUP) != bool(field.columns):
        yield "a group needs columns, and only a group has them"
    if field.derive and field.derive not in CLAIM_RULES and field.derive not in FIELD_RULES:
        yield f"unknown rule {field.derive}"
    if field.copy_of and field.copy_of not in found.by_key:
        yield f"copies unknown field {field.copy_of}"
    when = field.applies_when
    if when and when.rule and when.rule not in APPLICABILITY_RULES:
        yield f"unknown applicability rule {when.rule}"
    if when and when.field:
        driver = found.by_key.get(when.field)
        if driver is None:
            yield f"applies by unknown field {when.field}"
        elif not set(when.values) <= {choice.value for choice in driver.choices}:
            yield f"applies by a value that {when.field} cannot have"
    if field.pattern and not field.pattern_means:
        yield "a pattern needs pattern_means"


def lint(types: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """Return what is wrong between the catalogue and the credential types.

    Args:
        types: credential type code → claim → its JSON Schema.
    Returns:
        One sentence per fault: a claim that no type has, a choice that lacks a value the
        claim may have, a length the field cannot hold.
    """
    faults = []
    for use_case in USE_CASES:
        for field in bundle(use_case).fields:
            for source in field.claims:
                schema = types.get(source.type_code, {}).get(source.claim)
                if schema is None:
                    faults.append(f"{field.key}: no credential type has {source.path}")
                else:
                    faults += [f"{field.key}: {text}" for text in _misfits(field, source, schema)]
    return faults


def _misfits(field: Field, source: ClaimSource, schema: Mapping[str, Any]) -> Iterator[str]:
    allowed = {choice.value for choice in field.choices}
    extra = set(schema.get("enum", ())) - allowed
    if field.choices and extra:
        yield f"{source.path} may be {', '.join(sorted(extra))}, which is no choice"
    longest = schema.get("maxLength")
    if field.max_length is not None and longest is not None and longest > field.max_length:
        yield f"{source.path} may have {longest} characters, the field holds {field.max_length}"


def credential_types(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Return credential type code → claim → JSON Schema, read from the types' files."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        found[data["code"]] = {name: c.get("schema", {}) for name, c in data["claims"].items()}
    return found
