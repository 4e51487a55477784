"""Registration: the code, the register and the chain; every refusal is a clear problem."""

from __future__ import annotations

import pytest

from identity import Identity
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.platform import Platform


def refused(platform: Platform, uscc: str, representative: str) -> Refused:
    with pytest.raises(Refused) as caught:
        Client(platform.http).post(
            "/enterprises", {"uscc": uscc, "legal_representative": representative}
        )
    return caught.value


def test_a_registered_enterprise_has_a_live_did_on_chain(
    platform: Platform, enterprise: Enterprise, identity: Identity
) -> None:
    found = enterprise.client.get("/enterprises/me")
    fingerprint = identity.fingerprint("uscc", enterprise.uscc)
    chain = platform.app.extensions["qilian.chain"]
    address = found["did"].rpartition(":")[2]
    assert found["state"] == "active"
    assert chain.call("EnterpriseRegistry", "isLive", fingerprint, address) is True


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), "checksum"),
        (lambda code: code[:-1], "18 characters"),
        (str.lower, "lower-case"),
        (lambda code: f"{code[:8]} {code[8:]}", "spaces"),
        (lambda code: code[:8] + "I" + code[9:], "18 characters"),
    ],
    ids=["wrong check character", "too short", "lower case", "spaces inside", "a letter I"],
)
def test_a_code_that_breaks_gb_32100_is_refused(
    platform: Platform, change: object, said: str
) -> None:
    uscc, representative = platform.companies()[5]
    refusal = refused(platform, change(uscc), representative)  # type: ignore[operator]
    assert (refusal.status, refusal.code) == (422, "invalid_uscc")
    assert said in refusal.problem["detail"]


def test_a_second_registration_is_refused(platform: Platform, enterprise: Enterprise) -> None:
    representative = dict(platform.companies())[enterprise.uscc]
    refusal = refused(platform, enterprise.uscc, representative)
    assert (refusal.status, refusal.code) == (409, "enterprise_already_registered")


def test_a_second_live_did_is_refused_by_the_contract(
    platform: Platform, enterprise: Enterprise, identity: Identity
) -> None:
    chain = platform.app.extensions["qilian.chain"]
    fingerprint = identity.fingerprint("uscc", enterprise.uscc)
    did = enterprise.client.get("/enterprises/me")["did"].rpartition(":")[2]
    item = (fingerprint, did, b"\x80\x24", 1, 27, bytes(32), bytes(32), 0, b"")
    with pytest.raises(Exception, match="EnterpriseRegistry_AlreadyRegistered"):
        chain.call("EnterpriseRegistry", "registerBatch", [item], sender="platform")


def test_another_representative_than_the_registers_is_refused(platform: Platform) -> None:
    uscc, _ = platform.companies()[5]
    refusal = refused(platform, uscc, "另有其人")
    assert (refusal.status, refusal.code) == (422, "enterprise_not_in_register")
    assert "another legal representative" in refusal.problem["detail"]


def test_a_company_the_register_does_not_hold_is_refused(platform: Platform) -> None:
    refusal = refused(platform, "91110000802100433B", "某人")
    assert (refusal.status, refusal.code) == (422, "enterprise_not_in_register")
    assert refusal.problem["title_zh"]


@pytest.mark.parametrize(
    "body", [{}, {"uscc": 7}, {"uscc": "x", "legal_representative": "y", "z": 1}]
)
def test_a_body_of_another_shape_is_refused(platform: Platform, body: dict[str, object]) -> None:
    with pytest.raises(Refused) as caught:
        Client(platform.http).post("/enterprises", body)
    assert caught.value.status == 422
    assert caught.value.problem["errors"]
