"""The bundles that both offline verifiers judge: good ones, and one broken for each cause."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson

from identity.model import jose, sd_jwt
from identity.model.status_list import Status
from tests.identity import evidence_world as made
from tests.identity.evidence_world import World, consortium, credential, hexed, world

# What a case expects: the verdict, the decisive step and its reason; None where every step passed.
Expectation = tuple[str, str | None, str | None]
Case = tuple[Callable[[], World], Expectation]

VALID: Expectation = ("valid", None, None)


def unsure(step: str, reason: str) -> Expectation:
    return ("cannot_check", step, reason)


def wrong(step: str, reason: str) -> Expectation:
    return ("invalid", step, reason)


def changed(*path: str | int, to: Any) -> Callable[[], World]:
    """Return a maker of good evidence with one member of the bundle replaced; `...` removes it."""

    def make() -> World:
        found = world()
        holder: Any = found.bundle
        for name in path[:-1]:
            holder = holder[name]
        if to is ...:
            del holder[path[-1]]
        else:
            holder[path[-1]] = to(holder[path[-1]]) if callable(to) else to
        return found

    return make


def in_item(*path: str | int, to: Any) -> Callable[[], World]:
    return changed("credentials", 0, *path, to=to)


def trusting(name: str, value: Any) -> Callable[[], World]:
    def make() -> World:
        found = world()
        found.trust[name] = value
        return found

    return make


def judging(**judgement: Any) -> Callable[[], World]:
    def make() -> World:
        found = world()
        found.judgement |= judgement
        return found

    return make


def shown(**plain: Any) -> Callable[[], World]:
    return lambda: world(compact=credential(consortium(), **plain))


def listed(*args: Any, **changes: Any) -> Callable[[], World]:
    """Return a maker of good evidence with another status list."""
    return in_item(
        "status", to=lambda _: {"token": made.status_token(consortium(), *args, **changes)}
    )


def flipped(text: str) -> str:
    """Return the text with one bit of its middle character flipped; it stays of its alphabet."""
    middle = len(text) // 2
    other = "0" if text[middle] != "0" else "1"
    return text[:middle] + other + text[middle + 1 :]


def bound(**options: Any) -> Callable[[], World]:
    """Return a maker of evidence of a presentation with key binding, for the bank that asked."""

    def make() -> World:
        found = world()
        found.item["presentation"] = made.presented(
            consortium(), found.item["presentation"], **options
        )
        found.judgement |= {"nonce": made.NONCE, "audience": made.AUDIENCE}
        return found

    return make


def by_ed25519() -> World:
    holder = jose.generate_key(jose.EDDSA)
    cnf = {"jwk": jose.public_jwk(holder.public_key())}
    found = world(compact=credential(consortium(), cnf=cnf))
    found.item["presentation"] = made.presented(
        consortium(), found.item["presentation"], key=holder
    )
    return found


def another_presentation() -> World:
    """The binding of everything, put behind fewer disclosures."""
    found = bound()()
    unbound, _, binding = found.item["presentation"].rpartition("~")
    found.item["presentation"] = sd_jwt.disclose(unbound + "~", ["grade"]) + binding
    return found


def signature_flipped() -> World:
    """A credential whose signature is another's, anchored as it is."""
    jwt, _, disclosures = credential(consortium()).partition("~")
    head, _, signature = jwt.rpartition(".")
    return world(compact=f"{head}.{flipped(signature)}~{disclosures}")


def by_stranger() -> World:
    """A stranger's own credential, with the real issuer's everything else."""
    return world(compact=credential(consortium("stranger")))


def digest_only() -> World:
    found = world()
    found.item["presentation"] = None
    return found


def digest_without_status() -> World:
    found = digest_only()
    found.item["status"] = None
    return found


def two_credentials() -> World:
    found = world()
    second = digest_only().bundle["credentials"][0]
    second["digest"] = hexed(bytes(32))
    found.bundle["credentials"].append(second)
    return found


