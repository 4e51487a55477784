"""A held credential is delivered in the W3C data model too, by REST."""

from __future__ import annotations

import time

import pytest

from identity import Identity
from identity.model import vc_jwt, vp_jwt
from journey.client import Refused
from journey.parties import Enterprise
from tests.platform import Platform


def licence_digest(enterprise: Enterprise) -> str:
    held = enterprise.client.get("/wallet/credentials")["credentials"]
    return next(str(item["digest"]) for item in held if item["type_code"] == "business-licence")


def fetched(platform: Platform, enterprise: Enterprise) -> str:
    answer = platform.http.get(
        f"/api/v1/wallet/credentials/{licence_digest(enterprise)}/vc-jwt",
        headers={"Authorization": f"Bearer {enterprise.client.token}"},
    )
    assert answer.headers["Content-Type"] == "application/vc+jwt"
    return answer.raise_for_status().text


def test_it_says_the_same_under_the_issuers_did(
    platform: Platform, identity: Identity, enterprise: Enterprise
) -> None:
    samr = identity.organisation("samr")
    vc = vc_jwt.parse(fetched(platform, enterprise))
    vc_jwt.verify_issuer(vc, identity.parties.organisation_key(samr.id))
    assert vc.issuer == samr.did
    assert vc.signed.header["kid"].startswith(f"{samr.did}#")
    assert vc.credential["type"] == ["VerifiableCredential", "BusinessLicence"]
    assert vc.credential["credentialSubject"]["uscc"] == enterprise.uscc


def test_its_status_lists_can_be_fetched(platform: Platform, enterprise: Enterprise) -> None:
    vc = vc_jwt.parse(fetched(platform, enterprise))
    purposes = set()
    for entry in vc.credential["credentialStatus"]:
        listed = platform.http.get(entry["statusListCredential"])
        assert listed.headers["Content-Type"] == "application/vc+jwt"
        assert vc_jwt.parse(listed.raise_for_status().text).issuer
        purposes.add(entry["statusPurpose"])
    assert purposes == {"revocation", "suspension"}


def test_the_holder_presents_it(
    platform: Platform, identity: Identity, enterprise: Enterprise
) -> None:
    holder = identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    presented = vp_jwt.present(
        [fetched(platform, enterprise)],
        key=identity.signing.keys.binding_key(holder.id),
        holder=holder.did,
        nonce="n",
        audience="a",
        issued_at=int(time.time()),
    )
    key = vp_jwt.verify_holder(
        vp_jwt.parse(presented), nonce="n", audience="a", at=int(time.time())
    )
    assert key.public_numbers() == identity.parties.enterprise_key(holder.id).public_numbers()


def test_it_is_the_wallets_owner_who_gets_it(enterprises: list[Enterprise]) -> None:
    path = f"/wallet/credentials/{licence_digest(enterprises[0])}/vc-jwt"
    with pytest.raises(Refused, match="presentation_not_found"):
        enterprises[1].client.get(path)
