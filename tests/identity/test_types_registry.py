"""The registry says what coded values and purposes are called."""

from __future__ import annotations

import pytest

from identity.adapters.types_registry import YAMLPurposes, YAMLTypes
from identity.errors import UnknownPurpose

TYPES = YAMLTypes()
PURPOSES = YAMLPurposes(TYPES)


def test_a_coded_value_has_words() -> None:
    status = TYPES.get("business-licence").claims["registration_status"]
    assert status.values["active"] == ("存续", "Active")


def test_every_word_belongs_to_a_code_of_the_schema() -> None:
    for item in TYPES.all():
        for claim in item.claims.values():
            if claim.values and "enum" in claim.schema:
                assert set(claim.values) == set(claim.schema["enum"]), (item.code, claim.name)


def test_every_purpose_has_a_name() -> None:
    assert {code: PURPOSES.label(code)[0] for code in PURPOSES.all()} == {
        "account-opening": "对公账户开立",
        "loan-application": "流动资金贷款申请",
    }


def test_an_unknown_purpose_has_none() -> None:
    with pytest.raises(UnknownPurpose):
        PURPOSES.label("marketing")
