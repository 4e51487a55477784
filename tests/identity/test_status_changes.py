"""Suspend, reinstate, revoke: over HTTP, on a real chain, seen in the signed lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, cast

import httpx
import orjson
import pytest

from identity import Identity
from identity.errors import VerificationInconclusive
from identity.model import jose
from identity.model.status_list import Status, decode_bitstring, place_of
from identity.model.status_token import CREDENTIAL_TYP, StatusListToken, read_token
from identity.ports import Trust
from identity.status_lists import StatusListDesk
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.platform import PUBLIC_URL, Platform

ISSUER, OTHER, IDLE = "utilities", "housing-fund", "science"
TYPE = "utility-usage"
LIST = f"/issuers/{ISSUER}/status-lists/0"
REASON = "登记信息更正 record corrected"


@pytest.fixture(scope="module")
def operator(platform: Platform, enterprises: list[Enterprise]) -> Client:
    """The operator of an authority whose credentials no other test relies on."""
    found = platform.sign_in(f"operator@{ISSUER}")
    found.post(f"/authorities/{ISSUER}/issuances")
    platform.settle()
    return found


@pytest.fixture(scope="module")
def held(operator: Client, enterprises: list[Enterprise]) -> list[dict[str, Any]]:
    """The authority's credentials in the wallets of two enterprises, one each."""
    return [
        next(
            item
            for item in enterprise.client.get("/wallet/credentials")["credentials"]
            if item["issuer_code"] == ISSUER
        )
        for enterprise in enterprises
    ]


@pytest.fixture
def digest(held: list[dict[str, Any]], operator: Client, platform: Platform) -> Iterator[str]:
    """A credential that is valid before and after the test."""
    found = held[0]["digest"]
    yield found
    change(operator, found, "valid")
    platform.settle()


def change(client: Client, digest: str, status: str, reason: str = REASON) -> Any:
    return client.post(f"/credentials/{digest}/status", {"status": status, "reason": reason})


def fetch(platform: Platform, path: str = LIST, **headers: str) -> httpx.Response:
    return platform.http.get(path, headers={"Accept": "application/json", **headers})


def issuer_key(platform: Platform) -> jose.PublicKey:
    jwks = fetch(platform, f"/.well-known/jwt-vc-issuer/issuers/{ISSUER}").json()["jwks"]
    return jose.key_of_jwk(jwks["keys"][0])


def listed(platform: Platform) -> StatusListToken:
    body = fetch(platform).text
    return read_token(body, issuer_key(platform), uri=f"{PUBLIC_URL}{LIST}")


def idx_of(held: list[dict[str, Any]], digest: str) -> int:
    index = next(item["status_index"] for item in held if item["digest"] == digest)
    return place_of(index).idx


def test_a_suspended_credential_is_listed_once_the_chain_has_it(
    platform: Platform, operator: Client, held: list[dict[str, Any]], digest: str
) -> None:
    idx = idx_of(held, digest)
    answer = change(operator, digest, "suspended")
    assert (answer["status"], answer["history"][0]["state"]) == ("suspended", "queued")
    assert answer["history"][0]["actor"] == f"operator@{ISSUER}"
    assert listed(platform).statuses.status(idx) == Status.VALID
    platform.settle()
    assert operator.get(f"/credentials/{digest}/status")["history"][0]["state"] == "mined"
    assert listed(platform).statuses.status(idx) == Status.SUSPENDED
    change(operator, digest, "valid")
    platform.settle()
    assert listed(platform).statuses.status(idx) == Status.VALID


def test_changes_are_kept_newest_first_with_their_reasons(
    operator: Client, digest: str, enterprises: list[Enterprise]
) -> None:
    before = len(operator.get(f"/credentials/{digest}/status")["history"])
    change(operator, digest, "suspended", "first")
    found = change(operator, digest, "valid", "second")["history"]
    assert len(found) == before + 2
    assert [(item["status"], item["reason"]) for item in found[:2]] == [
        ("valid", "second"),
        ("suspended", "first"),
    ]
    seen = enterprises[0].client.get(f"/wallet/credentials/{digest}/status")
    assert [item["reason"] for item in seen["history"][:2]] == ["second", "first"]
    assert "actor" not in seen["history"][0]


