"""A made-up consortium and chain, small enough that a test can bend every part of its evidence."""

from __future__ import annotations

import base64
import copy
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from identity.model import certificate, evidence_rlp, jose, merkle, sd_jwt
from identity.model import evidence_block as block_model
from identity.model import evidence_events as events
from identity.model.credential import Inclusion
from identity.model.evidence import (
    BUNDLE_TYPE,
    TRUST_TYPE,
    Blocks,
    FullBlock,
    Place,
    inclusion_part,
)
from identity.model.status_list import Status, shard_bytes, shard_uri, status_claim
from identity.model.status_token import TOKEN_TYP, Lifetime, token_payload

START = 1_790_000_000
CERTIFIED = START - 200_000
ISSUED, ANCHORED, JUDGED = START + 1_000, START + 1_010, START + 2_000
ISSUER_URL = "https://tax.example/issuers/tax"
VCT = "urn:qilian:vc:tax-credit:1"
TYPE_ID = merkle.keccak(VCT.encode())
STATUS_INDEX = (1 << 20) + 77
JURISDICTION = 110_108
NONCE, AUDIENCE = "n-0S6_WzA2Mj", "x509_san_dns:bank.example"
CLAIMS = {
    "grade": "A",
    "uscc": "91110000802100433B",
    "history": [{"year": 2024, "grade": "B"}, {"year": 2025, "grade": "A"}],
}
REGULATOR, BUREAU, ISSUER, STRANGER = (bytes([value]) * 20 for value in (0x11, 0x22, 0x33, 0x44))
CONTRACTS = {name: bytes([0xC0 + i]) * 20 for i, name in enumerate(events.CONTRACTS)}
NEVER = (1 << 40) - 1


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def word(value: int | bytes) -> bytes:
    return value.to_bytes(32, "big") if isinstance(value, int) else value.rjust(32, b"\0")


def log(contract: str, topics: list[bytes], data: bytes) -> dict[str, Any]:
    return {
        "address": hexed(CONTRACTS[contract]),
        "topics": [hexed(topic) for topic in topics],
        "data": hexed(data),
    }


def accredited(
    issuer: bytes,
    parent: bytes = bytes(20),
    *,
    begins: int = START,
    until: int = NEVER,
    places: tuple[int, ...] = (110_000,),
    type_id: bytes = TYPE_ID,
) -> dict[str, Any]:
    data = b"".join(map(word, (96, begins, until, len(places), *places)))
    topics = [events.ACCREDITED, word(issuer), word(parent), type_id]
    return log("AccreditationRegistry", topics, data)


def suspension(issuer: bytes, *, by: bytes = REGULATOR, suspended: bool) -> dict[str, Any]:
    topics = [events.SUSPENSION_CHANGED, word(issuer), word(by)]
    return log("AccreditationRegistry", topics, word(int(suspended)) + bytes(32))