def without_receipts() -> World:
    found = world()
    found.block(1)["receipts"] = []
    return found


def receipts_swapped() -> World:
    """The proof of one receipt given for another."""
    found = world()
    first, second = found.block(1)["receipts"][:2]
    first["proof"], second["proof"] = second["proof"], first["proof"]
    return found


def header_of_another_time() -> World:
    """A header that puts the anchor an hour earlier, with the hash of the true one."""
    found = world()
    block = found.block(3)
    at, earlier = (f"{value:08x}" for value in (made.ANCHORED, made.ANCHORED - 3_600))
    assert at in block["header"]
    block["header"] = block["header"].replace(at, earlier)
    return found


def chain_of_ones_own() -> World:
    """A whole chain that a forger made, checked against the true one's last block."""
    found, true = world(), world(key_events=[])
    found.trust["checkpoints"] = true.trust["checkpoints"]
    return found


def last_block_known_only() -> World:
    found = world()
    found.bundle["headers"] = []
    return found


def every_block_known() -> World:
    found = last_block_known_only()
    found.trust["checkpoints"] = [
        {"number": block["number"], "hash": block["hash"]} for block in found.bundle["blocks"]
    ]
    return found


def leaf_of_another_type() -> World:
    found = world()
    found.item["inclusion"]["credential_type"] = hexed(bytes(32))
    return found


def anchor_of_another_batch() -> World:
    """The event of a batch that somebody else anchored in the same block."""
    found = world()
    receipt = 20  # of our own batch; 19 anchored another, and is proved by no node here
    assert found.item["inclusion"]["event"]["receipt"] == receipt
    found.item["inclusion"]["event"] = found.item["key"]["events"][0]
    return found


def suspended_before(**options: Any) -> Callable[[], World]:
    account = options.pop("account", made.ISSUER)
    return lambda: world(before=([made.suspension(account, suspended=True, **options)],))


def reinstated_before() -> World:
    changes = [made.suspension(made.ISSUER, suspended=value) for value in (True, False)]
    return world(before=(changes,))


def accredited_by(*tree: dict[str, Any]) -> Callable[[], World]:
    return lambda: world(tree=list(tree))


def key_until(valid_to: int, *later: dict[str, Any]) -> Callable[[], World]:
    first = made.published(made.ISSUER, consortium().multikey, valid_to)
    return lambda: world(key_events=[first, *later])


def revoked_key() -> dict[str, Any]:
    return made.published(made.ISSUER, consortium().multikey, 0)


def contracts(name: str) -> dict[str, Any]:
    found = {key: hexed(value) for key, value in made.CONTRACTS.items()}
    return {"id": 1337, "contracts": {**found, name: hexed(bytes(20))}}


def other_ca() -> list[str]:
    return [base64.b64encode(consortium("stranger").ca).decode()]


def status_by_stranger() -> World:
    found = world()
    found.item["status"] = {"token": made.status_token(consortium("stranger"))}
    return found


def status_signature_flipped() -> World:
    found = world()
    head, _, signature = found.item["status"]["token"].rpartition(".")
    found.item["status"]["token"] = f"{head}.{flipped(signature)}"
    return found


def other_status_index() -> World:
    """The leaf's status index moved to one that is still valid."""
    return world(compact=credential(consortium(), status=made.status_claim(made.ISSUER_URL, 5)))


def disclosure_of_another(text: str) -> str:
    jwt, *disclosures, last = text.split("~")
    stranger = jose.b64u(orjson.dumps(["c2FsdA", "grade", "D"]))
    return "~".join((jwt, *disclosures[1:], stranger, last))


BUREAU_FROM_NOW_ON = made.accredited(made.BUREAU, begins=made.JUDGED)
BUREAU, ISSUER = made.accredited(made.BUREAU), made.accredited(made.ISSUER, made.BUREAU)

