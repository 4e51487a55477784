"""Replaying the events gives the storage, as every view of every contract answers."""

from __future__ import annotations

import pytest

from chain.compile import load_artifact

from .merkle import Leaf
from .replay import OPENZEPPELIN, Replay
from .signing import key_of, sign
from .world import (
    BEIJING,
    HAIDIAN,
    INVOICE,
    TAX_CREDIT,
    YEAR,
    ZERO,
    World,
    digest,
)

HOUR = 3600
DRAWN, OVERDUE = 2, 4
VERI_KEY = "0x" + b"veriKey".ljust(32, b"\0").hex()
BORROWER = key_of("borrower")


def live_through_identities(world: World) -> None:
    """Registrations, delegates, a change of owner, guardians, recoveries, a dissolution."""
    alpha, alpha_print = world.register("alpha")
    _, beta_print = world.register("beta")
    world.dids.addDelegate(world.stranger, VERI_KEY, world.platform, YEAR).by(world.stranger)
    world.dids.revokeDelegate(world.stranger, VERI_KEY, world.platform).by(world.stranger)
    world.dids.changeOwner(world.stranger, world.office).by(world.stranger)
    guardians = sorted(
        (key_of(f"guardian {i}") for i in range(2)), key=lambda k: int(k.address, 16)
    )
    addresses, until = [guardian.address for guardian in guardians], world.node.now() + YEAR
    values = [alpha_print, 1, addresses, 0, until]
    signature = sign(alpha, world.enterprises, "GuardianSet", *values)
    world.enterprises.setGuardiansBatch([[*values, signature]]).by(world.platform)
    for sequence, new_did in ((1, key_of("first new").address), (3, key_of("second new").address)):
        action = (alpha_print, new_did, sequence, until)
        signed = sign(guardians[1], world.enterprises, "RecoveryProposal", *action)
        item = [*action[:2], 1, addresses, *action[2:], ["0x", signed]]
        world.enterprises.proposeRecoveryBatch([item]).by(world.platform)
        if sequence == 1:
            values = [alpha_print, 2, until]
            signature = sign(alpha, world.enterprises, "RecoveryCancellation", *values)
            world.enterprises.cancelRecoveryBatch([[*values, signature]]).by(world.platform)
    world.node.advance(8 * 86400)
    world.enterprises.executeRecoveryBatch([alpha_print]).by(world.stranger)
    for state in (2, 3):
        world.enterprises.setStateBatch([[beta_print, state, ZERO]]).by(world.regulator)
    world.as_governor(world.enterprises, "setRegistrar", world.office, True)


def live_through_issuance(world: World) -> None:
    """A tree that narrows, widens, begins later and expires; batches and statuses."""
    now = world.node.now()
    world.accredit(world.tax, [TAX_CREDIT, INVOICE])
    world.accredit(world.department, [TAX_CREDIT], by=world.tax, where=[HAIDIAN])
    world.accredit(world.office, [TAX_CREDIT], by=world.department, where=[HAIDIAN])
    world.accredit(
        world.office, [TAX_CREDIT], by=world.department, where=[], window=(now + 5000, 0)
    )
    world.anchor(world.tax, [Leaf(bytes(32), bytes.fromhex(TAX_CREDIT[2:]), 1)])
    world.credentials.anchor([digest("root"), TAX_CREDIT, HAIDIAN]).by(world.office)
    world.credentials.setStatusBatch([[1, 1], [2, 2], [300, 2]]).by(world.tax)
    world.credentials.setStatusWordBatch([[2, 2**256 // 3]]).by(world.tax)
    world.suspend(world.department)
    world.node.advance(6000)
    world.suspend(world.department, suspended=False, by=world.tax)


def live_through_dealings(world: World) -> None:
    """Consents and log roots; loans corrected, disputed, reviewed; liens of every kind."""
    now = world.node.now()
    item = [digest("consent"), world.stranger, world.bank_a, now + YEAR, 0, "0x"]
    consents = world.consents
    # The stranger's DID was given to the office above.
    consents.grantBatch([item, [digest("second"), *item[1:]]]).by(world.office)
    consents.pauseBatch([[digest("consent"), 0, 0, "0x"]]).by(world.office)
    consents.resumeBatch([[digest("consent"), 1, 0, "0x"]]).by(world.office)
    consents.revokeBatch([[digest("second"), 0, 0, "0x"]]).by(world.office)
    roots = [[digest("r1"), ZERO, 3], [digest("r2"), digest("r1"), 7]]
    consents.anchorLogBatch(roots).by(world.platform)

    world.license_banks()
    credit = world.credit
    loan = credit.loanIdOf(world.bank_a, BORROWER.address, digest("e1"), ZERO).read()
    credit.recordBatch([[BORROWER.address, digest("e1"), ZERO, BEIJING]]).by(world.bank_a)
    credit.advanceBatch([[loan, DRAWN, ZERO], [loan, OVERDUE, ZERO]]).by(world.bank_a)
    credit.reviewBatch([[loan, 2, ZERO]]).by(world.regulator)
    values = [loan, 2, digest("why"), world.node.now() + HOUR]
    signature = sign(BORROWER, credit, "LoanDispute", *values)
    dispute = [loan, BORROWER.address, digest("e1"), ZERO, *values[1:], signature]
    credit.disputeBatch([dispute]).by(world.platform)
    credit.resolveDisputeBatch([[loan, True, ZERO]]).by(world.regulator)
    credit.recordBatch([[BORROWER.address, digest("e2"), loan, BEIJING]]).by(world.bank_a)
    live_through_pledges(world)


def live_through_pledges(world: World) -> None:
    asset, credential = world.asset("receivable")
    pledges, inclusion = world.pledges, credential.inclusion()
    until = world.node.now() + HOUR
    pledges.reserveBatch(
        [[digest(f"r{i}"), 100 * i + 1, until + i * HOUR, BEIJING, inclusion] for i in range(3)]
    ).by(world.bank_a)
    world.node.advance(HOUR + 60)
    pledges.reserveBatch([[digest("r3"), 7, until + 9 * HOUR, BEIJING, inclusion]]).by(world.bank_b)
    pledges.releaseBatch([[asset, digest("r0"), ZERO]]).by(world.bank_a)
    pledges.pledgeBatch(
        [
            [digest("r1"), 101, BEIJING, inclusion],
            [digest("p1"), 5_000, BEIJING, inclusion],
            [digest("p2"), 1_000, BEIJING, inclusion],
        ]
    ).by(world.bank_a)
    pledges.transferBatch([[asset, digest("p1"), world.bank_b, BEIJING]]).by(world.bank_a)
    pledges.enforceBatch([[asset, digest("p1"), ZERO]]).by(world.bank_b)
    pledges.releaseBatch([[asset, digest("p2"), ZERO]]).by(world.bank_a)
    world.as_governor(pledges, "setAssetType", TAX_CREDIT, True)
    name = "0x" + b"DIDRegistry".ljust(32, b"\0").hex()
    world.as_governor(world.directory, "publishBatch", [[name, pledges.address]])


@pytest.fixture
def lived(world: World) -> World:
    live_through_identities(world)
    live_through_issuance(world)
    live_through_dealings(world)
    return world


def test_replaying_the_events_gives_the_storage(lived: World) -> None:
    Replay(lived).check()


def test_every_event_of_our_contracts_was_among_them(lived: World) -> None:
    replay = Replay(lived)
    declared = {
        entry["name"]
        for name in replay.contracts
        for entry in load_artifact(name).abi
        if entry["type"] == "event"
    } - OPENZEPPELIN
    assert replay.seen == declared
