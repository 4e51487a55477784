"""What each operation costs: the figures of `gas.json`, of the limits and of the benchmark."""

from __future__ import annotations

from eth_utils import keccak

from .merkle import Leaf, proof_of, root_of
from .signing import key_of, sign
from .world import (
    BEIJING,
    HAIDIAN,
    INVOICE,
    LOAN_ATTESTATION,
    TAX_CREDIT,
    YEAR,
    ZERO,
    World,
    digest,
)


def measure_anchor(world: World) -> dict[str, float]:
    """The regulator's authority's department anchors: three levels are checked."""
    world.accredit(world.tax, [TAX_CREDIT])
    world.accredit(world.department, [TAX_CREDIT], by=world.tax, where=[HAIDIAN])
    first = world.credentials.anchor([digest("a"), TAX_CREDIT, HAIDIAN])
    unknown = first.by(world.department).gas
    next_ = world.credentials.anchor([digest("b"), TAX_CREDIT, HAIDIAN])
    return {"anchor_batch": next_.by(world.department).gas, "anchor_batch_first_ever": unknown}


def measure_statuses(world: World) -> dict[str, float]:
    world.accredit(world.tax, [TAX_CREDIT])
    batch, words = world.credentials.setStatusBatch, world.credentials.setStatusWordBatch
    batch([[0, 1]]).by(world.tax)  # this epoch's permit
    revoked = (2**256 - 1) // 3
    return {
        "revoke_first": batch([[128, 1]]).by(world.tax).gas,
        "revoke_later": batch([[129, 1]]).by(world.tax).gas,
        "revoke_50_untouched_words_each": batch([[128 * i, 1] for i in range(100, 150)])
        .by(world.tax)
        .gas
        / 50,
        "revoke_50_touched_words_each": batch([[128 * i + 1, 1] for i in range(100, 150)])
        .by(world.tax)
        .gas
        / 50,
        "revoke_dense_each": words([[i, revoked] for i in range(200, 208)]).by(world.tax).gas
        / 1024,
        "revoke_dense_one_new_word_each": words([[300, revoked]]).by(world.tax).gas / 128,
        "revoke_dense_one_used_word_each": words([[1, revoked]]).by(world.tax).gas / 128,
    }


def measure_registration(world: World) -> dict[str, float]:
    one = world.registration(key_of("one"), digest("fingerprint one"))
    many = [world.registration(key_of(f"e{i}"), digest(f"fingerprint {i}")) for i in range(50)]
    register = world.enterprises.registerBatch
    return {
        "register_enterprise": register([one]).by(world.platform).gas,
        "register_enterprise_batch50_each": register(many).by(world.platform).gas / 50,
    }


def measure_loan(world: World) -> dict[str, float]:
    world.accredit(world.bank_a, [LOAN_ATTESTATION])
    record = world.credit.recordBatch
    subject = key_of("borrower").address
    one = record([[subject, digest("evidence"), ZERO, BEIJING]]).by(world.bank_a).gas
    items = [[subject, digest(f"evidence {i}"), ZERO, BEIJING] for i in range(50)]
    return {"record_loan": one, "record_loan_batch50_each": record(items).by(world.bank_a).gas / 50}


def measure_pledge(world: World) -> dict[str, float]:
    world.license_banks()
    world.accredit(world.tax, [INVOICE])
    kind, asset = bytes.fromhex(INVOICE[2:]), keccak(text="asset")
    leaf = Leaf(keccak(text="invoice"), kind, 5, asset)
    others = [keccak(text=f"leaf {i}") for i in range(2**14 - 1)]
    hashes = [leaf.hash, *others]
    root, proof = root_of(hashes), proof_of(hashes, 0)
    assert len(proof) == 14
    world.credentials.anchorBatch([[root, kind, BEIJING]]).by(world.tax)
    inclusion = [world.tax, root, leaf.digest, kind, 5, asset, proof]
    item = [digest("lien"), 10_000, BEIJING, inclusion]
    return {"pledge_merkle14": world.pledges.pledgeBatch([item]).by(world.bank_a).gas}


def measure_consents(world: World) -> dict[str, float]:
    """An enterprise signs and the platform relays."""
    enterprise, until = key_of("enterprise"), world.node.now() + YEAR
    signed_by_the_owner = [
        (digest(f"consent {i}"), enterprise.address, world.bank_a, until, until) for i in range(51)
    ]
    items = [
        [*values, sign(enterprise, world.consents, "ConsentGrant", *values)]
        for values in signed_by_the_owner
    ]
    grant = world.consents.grantBatch
    revocation = (digest("consent 0"), 0, until)
    revoke = [*revocation, sign(enterprise, world.consents, "ConsentRevocation", *revocation)]
    log = world.consents.anchorLogBatch
    log([[digest("root 1"), ZERO, 1]]).by(world.platform)
    return {
        "grant_consent": grant(items[:1]).by(world.platform).gas,
        "grant_consent_batch50_each": grant(items[1:]).by(world.platform).gas / 50,
        "revoke_consent": world.consents.revokeBatch([revoke]).by(world.platform).gas,
        "anchor_log": log([[digest("root 2"), digest("root 1"), 2]]).by(world.platform).gas,
    }


MEASURES = (
    measure_anchor,
    measure_statuses,
    measure_registration,
    measure_loan,
    measure_pledge,
    measure_consents,
)