CASES: dict[str, Case] = {
    "good": (world, VALID),
    "good, as presented to a bank": (bound(), VALID),
    "good, bound by Ed25519": (by_ed25519, VALID),
    "good, one claim shown": (
        in_item("presentation", to=lambda text: sd_jwt.disclose(text, ["grade"])),
        VALID,
    ),
    "good, nothing shown but the credential": (
        in_item("presentation", to=lambda text: sd_jwt.disclose(text, [])),
        VALID,
    ),
    "good, every block known": (every_block_known, VALID),
    "good, suspended and reinstated before": (reinstated_before, VALID),
    "good, republished key": (
        key_until(0, made.published(made.ISSUER, consortium().multikey, made.NEVER)),
        VALID,
    ),
    "digest only": (digest_only, VALID),
    "digest only, status left out": (digest_without_status, unsure("status", "status_missing")),
    "second credential is another's": (two_credentials, wrong("inclusion", "leaf_not_in_batch")),
    "no credentials": (changed("credentials", to=[]), ("cannot_check", None, None)),
    "credential is a number": (
        changed("credentials", to=[7]),
        wrong("structure", "structure_broken"),
    ),
    "digest is a number": (in_item("digest", to=7), wrong("structure", "structure_broken")),
    # 1 structure
    "digest of another": (
        in_item("digest", to=hexed(bytes(32))),
        wrong("structure", "digest_differs"),
    ),
    "not an SD-JWT": (
        in_item("presentation", to="eyJ.e30.x"),
        wrong("structure", "structure_broken"),
    ),
    "a claim changed": (
        in_item("presentation", to=disclosure_of_another),
        wrong("structure", "structure_broken"),
    ),
    "a disclosure twice": (
        in_item("presentation", to=lambda text: text + text.split("~")[1] + "~"),
        wrong("structure", "structure_broken"),
    ),
    # 2 issuer's signature
    "signed by a stranger": (by_stranger, wrong("issuer_signature", "certificate_untrusted")),
    "another CA trusted": (
        trusting("ca_certificates", other_ca()),
        wrong("issuer_signature", "certificate_untrusted"),
    ),
    "no CA trusted": (
        trusting("ca_certificates", []),
        wrong("issuer_signature", "certificate_untrusted"),
    ),
    "for another host": (
        shown(
            iss="https://evil.example/issuers/tax",
            status=made.status_claim("https://evil.example/issuers/tax", made.STATUS_INDEX),
        ),
        wrong("issuer_signature", "certificate_untrusted"),
    ),
    "signature flipped": (signature_flipped, wrong("issuer_signature", "signature_wrong")),
    "issued before its certificate": (
        shown(iat=made.CERTIFIED - 86_400),
        wrong("issuer_signature", "certificate_untrusted"),
    ),
    # 3 blocks
    "block left out": (changed("blocks", to=[]), unsure("blocks", "block_missing")),
    "receipts left out": (without_receipts, unsure("blocks", "block_missing")),
    "header not given": (
        changed("blocks", 0, "header", to=None),
        unsure("blocks", "header_missing"),
    ),
    "header of another time": (header_of_another_time, wrong("blocks", "block_hash_differs")),
    "number of another block": (
        changed("blocks", 0, "number", to=2),
        wrong("blocks", "block_hash_differs"),
    ),
    "receipts swapped": (receipts_swapped, wrong("blocks", "receipt_not_proved")),
    "no checkpoint": (trusting("checkpoints", []), unsure("blocks", "block_not_trusted")),
    "unknown checkpoint": (
        trusting("checkpoints", [{"number": 4, "hash": hexed(bytes(32))}]),
        unsure("blocks", "block_not_trusted"),
    ),
    "a chain of one's own": (chain_of_ones_own, unsure("blocks", "block_not_trusted")),
    "no headers to the checkpoint": (
        last_block_known_only,
        unsure("blocks", "block_not_trusted"),
    ),
    # 4 inclusion
    "inclusion left out": (in_item("inclusion", to=None), unsure("inclusion", "inclusion_missing")),
    "root of another batch": (
        in_item("inclusion", "root", to=hexed(bytes(32))),
        wrong("inclusion", "leaf_not_in_batch"),
    ),
    "sibling left out": (
        in_item("inclusion", "proof", to=lambda nodes: nodes[1:]),
        wrong("inclusion", "leaf_not_in_batch"),
    ),
    "about another asset": (
        in_item("inclusion", "asset_fingerprint", to=hexed(b"\1" * 32)),
        wrong("inclusion", "leaf_not_in_batch"),
    ),
    "leaf of another type": (leaf_of_another_type, wrong("inclusion", "leaf_differs")),
    "another status index": (other_status_index, wrong("inclusion", "leaf_differs")),
    "anchored by another issuer": (
        in_item("inclusion", "issuer", to=hexed(made.STRANGER)),
        wrong("inclusion", "anchor_differs"),
    ),
    "another event for the anchor": (
        anchor_of_another_batch,
        wrong("inclusion", "anchor_differs"),
    ),
    "anchored in another contract": (
        trusting("chain", contracts("CredentialRegistry")),
        wrong("inclusion", "event_foreign"),
    ),
    # 5 the issuer's key
    "key left out": (in_item("key", to=None), unsure("issuer_key", "key_missing")),
    "key's events left out": (in_item("key", "events", to=[]), unsure("issuer_key", "key_missing")),
    "another key": (
        in_item("key", "multikey", to=hexed(consortium("stranger").multikey)),
        wrong("issuer_key", "key_differs"),
    ),
    "key of another DID": (
        lambda: world(
            key_events=[made.published(made.ISSUER, consortium("stranger").multikey, made.NEVER)]
        ),
        wrong("issuer_key", "key_differs"),
    ),
    "key expired before": (key_until(made.ANCHORED), wrong("issuer_key", "key_not_valid")),
    "key revoked before": (
        key_until(made.NEVER, revoked_key()),
        wrong("issuer_key", "key_not_valid"),
    ),
    # 6 accreditation
    "accreditation left out": (
        in_item("accreditation", to=None),
        unsure("accreditation", "accreditation_missing"),
    ),
    "bureau's accreditation left out": (
        in_item("accreditation", to=lambda path: path[:1]),
        unsure("accreditation", "accreditation_missing"),
    ),
    "accreditation under another name": (
        in_item("accreditation", 0, "account", to=hexed(made.STRANGER)),
        wrong("accreditation", "event_foreign"),
    ),
    "accredited in another contract": (
        trusting("chain", contracts("AccreditationRegistry")),
        wrong("accreditation", "event_foreign"),
    ),
    "issuer suspended before": (
        suspended_before(),
        wrong("accreditation", "issuer_suspended"),
    ),
    "bureau suspended before": (
        suspended_before(account=made.BUREAU),
        wrong("accreditation", "issuer_suspended"),
    ),
    "suspended by its parent": (
        suspended_before(by=made.BUREAU),
        wrong("accreditation", "issuer_suspended"),
    ),
    "suspended by nobody known": (
        suspended_before(by=made.STRANGER),
        unsure("accreditation", "unknown_regulator"),
    ),
    "accredited for another city": (
        accredited_by(BUREAU, made.accredited(made.ISSUER, made.BUREAU, places=(120_000, 110_200))),
        wrong("accreditation", "issuer_out_of_scope"),
    ),
    "accredited until the anchor": (
        accredited_by(BUREAU, made.accredited(made.ISSUER, made.BUREAU, until=made.ANCHORED)),
        wrong("accreditation", "issuer_out_of_scope"),
    ),
    "bureau accredited from later on": (
        accredited_by(BUREAU_FROM_NOW_ON, ISSUER),
        wrong("accreditation", "issuer_out_of_scope"),
    ),
    "accreditation withdrawn": (
        accredited_by(BUREAU, ISSUER, made.accredited(made.ISSUER, made.BUREAU, places=())),
        wrong("accreditation", "issuer_out_of_scope"),
    ),
    "narrower scope not begun yet": (
        accredited_by(
            BUREAU, ISSUER, made.accredited(made.ISSUER, made.BUREAU, begins=made.JUDGED, places=())
        ),
        VALID,
    ),
    "accredited for another type": (
        accredited_by(BUREAU, made.accredited(made.ISSUER, made.BUREAU, type_id=bytes(32))),
        unsure("accreditation", "accreditation_missing"),
    ),
    # 7 validity
    "expired": (shown(exp=made.JUDGED), wrong("validity", "expired")),
    "not expired yet": (shown(exp=made.JUDGED + 1), VALID),
    "valid from later on": (shown(nbf=made.JUDGED + 61), wrong("validity", "not_yet_valid")),
    "exp is a text": (shown(exp="soon"), wrong("validity", "times_wrong")),
    # 8 status
    "status left out": (in_item("status", to=None), unsure("status", "status_missing")),
    "revoked": (listed(Status.REVOKED), wrong("status", "status_revoked")),
    "revoked, by an old list": (
        listed(Status.REVOKED, issued_at=made.JUDGED - 90_000),
        wrong("status", "status_revoked"),
    ),
    "suspended": (listed(Status.SUSPENDED), wrong("status", "status_suspended")),
    "suspended, by an old list": (
        listed(Status.SUSPENDED, issued_at=made.JUDGED - 90_000),
        unsure("status", "status_old"),
    ),
    "list expired": (listed(issued_at=made.JUDGED - 3_600), unsure("status", "status_old")),
    "list older than accepted": (judging(statusAge=59), unsure("status", "status_old")),
    "list as old as accepted": (judging(statusAge=60), VALID),
    "judged for an earlier time": (
        judging(at=made.JUDGED - 121),
        unsure("status", "status_later"),
    ),
    "list of another URI": (listed(sub="https://x.example/0"), wrong("status", "status_broken")),
    "list without iat": (listed(iat=None), wrong("status", "status_broken")),
    "list that expired when issued": (
        listed(exp=made.JUDGED - 60),
        wrong("status", "status_broken"),
    ),
    "list cut short": (
        listed(status_list={"bits": 2, "lst": "eNrbuRgAAhcBXQ"}),
        wrong("status", "status_broken"),
    ),
    "list by a stranger": (status_by_stranger, wrong("status", "certificate_untrusted")),
    "list with a bad signature": (status_signature_flipped, wrong("status", "status_broken")),
    # 9 holder binding
    "bound for another request": (
        bound(nonce="another"),
        wrong("holder_binding", "holder_wrong"),
    ),
    "bound for another bank": (
        bound(audience="x509_san_dns:evil.example"),
        wrong("holder_binding", "holder_wrong"),
    ),
    "bound by a stranger": (
        bound(key=consortium("stranger").holder_key),
        wrong("holder_binding", "holder_wrong"),
    ),
    "bound in the future": (
        bound(issued_at=made.JUDGED + 61),
        wrong("holder_binding", "holder_wrong"),
    ),
    "bound to more than is shown": (
        another_presentation,
        wrong("holder_binding", "holder_wrong"),
    ),
    "not bound": (judging(nonce=made.NONCE), wrong("holder_binding", "holder_missing")),
}

UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"evidence",
    "a list": b"[]",
    "another type": b'{"type": "urn:qilian:evidence:2"}',
    "a member twice": b'{"type": "urn:qilian:evidence:1", "type": "urn:qilian:evidence:1"}',
    "too deep": b'{"type": "urn:qilian:evidence:1", "a": ' + b"[" * 40 + b"]" * 40 + b"}",
    "bad UTF-8": b'{"type": "urn:qilian:evidence:1", "a": "\xff"}',
}
