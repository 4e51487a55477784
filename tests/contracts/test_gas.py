"""What the main operations cost, beside the limits we set ourselves.

Run with ``-s`` to see the table.
"""

from __future__ import annotations

import sys

import pytest
from eth_utils import keccak

from .merkle import Leaf, proof_of, root_of
from .signing import key_of
from .world import (
    BEIJING,
    HAIDIAN,
    INVOICE,
    LOAN_ATTESTATION,
    TAX_CREDIT,
    ZERO,
    World,
    digest,
)

LIMITS = {
    "anchor_batch": 52_000,
    "revoke_first": 53_000,
    "revoke_later": 36_000,
    "revoke_50_untouched_words_each": 24_500,
    "revoke_50_touched_words_each": 8_000,
    "revoke_dense_each": 300,
    "register_enterprise": 120_000,
    "register_enterprise_batch50_each": 95_000,
    "record_loan": 75_000,
    "pledge_merkle14": 140_000,
}


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


@pytest.mark.parametrize(
    "measure",
    [measure_anchor, measure_statuses, measure_registration, measure_loan, measure_pledge],
    ids=lambda measure: measure.__name__.removeprefix("measure_"),
)
def test_operations_stay_within_their_limits(world: World, measure) -> None:
    found = measure(world)
    for name, gas in found.items():
        sys.stdout.write(f"\n{name:36}{gas:12,.1f}{LIMITS.get(name, 0):12,}")
    over = {name: gas for name, gas in found.items() if gas > LIMITS.get(name, gas)}
    assert not over
