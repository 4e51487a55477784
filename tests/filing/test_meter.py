"""The meter's arithmetic, against the catalogue's published table and by hand."""

from __future__ import annotations

import pytest

from filing.catalogue import bundle, load
from filing.model.form import Bundle, FillCode, Label
from filing.model.meter import Meter, measure, total
from filing.model.value import FieldValue, Source

SOURCE_OF = {
    FillCode.PREFILLED: Source.PREFILLED,
    FillCode.DERIVED: Source.DERIVED,
    FillCode.DECLARED: Source.TYPED,
    FillCode.TYPED: Source.TYPED,
    FillCode.CHOSEN: Source.CHOSEN,
    FillCode.BANK: Source.BANK,
}


def ideal(forms: Bundle, *, returning: bool) -> Meter:
    """The meter with every authority connected and no conflict."""
    kept = {FillCode.DECLARED: Source.DECLARED} if returning else {}
    sources = SOURCE_OF | kept
    return measure(forms, {f.key: FieldValue("x", sources[f.fill]) for f in forms.fields})


def one(code: str) -> Bundle:
    return Bundle(code, Label("", ""), (load(code),), "")


@pytest.mark.parametrize(
    ("forms", "fields", "bank", "chosen", "baseline", "first", "returning", "shares"),
    [
        (one("account_opening"), 109, 6, 16, 87, 21, 3, (76, 97)),
        (bundle("account-opening"), 151, 7, 22, 122, 31, 6, (75, 95)),
        (one("loan_application"), 116, 9, 16, 91, 7, 3, (92, 97)),
    ],
)
def test_the_table_of_the_catalogue(
    forms, fields, bank, chosen, baseline, first, returning, shares
) -> None:
    visit, again = ideal(forms, returning=False), ideal(forms, returning=True)
    assert (visit.total, visit.applicable, visit.bank, visit.chosen) == (
        fields,
        fields,
        bank,
        chosen,
    )
    assert (visit.baseline_typed, visit.typed_now, again.typed_now) == (baseline, first, returning)
    assert visit.reduction == visit.ceiling_first
    assert again.reduction == again.ceiling_returning
    assert (round(visit.reduction * 100), round(again.reduction * 100)) == shares


def test_opening_and_loan_together() -> None:
    forms = (bundle("account-opening"), bundle("loan-application"))
    visit = total(ideal(item, returning=False) for item in forms)
    again = total(ideal(item, returning=True) for item in forms)
    assert (visit.total, visit.baseline_typed, visit.typed_now) == (267, 213, 38)
    assert (round(visit.reduction * 100), round(again.reduction * 100)) == (82, 96)


def test_an_edited_field_counts_as_typed_and_an_empty_optional_one_as_nothing() -> None:
    forms = bundle("loan-application")
    fields = {f.key: FieldValue("x", SOURCE_OF[f.fill]) for f in forms.fields}
    before = measure(forms, fields)
    fields["company_name"] = FieldValue("y", Source.EDITED)
    fields["inventory"] = FieldValue()  # optional
    fields["establishment_date"] = FieldValue()  # required
    fields["guarantor_name"] = FieldValue(source=Source.NOT_APPLICABLE)
    after = measure(forms, fields)
    assert after.typed_now == before.typed_now + 2 - 1
    assert after.baseline_typed == before.baseline_typed - 2
    assert (after.edited, after.to_type, after.skipped, after.missing) == (1, 1, 1, 2)
    assert after.applicable == before.applicable - 1


def test_nothing_measured_has_no_share() -> None:
    assert Meter().reduction is None
    assert Meter.from_json(Meter().to_json()) == Meter()
