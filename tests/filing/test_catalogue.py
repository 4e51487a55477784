"""The catalogue is complete, consistent, and fits the credential types."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from filing.catalogue import FORMS_FOLDER, USE_CASES, bundle, credential_types, lint, load
from filing.errors import CatalogueInvalid, UnknownForm
from filing.model.form import FieldType, FillCode
from filing.model.validation import validate

TYPES_FOLDER = Path(__file__).parents[2] / "identity" / "types"
COUNTS = {
    "account_opening": ("A", {"P": 54, "D": 12, "M": 18, "T": 3, "C": 16, "B": 6}),
    "beneficial_owner": ("B", {"P": 11, "D": 4, "M": 4, "T": 1, "B": 1}),
    "crs": ("C", {"P": 5, "D": 5, "M": 3, "T": 2, "C": 6}),
    "loan_application": ("L", {"P": 79, "D": 5, "M": 4, "T": 3, "C": 16, "B": 9}),
}
FIELDS = [field for use_case in USE_CASES for field in bundle(use_case).fields]


@pytest.mark.parametrize("code", COUNTS)
def test_every_field_is_there_once_and_in_order(code: str) -> None:
    letter, fills = COUNTS[code]
    form = load(code)
    numbers = [field.number for field in form.fields]
    assert numbers == [f"{letter}{n}" for n in range(1, sum(fills.values()) + 1)]
    assert len({field.key for field in form.fields}) == len(form.fields)
    assert Counter(field.fill.value for field in form.fields) == fills


def test_the_four_forms_have_267_fields() -> None:
    assert len(FIELDS) == 267


def test_claims_exist_and_fit_their_fields() -> None:
    assert lint(credential_types(TYPES_FOLDER)) == []


def test_lint_names_a_claim_that_no_type_has() -> None:
    faults = lint({})
    assert "depositor_name: no credential type has business-licence.company_name" in faults


def test_lint_names_a_choice_that_is_missing() -> None:
    types = credential_types(TYPES_FOLDER)
    types["taxpayer"]["vat_taxpayer_type"] = {"enum": ["general", "exempt"]}
    faults = lint(types)
    assert (
        "vat_taxpayer_type: taxpayer.vat_taxpayer_type may be exempt, which is no choice" in faults
    )


def test_every_example_fits_its_field() -> None:
    shown = [field for field in FIELDS if field.example is not None]
    problems = [problem for field in shown if (problem := validate(field, field.example)[1])]
    assert problems == []


def test_both_languages_are_there() -> None:
    for field in FIELDS:
        labels = [field.label, *filter(None, (field.help, field.pattern_means)), *field.choices]
        assert all(label.zh.strip() and label.en.strip() for label in labels), field.key
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in field.label.en), field.key


def test_what_a_person_may_have_to_type_has_an_example() -> None:
    clicked = {FieldType.CHOICE, FieldType.MULTI_CHOICE, FieldType.BOOLEAN, FieldType.SIGNATURE}
    typed = [f for f in FIELDS if f.fill is not FillCode.BANK and f.type not in clicked]
    assert [field.key for field in typed if field.example is None] == []


def test_personal_numbers_are_sensitive() -> None:
    personal = ("id_no", "mobile", "birth_date", "_id_expiry")
    exposed = [f.key for f in FIELDS if f.key.endswith(personal) and not f.sensitive]
    assert exposed == []


def test_unknown_use_case() -> None:
    with pytest.raises(UnknownForm, match="passport"):
        bundle("passport")


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("fill: P", "fill: Q", "not a valid FillCode"),
        ("required: false", "mandatory: false", "unknown mandatory"),
        ("type: text", "type: prose", "not a valid FieldType"),
        ("form: crs", "form: [", "ParserError"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, before: str, after: str, named: str) -> None:
    shutil.copytree(FORMS_FOLDER, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "crs.yaml"
    path.write_text(path.read_text("utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(CatalogueInvalid, match=named):
        load("crs", tmp_path)