def published(identity: bytes, multikey: bytes, valid_to: int) -> dict[str, Any]:
    value = multikey.ljust(-(-len(multikey) // 32) * 32, b"\0")
    head = events.KEY_ATTRIBUTE + word(128) + word(valid_to) + word(0) + word(len(multikey))
    return log("DIDRegistry", [events.ATTRIBUTE_CHANGED, word(identity)], head + value)


def anchored(root: bytes, issuer: bytes = ISSUER) -> dict[str, Any]:
    topics = [events.BATCH_ANCHORED, root, word(issuer), TYPE_ID]
    return log("CredentialRegistry", topics, word(JURISDICTION))


class FakeChain:
    """Blocks as a node's JSON-RPC would give them: each a list of receipts, each a list of logs."""

    def __init__(self) -> None:
        self.blocks: list[FullBlock] = []

    def add(self, at: int, *receipts: list[dict[str, Any]]) -> dict[str, Any]:
        """Add a block and return it."""
        number, index, made = len(self.blocks), 0, []
        for place, logs in enumerate(receipts):
            numbered = [{**item, "logIndex": hex(index + i)} for i, item in enumerate(logs)]
            index += len(logs)
            made.append(
                {
                    "transactionHash": hexed(word(number << 32 | place)),
                    "type": hex(2 * (place % 2)),  # legacy and EIP-1559 in turn
                    "status": "0x1",
                    "cumulativeGasUsed": hex(21_000 * (place + 1)),
                    "logsBloom": hexed(bytes(256)),
                    "logs": numbered,
                }
            )
        encoded = list(map(block_model.encode_receipt, made))
        fields = {
            **{name: hexed(bytes(32)) for name in ("sha3Uncles", "stateRoot", "transactionsRoot")},
            "parentHash": self.blocks[-1].block["hash"] if self.blocks else hexed(bytes(32)),
            "miner": hexed(bytes(20)),
            "receiptsRoot": hexed(block_model.receipt_proofs(encoded, ())[0]),
            "logsBloom": hexed(bytes(256)),
            **dict.fromkeys(("difficulty", "gasUsed"), "0x0"),
            "number": hex(number),
            "gasLimit": hex(30_000_000),
            "timestamp": hex(at),
            "extraData": "0x",
            "mixHash": hexed(bytes(32)),
            "nonce": hexed(bytes(8)),
            "baseFeePerGas": hex(1_000_000_000),
            "transactions": [receipt["transactionHash"] for receipt in made],
        }
        block = {**fields, "hash": hexed(_hash_of(fields))}
        self.blocks.append(FullBlock(block, made))
        return block

    def places(self, topic: bytes, account: bytes | None = None) -> list[Place]:
        """Return where an event of this kind stands, of an account (its first indexed one)."""
        found = []
        for block, receipts in self.blocks:
            for receipt in receipts:
                for item in receipt["logs"]:
                    topics = item["topics"]
                    if topics[0] == hexed(topic) and account in (
                        None,
                        bytes.fromhex(topics[1][26:]),
                    ):
                        found.append(
                            Place(
                                int(block["number"], 16),
                                block["hash"],
                                receipt["transactionHash"],
                                int(item["logIndex"], 16),
                            )
                        )
        return found


def _hash_of(fields: dict[str, Any]) -> bytes:
    """Return the hash of a block with these fields: London's header, spelled out once more."""
    words = ("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot")
    numbers = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")
    raw = [bytes.fromhex(fields[name][2:]) for name in (*words, "logsBloom")]
    raw += [evidence_rlp.encode_number(int(fields[name], 16)) for name in numbers]
    raw += [bytes.fromhex(fields[name][2:]) for name in ("extraData", "mixHash", "nonce")]
    raw.append(evidence_rlp.encode_number(int(fields["baseFeePerGas"], 16)))
    return merkle.keccak(evidence_rlp.encode(list(raw)))


@dataclass(frozen=True)
class Consortium:
    """A CA, an issuer with a leaf, and a holder."""

    ca_key: ec.EllipticCurvePrivateKey
    ca: bytes
    issuer_key: ec.EllipticCurvePrivateKey
    leaf: bytes
    holder_key: ec.EllipticCurvePrivateKey

    @property
    def multikey(self) -> bytes:
        return jose.multikey(self.issuer_key.public_key())

    def header(self, typ: str) -> str:
        chain = [base64.b64encode(self.leaf).decode()]
        return jose.encode_header({"alg": "ES256", "typ": typ, "kid": "k", "x5c": chain})


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def consortium(name: str = "ours") -> Consortium:
    """Return a consortium; another name gives another one."""
    ca_key, issuer_key = _key(), _key()
    ca = certificate.make_ca(ca_key, CERTIFIED)
    leaf = certificate.make_leaf(
        ca_key, ca, issuer_key.public_key(), common_name=name, identifier=ISSUER_URL, at=CERTIFIED
    )
    return Consortium(ca_key, ca, issuer_key, leaf, _key())


def credential(by: Consortium, **plain: Any) -> str:
    """Return a credential with nested disclosures; `plain` changes what is always visible."""
    members = {
        "iss": ISSUER_URL,
        "iat": ISSUED,
        "vct": VCT,
        "cnf": {"jwk": jose.public_jwk(by.holder_key.public_key())},
        "status": status_claim(ISSUER_URL, STATUS_INDEX),
        **plain,
    }
    return sd_jwt.issue(
        key=by.issuer_key,
        encoded_header=by.header("dc+sd-jwt"),
        plain=members,
        claims=CLAIMS,
        structure={"history": sd_jwt.Rule(each=sd_jwt.Rule())},
        decoys=1,
    )


def presented(by: Consortium, compact: str, **changed: Any) -> str:
    """Return the credential bound to a bank's request."""
    bound = {"nonce": NONCE, "audience": AUDIENCE, "issued_at": JUDGED - 100, **changed}
    return sd_jwt.bind(compact, **{"key": by.holder_key, **bound})


def status_token(
    by: Consortium, status: Status = Status.VALID, *, issued_at: int = JUDGED - 60, **changed: Any
) -> str:
    """Return the issuer's signed list of the credential's shard."""
    shard, idx = divmod(STATUS_INDEX, 1 << 20)
    index = STATUS_INDEX // 128
    data = shard_bytes(shard, {index: status << 2 * (idx % 128)})
    lifetime = Lifetime(issued_at, issued_at + 3_600, 60)
    payload = {**token_payload(shard_uri(ISSUER_URL, shard), data, lifetime), **changed}
    return jose.sign_compact(by.issuer_key, by.header(TOKEN_TYP), orjson.dumps(payload))


def inclusion_of(compact: str, others: int = 5) -> Inclusion:
    """Return the inclusion of a credential in a batch with others."""
    digest = hashlib.sha256(compact.split("~")[0].encode()).digest()
    leaves = [merkle.leaf(digest, TYPE_ID, STATUS_INDEX)]
    leaves += [merkle.keccak(bytes([i])) for i in range(others)]
    tree = merkle.levels(leaves)
    return Inclusion(
        batch_root=hexed(tree[-1]),
        leaf=hexed(leaves[0]),
        proof=tuple(map(hexed, merkle.proof(tree, 0))),
        issuer_address=hexed(ISSUER),
        credential_digest=hexed(digest),
        credential_type=hexed(TYPE_ID),
        status_index=STATUS_INDEX,
        asset_fingerprint=hexed(merkle.NO_ASSET),
        anchored_at=ANCHORED,
    )


@dataclass
class World:
    """Evidence of one credential, its trust anchors, and the judgement asked of a verifier."""

    bundle: dict[str, Any]
    trust: dict[str, Any]
    judgement: dict[str, Any]

    @property
    def item(self) -> dict[str, Any]:
        found: dict[str, Any] = self.bundle["credentials"][0]
        return found

    def block(self, number: int) -> dict[str, Any]:
        return next(item for item in self.bundle["blocks"] if item["number"] == number)

    def copy(self) -> World:
        return copy.deepcopy(self)


def world(
    *,
    compact: str | None = None,
    before: tuple[list[dict[str, Any]], ...] = (),
    key_events: list[dict[str, Any]] | None = None,
    tree: list[dict[str, Any]] | None = None,
) -> World:
    """Return good evidence, but for what is changed.

    Args:
        compact: the credential; by default a good one.
        before: receipts of one more block between accreditation and anchor.
        key_events, tree: the logs that publish the issuer's key and accredit it.
    """
    by = consortium()
    compact = compact or credential(by)
    inclusion = inclusion_of(compact)
    chain = FakeChain()
    chain.add(START)
    usual = [accredited(BUREAU), accredited(ISSUER, BUREAU, places=(110_100,))]
    chain.add(
        START + 10,
        usual if tree is None else tree,
        [published(ISSUER, by.multikey, NEVER)] if key_events is None else key_events,
        [accredited(STRANGER)],
    )
    chain.add(START + 20, *before)
    root = bytes.fromhex(inclusion.batch_root[2:])
    others = [[anchored(merkle.keccak(bytes([i])), STRANGER)] for i in range(20)]
    chain.add(ANCHORED, *others, [anchored(root)], [suspension(ISSUER, suspended=True)])
    chain.add(ANCHORED + 10)
    used = (events.ACCREDITED, events.SUSPENSION_CHANGED)
    path = [
        (account, [place for topic in used for place in chain.places(topic, account)])
        for account in (ISSUER, BUREAU)
    ]
    anchor = next(
        place
        for place in chain.places(events.BATCH_ANCHORED)
        if chain.blocks[place.block_number].receipts[place.log_index]["logs"][0]["topics"][1]
        == inclusion.batch_root
    )
    keys = chain.places(events.ATTRIBUTE_CHANGED, ISSUER)
    numbers = {anchor.block_number, *(p.block_number for p in keys)}
    numbers |= {place.block_number for _, places in path for place in places}
    blocks = Blocks(chain.blocks[number] for number in numbers)
    item = {
        "digest": inclusion.credential_digest,
        "presentation": compact,
        "inclusion": inclusion_part(inclusion, blocks.stand(anchor)),
        "key": {"multikey": hexed(by.multikey), "events": [blocks.stand(key) for key in keys]},
        "accreditation": [
            {"account": hexed(account), "events": [blocks.stand(place) for place in places]}
            for account, places in path
        ],
        "status": {"token": status_token(by)},
    }
    bundle = {
        "type": BUNDLE_TYPE,
        "made_by": "https://qilian.example",
        "made_at": JUDGED,
        "blocks": blocks.parts(),
        "headers": [
            hexed(block_model.encode_header(full.block) or b"") for full in chain.blocks[1:]
        ],
        "credentials": [item],
    }
    head = chain.blocks[-1].block
    trust = {
        "type": TRUST_TYPE,
        "ca_certificates": [base64.b64encode(by.ca).decode()],
        "chain": {"id": 1337, "contracts": {k: hexed(v) for k, v in CONTRACTS.items()}},
        "regulators": [hexed(REGULATOR)],
        "checkpoints": [{"number": 4, "hash": head["hash"]}],
    }
    judgement = {"at": JUDGED, "statusAge": None, "nonce": None, "audience": None}
    return World(bundle, trust, judgement)
