"""Wallets that nobody here wrote take our credentials: OpenID4VCI 1.0 end to end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from journey.client import await_until
from tests.e2e.wallets.desks import Desks, WalletRefused, run_wallet

LICENCE, REPRESENTATIVE = "business-licence", "legal-representative"


def credo(desks: Desks, offer: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """Let Credo take one offer, and return the credentials it accepted."""
    offers = [{name: offer[name] for name in ("link", "tx_code") if offer[name]}]
    answer = run_wallet("credo", offers=offers, **{"trusted_ca": desks.ca, **options})
    return list(answer["credentials"])


def with_wrong_code(desks: Desks) -> dict[str, str]:
    """Make an offer with a transaction code, and return its link with another code."""
    offer = desks.offer(LICENCE, tx_code=True)
    return {"link": offer["link"], "tx_code": str(999_999 - int(offer["tx_code"])).zfill(6)}


def states(desks: Desks, offer: dict[str, Any], authority: str = "samr") -> list[tuple[str, str]]:
    """Return (type, state) of what the authority says came of its offer."""
    standing = desks.offer_standing(offer, authority)
    return [(item["type"], item["state"]) for item in standing["issuances"]]


def test_credo_takes_an_offer_and_a_second_wallet_finds_it_used(desks: Desks) -> None:
    offer = desks.offer(LICENCE)
    (taken,) = credo(desks, offer)
    assert taken["claims"]["uscc"] == desks.enterprise.uscc
    assert taken["claims"]["vct"] == "urn:qilian:vc:business-licence:1"
    assert taken["claims"]["status"]["status_list"]["uri"].startswith(desks.site.url)
    assert desks.offer_standing(offer)["state"] == "redeemed"
    assert states(desks, offer) == [(LICENCE, "issued")]
    with pytest.raises(WalletRefused) as refused:
        credo(desks, offer)
    assert refused.value.status == 404


def test_credo_takes_copies_each_with_a_key_of_its_own(desks: Desks) -> None:
    offer = desks.offer(LICENCE, REPRESENTATIVE, tx_code=True)
    licence, representative = credo(desks, offer, copies=2)
    assert (licence["type"], representative["type"]) == (LICENCE, REPRESENTATIVE)
    assert licence["copies"] == representative["copies"] == 2


def test_credo_trusts_only_the_consortiums_certificates(desks: Desks, another_ca: str) -> None:
    with pytest.raises(WalletRefused, match="certificate"):
        credo(desks, desks.offer(LICENCE), trusted_ca=another_ca)


def test_sphereon_takes_an_offer_with_a_bearer_token(desks: Desks) -> None:
    offer = desks.offer(LICENCE, tx_code=True)
    answer = run_wallet("sphereon", link=offer["link"], tx_code=offer["tx_code"])
    assert answer["token_type"] == "Bearer"
    (taken,) = answer["credentials"]
    verified = desks.verify(taken["compact"])["payload"]
    assert verified["uscc"] == desks.enterprise.uscc
    assert verified["cnf"]["jwk"]["x"] == taken["key"]["x"]


def test_a_batch_by_dpop_is_notified_as_accepted(desks: Desks) -> None:
    offer = desks.offer(LICENCE, REPRESENTATIVE)
    answer = run_wallet("openid4vci", link=offer["link"], copies=3, notify="credential_accepted")
    assert answer["token_type"] == "DPoP"
    assert len({item["key"]["x"] for item in answer["credentials"]}) == 6
    assert answer["notified"] == 2
    accepted = "credential_accepted"
    assert states(desks, offer) == [(LICENCE, accepted), (REPRESENTATIVE, accepted)]


@pytest.mark.parametrize("driver", ["openid4vci", "openid_client"])
def test_the_agent_agrees_in_the_authorisation_code_flow(desks: Desks, driver: str) -> None:
    offer = desks.offer(LICENCE, grant="authorization_code")
    agent = desks.enterprise.client.token
    answer = run_wallet(driver, link=offer["link"], agent=agent)
    assert answer["token_type"].lower() == "dpop"
    (taken,) = answer["credentials"]
    assert desks.verify(taken["compact"])["payload"]["uscc"] == desks.enterprise.uscc


def test_a_deferred_credential_is_fetched_once_the_record_is_there(desks: Desks) -> None:
    offer = desks.offer("hightech-enterprise", authority="science", may_defer=True)
    with ThreadPoolExecutor(1) as wallet:
        taking = wallet.submit(run_wallet, "openid4vci", link=offer["link"])
        await_until(
            "the wallet's first request",
            lambda: states(desks, offer, "science") == [("hightech-enterprise", "deferred")],
        )
        desks.record(
            "science",
            "hightech-enterprise",
            certificate_no="GR202011000123",
            valid_from="2020-01-01",
            valid_to="2022-12-31",
        )
        answer = taking.result()
    assert len(answer["deferred"]) == 1
    (taken,) = answer["credentials"]
    assert desks.verify(taken["compact"])["payload"]["certificate_no"] == "GR202011000123"
    assert states(desks, offer, "science") == [("hightech-enterprise", "issued")]


Attempt = Callable[[Desks], object]
CODE_FLOW = {"grant": "authorization_code"}
REFUSALS: dict[str, tuple[Attempt, int, str | None]] = {
    "wrong tx_code, Credo": (
        lambda desks: credo(desks, with_wrong_code(desks)),
        400,
        "invalid_grant",
    ),
    "wrong tx_code, Sphereon": (
        lambda desks: run_wallet("sphereon", **with_wrong_code(desks)),
        400,
        None,  # the library does not say which
    ),
    "code used twice": (
        lambda desks: run_wallet("openid4vci", link=desks.offer(LICENCE)["link"], replay="code"),
        400,
        "invalid_grant",
    ),
    "key proof used twice": (
        lambda desks: run_wallet("openid4vci", link=desks.offer(LICENCE)["link"], replay="proof"),
        400,
        "invalid_nonce",
    ),
    "code taken by who did not push the request": (
        lambda desks: run_wallet(
            "openid_client",
            link=desks.offer(LICENCE, **CODE_FLOW)["link"],
            agent=desks.enterprise.client.token,
            fault="verifier",
        ),
        400,
        "invalid_grant",
    ),
    "nobody signed in to agree": (
        lambda desks: run_wallet("openid4vci", link=desks.offer(LICENCE, **CODE_FLOW)["link"]),
        303,
        None,  # to the sign-in page
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused(desks: Desks, case: str) -> None:
    attempt, status, code = REFUSALS[case]
    with pytest.raises(WalletRefused) as refused:
        attempt(desks)
    assert (refused.value.status, refused.value.code) == (status, code)


def test_a_revoked_credential_fails_at_another_verifier(desks: Desks) -> None:
    offer = desks.offer(LICENCE)
    (taken,) = run_wallet("openid4vci", link=offer["link"])["credentials"]
    assert desks.verify(taken["compact"])["payload"]["uscc"] == desks.enterprise.uscc
    (digest,) = desks.offer_standing(offer)["issuances"][0]["digests"]
    desks.revoke(digest)
    await_until("the revocation", lambda: refusal(desks, taken) == "Status is not valid")


def refusal(desks: Desks, taken: dict[str, Any]) -> str | None:
    """Return why another verifier refuses a credential; None where it does not."""
    try:
        desks.verify(taken["compact"])
    except WalletRefused as refused:
        return str(refused)
    return None


def test_an_altered_credential_fails_at_another_verifier(desks: Desks) -> None:
    (taken,) = run_wallet("openid4vci", link=desks.offer(LICENCE)["link"])["credentials"]
    head, payload, rest = taken["compact"].split(".", 2)
    altered = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]
    with pytest.raises(WalletRefused):
        desks.verify(f"{head}.{altered}.{rest}")