def test_asking_for_the_status_it_has_changes_nothing(operator: Client, digest: str) -> None:
    change(operator, digest, "suspended")
    once = operator.get(f"/credentials/{digest}/status")
    assert change(operator, digest, "suspended") == once


def test_both_kinds_of_list_agree(
    platform: Platform, operator: Client, held: list[dict[str, Any]], digest: str
) -> None:
    change(operator, digest, "suspended")
    platform.settle()
    idx, found = idx_of(held, digest), {}
    for purpose in ("revocation", "suspension"):
        path = f"/issuers/{ISSUER}/bitstring-status-lists/0/{purpose}"
        answer = fetch(platform, path)
        assert answer.headers["Content-Type"] == "application/vc+jwt"
        document = jose.verify_compact(answer.text, issuer_key(platform), typ=CREDENTIAL_TYP)
        subject = document["credentialSubject"]
        assert document["id"] == f"{PUBLIC_URL}{path}"
        assert document["issuer"] == f"{PUBLIC_URL}/issuers/{ISSUER}"
        assert subject["statusPurpose"] == purpose
        assert subject["ttl"] == 60_000
        bits = decode_bitstring(subject["encodedList"])
        assert len(bits) == 1 << 20
        found[purpose] = bits.status(idx)
    assert found == {"revocation": 0, "suspension": 1}


def test_a_list_is_signed_as_the_issuers_credentials_are(
    platform: Platform, held: list[dict[str, Any]]
) -> None:
    def header(jws: str) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(jose.from_b64u(jws.partition(".")[0]))
        return found

    of_list = header(fetch(platform).text)
    of_credential = header(held[0]["credential"])
    assert of_list["typ"] == "statuslist+jwt"
    for name in ("alg", "kid", "x5c"):
        assert of_list[name] == of_credential[name]


