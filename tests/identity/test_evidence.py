"""Evidence made by the platform from a real chain, checked by the offline verifier."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from identity import Identity
from identity.model import evidence_block, evidence_rlp, evidence_trie, merkle
from identity.offline import Judgement, Report, parse_bundle, parse_trust, verify
from journey.client import Client, Refused
from journey.parties import Enterprise
from tests.chain.node_fixture import free_port, running_node
from tests.identity.asking import Asked
from tests.platform import Platform, running_platform

# The trie tests that all Ethereum clients share (ethereum/tests, TrieTests), by known roots.
TRIES: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
    "one item": (
        {"A": "a" * 50},
        "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab",
    ),
    "dogs": (
        {"doe": "reindeer", "dog": "puppy", "dogglesworth": "cat"},
        "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3",
    ),
    "puppy": (
        {"do": "verb", "horse": "stallion", "doge": "coin", "dog": "puppy"},
        "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84",
    ),
    "foo": (
        {"foo": "bar", "food": "bass"},
        "17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3",
    ),
}


@pytest.mark.parametrize("name", TRIES)
def test_a_trie_has_the_root_that_other_clients_find(name: str) -> None:
    texts, root = TRIES[name]
    values = {key.encode(): value.encode() for key, value in texts.items()}
    assert evidence_trie.root_of(values).hex() == root
    found, nodes = evidence_trie.proofs(values, list(values))
    for key, value in values.items():
        assert evidence_trie.value_at(found, key, nodes[key]) == value


def test_every_receipt_of_a_long_block_is_proved() -> None:
    receipts = [bytes([i % 7 + 1]) * (i % 50 + 1) for i in range(300)]
    root, nodes = evidence_block.receipt_proofs(receipts, range(300))
    for index, receipt in enumerate(receipts):
        key = evidence_block.receipt_key(index)
        assert evidence_trie.value_at(root, key, nodes[index]) == receipt


LOREM = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit"
RLP: dict[str, evidence_rlp.Item] = {
    "80": b"",
    "00": b"\0",
    "83646f67": b"dog",
    "c0": [],
    "c88363617483646f67": [b"cat", b"dog"],
    "c7c0c1c0c3c0c1c0": [[], [[]], [[], [[]]]],
    "b838" + LOREM.hex(): LOREM,
}


@pytest.mark.parametrize("text", RLP)
def test_rlp_is_encoded_and_decoded_as_in_the_yellow_paper(text: str) -> None:
    assert evidence_rlp.encode(RLP[text]).hex() == text
    assert evidence_rlp.decode(bytes.fromhex(text)) == RLP[text]


BAD_RLP = {
    "nothing": "",
    "cut short": "83646f",
    "list cut short": "c883636174",
    "item beyond its list": "c283646f67",
    "something behind": "8080",
    "prefix not needed": "8100",
    "long form not needed": "b803646f67",
    "length with a zero": "b90038" + "00" * 56,
    "too deep": "".join(f"{0xC0 + n:x}" for n in range(20, -1, -1)),
}


@pytest.mark.parametrize("name", BAD_RLP)
def test_rlp_in_another_form_is_refused(name: str) -> None:
    with pytest.raises(Exception, match="RLP"):
        evidence_rlp.decode(bytes.fromhex(BAD_RLP[name]))


def test_the_main_nets_first_header_has_its_hash() -> None:
    zero = "0x" + "0" * 64
    empty = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    block = {
        "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
        "parentHash": zero,
        "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
        "miner": "0x" + "0" * 40,
        "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
        "transactionsRoot": empty,
        "receiptsRoot": empty,
        "logsBloom": "0x" + "0" * 512,
        "difficulty": "0x400000000",
        "number": "0x0",
        "gasLimit": "0x1388",
        "gasUsed": "0x0",
        "timestamp": "0x0",
        "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
        "mixHash": zero,
        "nonce": "0x0000000000000042",
    }
    header = evidence_block.encode_header(block)
    assert header is not None
    assert "0x" + merkle.keccak(header).hex() == block["hash"]
    assert evidence_block.encode_header({**block, "gasUsed": "0x1"}) is None


def judged(bundle: dict[str, Any], trust: dict[str, Any], **judgement: Any) -> Report:
    return verify(
        parse_bundle(orjson.dumps(bundle)),
        parse_trust(orjson.dumps(trust)),
        Judgement(at=int(time.time()), **judgement),
    )


def trust_of(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.http.get("/.well-known/qilian-trust.json").json()
    return found


def evidence_of(enterprise: Enterprise, digest: str, **query: Any) -> dict[str, Any]:
    path = f"/wallet/credentials/{digest}/evidence"
    found: dict[str, Any] = enterprise.client.get(path, **query)
    return found


def held(enterprise: Enterprise, type_code: str) -> str:
    credentials = enterprise.client.get("/wallet/credentials")["credentials"]
    return next(item["digest"] for item in credentials if item["type_code"] == type_code)


def reasons(report: Report) -> set[str]:
    return {step.reason for credential in report.credentials for step in credential.steps}


def test_evidence_of_every_credential_held_is_valid(
    platform: Platform, enterprise: Enterprise
) -> None:
    trust = trust_of(platform)
    credentials = enterprise.client.get("/wallet/credentials")["credentials"]
    assert len(credentials) > 4
    for item in credentials:
        report = judged(evidence_of(enterprise, item["digest"]), trust)
        assert report.verdict == "valid", (item["type_code"], reasons(report))


def test_only_the_claims_named_are_shown(platform: Platform, enterprise: Enterprise) -> None:
    digest = held(enterprise, "business-licence")
    bundle = evidence_of(enterprise, digest, disclose="uscc,company_name")
    report = judged(bundle, trust_of(platform))
    assert report.verdict == "valid"
    assert set(report.credentials[0].claims) == {"uscc", "company_name"}
    assert (
        enterprise.uscc not in orjson.dumps(evidence_of(enterprise, digest, disclose="")).decode()
    )


def test_a_digest_alone_proves_anchor_and_status(
    platform: Platform, enterprise: Enterprise
) -> None:
    digest = held(enterprise, "business-licence")
    bundle = evidence_of(enterprise, digest, digest_only="true")
    report = judged(bundle, trust_of(platform))
    assert (report.verdict, report.credentials[0].scope) == ("valid", "digest")
    assert not report.credentials[0].claims


def test_one_trusted_block_is_enough_where_headers_lead_to_it(
    platform: Platform, enterprise: Enterprise
) -> None:
    trust, digest = trust_of(platform), held(enterprise, "business-licence")
    newest = max(trust["checkpoints"], key=lambda block: int(block["number"]))
    trust["checkpoints"] = [newest]
    assert "block_not_trusted" in reasons(judged(evidence_of(enterprise, digest), trust))
    bundle = evidence_of(enterprise, digest, checkpoint=newest["number"])
    assert judged(bundle, trust).verdict == "valid"


def test_headers_lead_no_further_than_a_limit(platform: Platform, enterprise: Enterprise) -> None:
    with pytest.raises(Refused) as caught:
        evidence_of(enterprise, held(enterprise, "business-licence"), checkpoint=999_999)
    assert (caught.value.status, caught.value.code) == (422, "checkpoint_too_far")


def test_evidence_of_another_wallets_credential_is_not_found(
    enterprises: list[Enterprise],
) -> None:
    with pytest.raises(Refused) as caught:
        evidence_of(enterprises[1], held(enterprises[0], "business-licence"))
    assert (caught.value.status, caught.value.code) == (404, "credential_not_found")


def test_a_bank_takes_evidence_of_what_was_presented_and_it_is_logged(
    platform: Platform, asked: Asked, enterprise: Enterprise
) -> None:
    presentation_id = asked.hand_in()["presentation_id"]
    desk = platform.sign_in("desk@bank-a")
    bundle = desk.get(f"/presentations/{presentation_id}/evidence")
    expected = {"nonce": asked.parameters["nonce"], "audience": asked.parameters["client_id"]}
    report = judged(bundle, trust_of(platform), **expected)
    assert report.verdict == "valid", reasons(report)
    assert len(report.credentials) > 1
    assert all("holder_ok" in {s.reason for s in c.steps} for c in report.credentials)
    other = judged(bundle, trust_of(platform), nonce="of another request")
    assert other.verdict == "invalid"
    read = enterprise.client.get("/access-log")["entries"][0]
    assert (read["reader"], read["purpose"]) == ("bank-a", "evidence")


def test_another_bank_finds_no_such_presentation(platform: Platform, asked: Asked) -> None:
    presentation_id = asked.hand_in()["presentation_id"]
    with pytest.raises(Refused) as caught:
        platform.sign_in("desk@bank-b").get(f"/presentations/{presentation_id}/evidence")
    assert caught.value.status == 404


def test_a_revocation_shows_in_evidence_taken_after_it(
    platform: Platform, enterprises: list[Enterprise]
) -> None:
    enterprise = enterprises[1]
    digest = held(enterprise, "social-insurance")
    before = evidence_of(enterprise, digest)
    operator = platform.sign_in("operator@hrss")
    body = {"digests": [digest], "status": "revoked", "reason": "issued in error"}
    operator.post("/credential-statuses", body)
    platform.settle()
    trust = trust_of(platform)
    assert judged(before, trust).verdict == "valid"
    report = judged(evidence_of(enterprise, digest), trust)
    assert report.verdict == "invalid"
    assert report.credentials[0].decisive is not None
    assert report.credentials[0].decisive.reason == "status_revoked"


def test_the_trust_anchors_are_those_of_the_installation(
    platform: Platform, identity: Identity
) -> None:
    trust = trust_of(platform)
    regulator = identity.organisation("bj-finance")
    assert trust["regulators"] == [regulator.address.lower()]
    assert len(trust["checkpoints"]) > 3
    with platform.app.app_context():
        chain = platform.app.extensions["qilian.chain"]
        block = chain.block(trust["checkpoints"][0]["number"])
    assert block.hash == trust["checkpoints"][0]["hash"]


def test_evidence_from_the_other_engine_is_valid_as_well(tmp_path: Path) -> None:
    """Ganache hashes headers of a later fork than it shows in its answers."""
    with (
        running_node("ganache", free_port()) as node,
        running_platform(tmp_path, node) as platform,
    ):
        company = platform.companies()[0]
        found = Enterprise(company[0], _registered(platform, company))
        platform.settle()
        platform.sign_in("operator@samr").post("/authorities/samr/issuances")
        platform.settle()
        bundle = evidence_of(found, held(found, "business-licence"))
        report = judged(bundle, trust_of(platform))
        assert report.verdict == "valid", reasons(report)


def _registered(platform: Platform, company: tuple[str, str]) -> Client:
    body = {"uscc": company[0], "legal_representative": company[1]}
    answer = platform.http.post("/api/v1/enterprises", json=body).json()
    return Client(platform.http).as_bearer(answer["account"]["access_token"])
