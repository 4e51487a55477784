"""No signature works twice, late, on another chain, on another contract, or by another key.

Every signed action of every contract, in a state where the right signature is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from chain.errors import ContractReverted

from .calls import Call, Contract
from .signing import KEY_NAME, TYPES, key_of, sign, sign_erc1056
from .world import BEIJING, P256_KEY, YEAR, ZERO, World, digest, random_account

HOUR = 3600
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ENTERPRISE, GUARDIAN, OTHER = key_of("enterprise"), key_of("guardian"), key_of("other")
NEW = key_of("new key of the enterprise")
PRINT, CONSENT = digest("fingerprint of enterprise"), digest("consent")


@dataclass(frozen=True)
class Action:
    """A signed action that is ready to be done: what is signed, ending with the deadline."""

    contract: Contract
    name: str
    values: tuple[Any, ...]
    call: Callable[[tuple[Any, ...], str], Call]
    signer: LocalAccount = ENTERPRISE

    def signed(self, **domain: Any) -> str:
        return sign(self.signer, self.contract, self.name, *self.values, **domain)


def registration(world: World, until: int) -> Action:
    item = world.registration(ENTERPRISE, PRINT, deadline=until)

    def call(values: tuple[Any, ...], signature: str) -> Call:
        return world.enterprises.registerBatch([[*item[:7], values[-1], signature]])

    return Action(world.enterprises, "Registration", (PRINT, ENTERPRISE.address, until), call)


def guardian_set(world: World, until: int) -> Action:
    world.register("enterprise")
    return Action(
        world.enterprises,
        "GuardianSet",
        (PRINT, 1, [GUARDIAN.address], 0, until),
        lambda values, signature: world.enterprises.setGuardiansBatch([[*values, signature]]),
    )


def recovery_proposal(world: World, until: int) -> Action:
    guarded = guardian_set(world, until)
    guarded.call(guarded.values, guarded.signed()).by(world.platform)

    def call(values: tuple[Any, ...], signature: str) -> Call:
        item = [*values[:2], 1, [GUARDIAN.address], *values[2:], [signature]]
        return world.enterprises.proposeRecoveryBatch([item])

    values = (PRINT, NEW.address, 1, until)
    return Action(world.enterprises, "RecoveryProposal", values, call, GUARDIAN)


def recovery_cancellation(world: World, until: int) -> Action:
    proposed = recovery_proposal(world, until)
    proposed.call(proposed.values, proposed.signed()).by(world.platform)
    return Action(
        world.enterprises,
        "RecoveryCancellation",
        (PRINT, 2, until),
        lambda values, signature: world.enterprises.cancelRecoveryBatch([[*values, signature]]),
    )


def consent_grant(world: World, until: int) -> Action:
    return Action(
        world.consents,
        "ConsentGrant",
        (CONSENT, ENTERPRISE.address, world.bank_a, 0, until),
        lambda values, signature: world.consents.grantBatch([[*values, signature]]),
    )


def consent_change(world: World, name: str, function: str, sequence: int, until: int) -> Action:
    return Action(
        world.consents,
        name,
        (CONSENT, sequence, until),
        lambda values, signature: getattr(world.consents, function)([[*values, signature]]),
    )


def consent_pause(world: World, until: int) -> Action:
    granted = consent_grant(world, until)
    granted.call(granted.values, granted.signed()).by(world.platform)
    return consent_change(world, "ConsentPause", "pauseBatch", 0, until)


def consent_resumption(world: World, until: int) -> Action:
    paused = consent_pause(world, until)
    paused.call(paused.values, paused.signed()).by(world.platform)
    return consent_change(world, "ConsentResumption", "resumeBatch", 1, until)


def consent_revocation(world: World, until: int) -> Action:
    resumed = consent_resumption(world, until)
    resumed.call(resumed.values, resumed.signed()).by(world.platform)
    return consent_change(world, "ConsentRevocation", "revokeBatch", 2, until)


def loan_dispute(world: World, until: int) -> Action:
    world.license_banks()
    content = [ENTERPRISE.address, digest("evidence"), ZERO]
    world.credit.recordBatch([[*content, BEIJING]]).by(world.bank_a)
    loan = world.credit.loanIdOf(world.bank_a, *content).read()

    def call(values: tuple[Any, ...], signature: str) -> Call:
        return world.credit.disputeBatch([[loan, *content, *values[1:], signature]])

    return Action(world.credit, "LoanDispute", (loan, 0, digest("why"), until), call)


ACTIONS = {
    "Registration": registration,
    "GuardianSet": guardian_set,
    "RecoveryProposal": recovery_proposal,
    "RecoveryCancellation": recovery_cancellation,
    "ConsentGrant": consent_grant,
    "ConsentPause": consent_pause,
    "ConsentResumption": consent_resumption,
    "ConsentRevocation": consent_revocation,
    "LoanDispute": loan_dispute,
}


@pytest.fixture(params=ACTIONS)
def action(request: pytest.FixtureRequest, world: World) -> Action:
    """Each action in turn, its deadline an hour ahead."""
    made = ACTIONS[request.param](world, world.node.now() + HOUR)
    assert made.name == request.param
    return made


def refused_with(call: Call, sender: str) -> str:
    with pytest.raises(ContractReverted) as caught:
        call.by(sender)
    return str(caught.value.error_name)


def test_every_action_is_here() -> None:
    assert ACTIONS.keys() == TYPES.keys()


def test_the_right_signature_works_and_only_once(world: World, action: Action) -> None:
    call = action.call(action.values, action.signed())
    call.by(world.platform)
    assert refused_with(call, world.platform)


@pytest.mark.parametrize("chain_id", [1, 1338])
def test_on_another_chain(world: World, action: Action, chain_id: int) -> None:
    call = action.call(action.values, action.signed(chain_id=chain_id))
    assert refused_with(call, world.platform) == "SignedActions_BadSignature"


def test_on_another_deployment(world: World, action: Action) -> None:
    call = action.call(action.values, action.signed(verifying_contract=random_account()))
    assert refused_with(call, world.platform) == "SignedActions_BadSignature"


def test_on_another_contract(world: World, action: Action) -> None:
    for other in (world.enterprises, world.consents, world.credit):
        if other is not action.contract:
            signature = sign(action.signer, other, action.name, *action.values)
            call = action.call(action.values, signature)
            assert refused_with(call, world.platform) == "SignedActions_BadSignature"


def test_by_another_key(world: World, action: Action) -> None:
    signature = sign(OTHER, action.contract, action.name, *action.values)
    call = action.call(action.values, signature)
    assert refused_with(call, world.platform) == "SignedActions_BadSignature"


def test_after_its_deadline(world: World, action: Action) -> None:
    call = action.call(action.values, action.signed())
    world.node.advance(2 * HOUR)
    assert refused_with(call, world.platform) == "SignedActions_DeadlinePassed"


def test_with_a_later_deadline_than_signed(world: World, action: Action) -> None:
    altered = (*action.values[:-1], action.values[-1] + HOUR)
    call = action.call(altered, action.signed())
    assert refused_with(call, world.platform) == "SignedActions_BadSignature"


def test_malformed_or_malleable(world: World, action: Action) -> None:
    right = action.signed()
    r, s, v = right[2:66], int(right[66:130], 16), int(right[130:], 16)
    mirrored = f"0x{r}{CURVE_ORDER - s:064x}{55 - v:02x}"
    for wrong in (right[:-2], right + "00", "0x" + "00" * 65, mirrored):
        call = action.call(action.values, wrong)
        assert refused_with(call, world.platform) == "SignedActions_BadSignature"


class TestERC1056:
    """The same of the DID registry's own form of signature."""

    def call(self, world: World, function: str = "setAttribute", **changes: Any) -> Call:
        value = bytes.fromhex(P256_KEY[2:])
        arguments = {
            "account": ENTERPRISE,
            "registry": world.dids,
            "identity": ENTERPRISE.address,
            "nonce": 0,
            "function": function,
            "types": ["bytes32", "bytes", "uint256"],
            "values": [KEY_NAME, value, YEAR],
        } | changes
        signed = sign_erc1056(**arguments)
        return world.dids.setAttributeSigned(ENTERPRISE.address, *signed, KEY_NAME, value, YEAR)

    def test_the_right_signature_works_and_only_once(self, world: World) -> None:
        call = self.call(world)
        call.by(world.platform)
        assert refused_with(call, world.platform) == "DIDRegistry_BadSignature"

    def test_for_anything_else_it_does_not(self, world: World) -> None:
        for changes in (
            {"registry": world.enterprises},
            {"identity": OTHER.address},
            {"nonce": 1},
            {"account": OTHER},
            {"function": "revokeAttribute"},
            {"values": [KEY_NAME, bytes.fromhex(P256_KEY[2:]), YEAR + 1]},
        ):
            refusal = refused_with(self.call(world, **changes), world.platform)
            assert refusal == "DIDRegistry_BadSignature"

    def test_the_registration_signature_does_not_set_a_key_twice(self, world: World) -> None:
        item = world.registration(ENTERPRISE, PRINT)
        world.enterprises.registerBatch([item]).by(world.platform)
        again = world.dids.setAttributeSigned(
            ENTERPRISE.address, *item[4:7], KEY_NAME, item[2], item[3]
        )
        assert refused_with(again, world.platform) == "DIDRegistry_BadSignature"
