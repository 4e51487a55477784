"""The registry of credential types: complete, without fault, and called by words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app import create_app
from identity.adapters.types_registry import PACKAGE, YAMLPurposes, YAMLTypes
from identity.errors import InvalidClaims, UnknownPurpose
from identity.model.credential import ClaimType, CredentialType, Disclose
from identity.model.type_lint import faults
from tests.platform import settings

TYPES = YAMLTypes()
PURPOSES = YAMLPurposes(TYPES)

# What the authorities of the rules and the reference cases issue, and the parties themselves.
_EXPECTED = """
business-licence legal-representative equity-structure bo-filing abnormal-list
taxpayer tax-credit vat-return-summary invoice invoice-ledger financial-statement no-arrears
social-insurance housing-fund customs-registration customs-declaration
property-title mortgage-lien ip-right ip-pledge
fiscal-receipt subsidy-grant procurement-contract hightech-enterprise srdi court-record
person-id seal-filing account-certificate credit-report-summary
waybill bill-of-lading packing-list microloan-licence utility-usage
nurse-registration receivable policy-fulfilment
account-opening-mandate loan-application-mandate
enterprise-declaration tax-residency-declaration
"""
EXPECTED = set(_EXPECTED.split())


def test_every_type_is_defined() -> None:
    assert {item.code for item in TYPES.all()} == EXPECTED


def test_no_type_has_a_fault() -> None:
    assert faults(TYPES.all()) == []


def test_each_file_is_named_by_its_code() -> None:
    assert {file.stem for file in (PACKAGE / "types").glob("*.yaml")} == EXPECTED


def test_types_are_told_apart_by_vct_and_on_chain() -> None:
    assert len({item.vct for item in TYPES.all()}) == len(EXPECTED)
    assert len({item.chain_id for item in TYPES.all()}) == len(EXPECTED)


@pytest.mark.parametrize("item", TYPES.all(), ids=lambda item: item.code)
def test_a_sample_with_a_broken_claim_does_not_fit(item: CredentialType) -> None:
    item.check(item.sample)
    for name, claim in item.claims.items():
        with pytest.raises(InvalidClaims):
            item.check({**item.sample, name: {"not": "this"}})
        if claim.required:
            with pytest.raises(InvalidClaims):
                item.check({key: value for key, value in item.sample.items() if key != name})
    with pytest.raises(InvalidClaims):
        item.check({**item.sample, "not_a_claim": 1})


def test_samples_show_all_members_that_can_be_disclosed_alone() -> None:
    nested = [
        (item.code, name)
        for item in TYPES.all()
        for name, claim in item.claims.items()
        if claim.disclose != Disclose.WHOLE and not item.sample.get(name)
    ]
    assert nested == []


def _with_claim(item: CredentialType, name: str, **change: Any) -> CredentialType:
    return replace(item, claims={**item.claims, name: replace(item.claims[name], **change)})


def _renamed(item: CredentialType, name: str, to: str) -> CredentialType:
    claims = {to if key == name else key: claim for key, claim in item.claims.items()}
    return replace(item, claims={key: replace(claim, name=key) for key, claim in claims.items()})


OWNERS = TYPES.get("bo-filing").claims["beneficial_owners"]


def _without_member(claim: ClaimType, name: str) -> dict[str, Any]:
    return {key: member for key, member in claim.members.items() if key != name}


BAD: dict[str, tuple[Callable[[CredentialType], CredentialType], str]] = {
    "vct of another version": (lambda t: replace(t, version=2), "found vct"),
    "version zero": (lambda t: replace(t, version=0), "found vct"),
    "code in capitals": (lambda t: replace(t, code="BO-filing"), "lower-case"),
    "nobody issues it": (lambda t: replace(t, issuers=()), "nobody"),
    "no English description": (lambda t: replace(t, description_en=" "), "one language"),
    "asset that may be absent": (
        lambda t: replace(t, asset_claims=("beneficial_owners",)),
        "asset claim",
    ),
    "claim without English": (lambda t: _with_claim(t, "uscc", label_en=""), "one language"),
    "no JSON Schema": (lambda t: _with_claim(t, "uscc", schema={"type": "text"}), "2020-12"),
    "code without words": (
        lambda t: _with_claim(t, "uscc", schema={"type": "string", "enum": ["a"]}),
        "words for",
    ),
    "personal data in the open": (
        lambda t: _renamed(t, "uscc", "contact_phone"),
        "not marked sensitive",
    ),
    "reserved name": (lambda t: _renamed(t, "uscc", "status"), "taken by SD-JWT VC"),
    "text disclosed by element": (
        lambda t: _with_claim(t, "uscc", disclose=Disclose.EACH),
        "does not fit",
    ),
    "member without label": (
        lambda t: _with_claim(t, "beneficial_owners", members=_without_member(OWNERS, "name")),
        "are not those of the members",
    ),
    "sample that does not fit": (lambda t: replace(t, sample={}), "sample does not fit"),
}


@pytest.mark.parametrize("name", BAD)
def test_lint_says_what_is_wrong(name: str) -> None:
    spoil, said = BAD[name]
    found = faults([spoil(TYPES.get("bo-filing"))])
    assert any(said in fault for fault in found), found


def test_lint_notices_a_vct_used_twice() -> None:
    item = TYPES.get("bo-filing")
    assert "2 types have this vct" in faults([item, item])[0]


def test_the_lint_command_counts_types_and_faults(tmp_path: Any) -> None:
    runner = create_app(settings(tmp_path, "http://127.0.0.1:1")).test_cli_runner()
    result = runner.invoke(args=["types", "lint"])
    assert (result.exit_code, result.output) == (0, f"{len(EXPECTED)} credential types, 0 faults\n")


def test_a_coded_value_has_words() -> None:
    status = TYPES.get("business-licence").claims["registration_status"]
    assert status.values["active"] == ("存续", "Active")


def test_every_purpose_has_a_name() -> None:
    assert {code: PURPOSES.label(code)[0] for code in PURPOSES.all()} == {
        "account-opening": "对公账户开立",
        "loan-application": "流动资金贷款申请",
    }


def test_an_unknown_purpose_has_none() -> None:
    with pytest.raises(UnknownPurpose):
        PURPOSES.label("marketing")