def test_a_list_may_be_kept_for_its_ttl_and_is_told_apart_by_etag(
    platform: Platform, operator: Client, digest: str
) -> None:
    first = fetch(platform)
    assert first.headers["Content-Type"] == "application/statuslist+jwt"
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    etag = first.headers["ETag"]
    again = fetch(platform, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    change(operator, digest, "suspended")
    platform.settle()
    changed = fetch(platform, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_the_credential_names_the_list_that_is_served(held: list[dict[str, Any]]) -> None:
    payload = orjson.loads(jose.from_b64u(held[0]["credential"].split(".")[1]))
    assert payload["status"]["status_list"] == {
        "idx": place_of(held[0]["status_index"]).idx,
        "uri": f"{PUBLIC_URL}{LIST}",
    }


def test_an_earlier_time_is_not_served(platform: Platform) -> None:
    answer = fetch(platform, f"{LIST}?time=1686925000")
    assert answer.status_code == 501


@dataclass(frozen=True)
class IndexBehind:
    """A chain whose index was level with it some time ago (port `Trust`)."""

    age_s: int

    def index_age_s(self) -> int:
        return self.age_s


def test_no_list_is_made_while_the_chain_is_out_of_reach(
    operator: Client, identity: Identity
) -> None:
    desk = identity.status_lists
    kept, now = desk.token(ISSUER, 0), desk.clock()

    def after(seconds: int, age_s: int) -> StatusListDesk:
        trust = cast(Trust, IndexBehind(age_s))
        return replace(desk, trust=trust, clock=lambda: now + seconds)

    assert after(400, age_s=61).token(ISSUER, 0) == kept  # due for renewal, but it holds
    with pytest.raises(VerificationInconclusive, match="61 s old"):
        after(4_000, age_s=61).token(ISSUER, 0)
    renewed = after(400, age_s=60).token(ISSUER, 0)
    assert (renewed.source, renewed.issued_at) == (kept.source, now + 400)


NO_LIST = {
    "a shard not opened": f"/issuers/{ISSUER}/status-lists/1",
    "a shard beyond numbers": f"/issuers/{ISSUER}/status-lists/{10**40}",
    "the largest number": f"/issuers/{ISSUER}/status-lists/{2**63 - 1}",
    "a negative shard": f"/issuers/{ISSUER}/status-lists/-1",
    "an issuer of nothing": f"/issuers/{IDLE}/status-lists/0",
    "an unknown issuer": "/issuers/nobody/status-lists/0",
    "another purpose": f"/issuers/{ISSUER}/bitstring-status-lists/0/refresh",
    "a bitstring not opened": f"/issuers/{ISSUER}/bitstring-status-lists/7/revocation",
}


@pytest.mark.parametrize("name", NO_LIST)
def test_a_list_that_is_not_there_is_404(platform: Platform, operator: Client, name: str) -> None:
    assert fetch(platform, NO_LIST[name]).status_code == 404


def refused(client: Client, digest: str, status: str = "suspended", **body: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        client.post(f"/credentials/{digest}/status", {"status": status, "reason": REASON, **body})
    return caught.value


def test_another_authority_finds_no_such_credential(
    platform: Platform, held: list[dict[str, Any]]
) -> None:
    other = platform.sign_in(f"operator@{OTHER}")
    digest = held[0]["digest"]
    assert refused(other, digest).status == 404
    assert refused(other, digest).code == "credential_not_found"
    with pytest.raises(Refused) as caught:
        other.get(f"/credentials/{digest}/status")
    assert caught.value.status == 404


def test_another_enterprise_finds_no_such_credential(
    enterprises: list[Enterprise], held: list[dict[str, Any]]
) -> None:
    with pytest.raises(Refused) as caught:
        enterprises[1].client.get(f"/wallet/credentials/{held[0]['digest']}/status")
    assert caught.value.status == 404


@pytest.mark.parametrize("login", ["desk@bank-a", "reviewer@bj-finance"])
def test_another_role_is_refused(
    platform: Platform, held: list[dict[str, Any]], login: str
) -> None:
    refusal = refused(platform.sign_in(login), held[0]["digest"])
    assert (refusal.status, refusal.code) == (403, "role_required")


def test_the_holder_cannot_change_a_status(
    enterprises: list[Enterprise], held: list[dict[str, Any]]
) -> None:
    assert refused(enterprises[0].client, held[0]["digest"]).status == 403


BAD_BODIES: dict[str, dict[str, Any]] = {
    "no reason": {"reason": ""},
    "a reason too long": {"reason": "x" * 301},
    "an unknown status": {"status": "deleted"},
    "a status in capitals": {"status": "VALID"},
    "a number for a status": {"status": 1},
    "a member more": {"index": 5},
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_of_another_form_is_refused(
    operator: Client, held: list[dict[str, Any]], name: str
) -> None:
    assert refused(operator, held[0]["digest"], **BAD_BODIES[name]).status == 422


def test_nul_in_a_reason_is_refused(operator: Client, held: list[dict[str, Any]]) -> None:
    assert refused(operator, held[0]["digest"], reason="a\0b").status == 400


@pytest.mark.parametrize("digest", ["0" * 64, "x", "0x" + "a" * 62, "A" * 64, "1" * 5_000])
def test_a_digest_of_nothing_is_404(operator: Client, digest: str) -> None:
    assert refused(operator, digest).status == 404


def test_many_change_at_once_by_digest_or_source_key(
    platform: Platform,
    operator: Client,
    held: list[dict[str, Any]],
    enterprises: list[Enterprise],
) -> None:
    digests = [item["digest"] for item in held]
    body = {"status": "suspended", "reason": REASON, "digests": [*digests, digests[0]]}
    assert operator.post("/credential-statuses", body) == {"queued": 2}
    keys = _source_keys(platform, [enterprise.uscc for enterprise in enterprises])
    body = {"status": "valid", "reason": REASON, "source_keys": keys}
    assert operator.post("/credential-statuses", body) == {"queued": 2}
    platform.settle()
    statuses = listed(platform).statuses
    assert {statuses.status(idx_of(held, digest)) for digest in digests} == {Status.VALID}


def _source_keys(platform: Platform, usccs: list[str]) -> list[str]:
    with platform.app.app_context():
        register = platform.app.extensions["qilian.authorities"].register
        return [record.source_key for record in register.records(ISSUER, TYPE, usccs)]


BAD_LISTS: dict[str, dict[str, Any]] = {
    "neither name": {},
    "both names": {"digests": ["0" * 64], "source_keys": ["x"]},
    "nothing named": {"digests": []},
    "a digest of another form": {"digests": ["xyz"]},
    "too many": {"digests": [f"{n:064x}" for n in range(1_001)]},
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_list_of_another_form_is_refused(operator: Client, name: str) -> None:
    with pytest.raises(Refused) as caught:
        operator.post(
            "/credential-statuses", {"status": "revoked", "reason": "x", **BAD_LISTS[name]}
        )
    assert caught.value.status == 422


@pytest.mark.parametrize("names", [{"digests": ["0" * 64]}, {"source_keys": ["nothing"]}])
def test_one_unknown_credential_leaves_all_as_they_were(
    operator: Client, held: list[dict[str, Any]], names: dict[str, list[str]]
) -> None:
    digest = held[1]["digest"]
    before = operator.get(f"/credentials/{digest}/status")
    wanted = {name: [*found, digest] for name, found in names.items()}
    with pytest.raises(Refused) as caught:
        operator.post("/credential-statuses", {"status": "revoked", "reason": "x", **wanted})
    assert caught.value.status == 404
    assert operator.get(f"/credentials/{digest}/status") == before


@pytest.fixture
def suspended_issuer(platform: Platform, operator: Client) -> Iterator[Callable[[], None]]:
    """The regulator has suspended the issuer; calling the value reinstates it."""
    regulator = platform.sign_in("reviewer@bj-finance")

    def order(suspended: bool) -> None:
        body = {"suspended": suspended, "reason": "test"}
        regulator.post(f"/oversight/issuers/{ISSUER}/suspension", body)
        platform.settle()

    with ExitStack() as stack:
        order(True)
        stack.callback(order, False)
        yield stack.close  # once, by the test or at its end


def test_a_change_the_chain_refuses_is_shown_as_failed_and_can_be_asked_again(
    platform: Platform, operator: Client, digest: str, suspended_issuer: Callable[[], None]
) -> None:
    change(operator, digest, "suspended")
    platform.settle()
    failed = operator.get(f"/credentials/{digest}/status")
    assert (failed["status"], failed["history"][0]["state"]) == ("valid", "failed")
    suspended_issuer()
    again = change(operator, digest, "suspended")
    assert (again["status"], again["history"][0]["state"]) == ("suspended", "queued")
    platform.settle()
    mined = operator.get(f"/credentials/{digest}/status")
    assert [item["state"] for item in mined["history"][:2]] == ["mined", "failed"]


def test_revoked_is_final(
    platform: Platform, operator: Client, held: list[dict[str, Any]], identity: Identity
) -> None:
    """Last: the second enterprise's credential does not come back."""
    digest = held[1]["digest"]
    idx = idx_of(held, digest)
    change(operator, digest, "revoked")
    for status in ("valid", "suspended"):  # while it is queued
        refusal = refused(operator, digest, status)
        assert (refusal.status, refusal.code) == (409, "revoked_is_final")
    platform.settle()
    assert listed(platform).statuses.status(idx) == Status.REVOKED
    assert refused(operator, digest, "valid").code == "revoked_is_final"
    assert change(operator, digest, "revoked")["status"] == "revoked"
    chain = platform.app.extensions["qilian.chain"]
    issuer = identity.organisation(ISSUER)
    index = next(item["status_index"] for item in held if item["digest"] == digest)
    assert chain.call("CredentialRegistry", "statusOf", issuer.address, index) == Status.REVOKED
