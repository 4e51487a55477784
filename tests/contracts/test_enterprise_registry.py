"""EnterpriseRegistry: one live DID per enterprise, and its recovery by guardians."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest

from .calls import refused
from .signing import KEY_NAME, key_of, sign
from .world import NOBODY, P256_KEY, YEAR, ZERO, World, digest

ACTIVE, SUSPENDED, DISSOLVED = 1, 2, 3
NONE = 0
GUARDIANS = sorted(
    (key_of(f"guardian {i}") for i in range(3)), key=lambda key: int(key.address, 16)
)
NEW = key_of("new key of the enterprise")
WEEK = 7 * 86400


def set_state(world: World, fingerprint: str, state: int):
    item = [fingerprint, state, digest("reason")]
    return world.enterprises.setStateBatch([item]).by(world.regulator)


def guardian_set(world: World, enterprise, fingerprint: str, **changes: Any):
    members = {
        "threshold": 2,
        "guardians": [guardian.address for guardian in GUARDIANS],
        "sequence": 0,
        "deadline": world.node.now() + 3600,
    } | changes
    values = list(members.values())
    signature = sign(enterprise, world.enterprises, "GuardianSet", fingerprint, *values)
    return world.enterprises.setGuardiansBatch([[fingerprint, *values, signature]])


def proposal(world: World, fingerprint: str, **changes: Any):
    members = {
        "new_did": NEW.address,
        "threshold": 2,
        "guardians": [guardian.address for guardian in GUARDIANS],
        "sequence": 1,
        "deadline": world.node.now() + 3600,
        "signers": [GUARDIANS[0], None, GUARDIANS[2]],
    } | changes
    *values, signers = members.values()
    signed = (fingerprint, values[0], *values[3:])
    signatures = [
        sign(signer, world.enterprises, "RecoveryProposal", *signed) if signer else "0x"
        for signer in signers
    ]
    return world.enterprises.proposeRecoveryBatch([[fingerprint, *values, signatures]])


def cancellation(world: World, enterprise, fingerprint: str, *, sequence: int = 2):
    deadline = world.node.now() + 3600
    values = (fingerprint, sequence, deadline)
    signature = sign(enterprise, world.enterprises, "RecoveryCancellation", *values)
    return world.enterprises.cancelRecoveryBatch([[*values, signature]])


@pytest.fixture
def registered(world: World):
    return world.register("enterprise")


@pytest.fixture
def guarded(world: World, registered):
    guardian_set(world, *registered).by(world.platform)
    return registered


@pytest.fixture
def recovering(world: World, guarded):
    proposal(world, guarded[1]).by(world.platform)
    return guarded


class TestRegisterBatch:
    def test_it_binds_fingerprint_did_and_key(self, world: World) -> None:
        enterprise, fingerprint = key_of("enterprise"), digest("fingerprint")
        item = world.registration(enterprise, fingerprint)
        done = world.enterprises.registerBatch([item]).by(world.platform)
        did = enterprise.address
        assert done.only("EnterpriseRegistered") == {"fingerprint": fingerprint, "did": did}
        assert done.only("DIDAttributeChanged") == {
            "identity": did,
            "name": "0x" + KEY_NAME.hex(),
            "value": P256_KEY,
            "validTo": done.at + YEAR,
            "previousChange": 0,
        }
        assert world.enterprises.enterpriseOf(fingerprint).fields() == {
            "did": did,
            "registeredAt": done.at,
            "state": ACTIVE,
            "sequence": 0,
        }
        assert world.enterprises.isLive(fingerprint, did).read() is True
        assert world.enterprises.isLive(fingerprint, world.stranger).read() is False

    def test_it_registers_fifty_at_once(self, world: World) -> None:
        items = [
            world.registration(key_of(f"enterprise {i}"), digest(f"fingerprint {i}"))
            for i in range(50)
        ]
        done = world.enterprises.registerBatch(items).by(world.platform)
        assert len(done.all("EnterpriseRegistered")) == 50

    def test_a_second_registration_is_refused(self, world: World, registered) -> None:
        enterprise, fingerprint = registered
        again = world.registration(key_of("another key"), fingerprint)
        with refused("EnterpriseRegistry_AlreadyRegistered", fingerprint, enterprise.address):
            world.enterprises.registerBatch([again]).by(world.platform)

    def test_one_bad_item_undoes_the_batch(self, world: World, registered) -> None:
        good = world.registration(key_of("good"), digest("good"))
        again = world.registration(key_of("another key"), registered[1])
        with refused("EnterpriseRegistry_AlreadyRegistered", registered[1], ANY):
            world.enterprises.registerBatch([good, again]).by(world.platform)
        assert world.enterprises.enterpriseOf(good[0]).fields()["state"] == NONE

    def test_a_dissolved_enterprise_stays_registered(self, world: World, registered) -> None:
        enterprise, fingerprint = registered
        set_state(world, fingerprint, DISSOLVED)
        again = world.registration(key_of("another key"), fingerprint)
        with refused("EnterpriseRegistry_AlreadyRegistered", fingerprint, enterprise.address):
            world.enterprises.registerBatch([again]).by(world.platform)

    def test_only_a_registrar_registers(self, world: World) -> None:
        item = world.registration(key_of("enterprise"), digest("fingerprint"))
        with refused("EnterpriseRegistry_NotRegistrar", world.stranger):
            world.enterprises.registerBatch([item]).by(world.stranger)

    def test_a_signature_for_another_fingerprint_is_refused(self, world: World) -> None:
        enterprise = key_of("enterprise")
        item = world.registration(enterprise, digest("fingerprint"))
        item[0] = digest("another fingerprint")
        with refused("SignedActions_BadSignature", ANY, enterprise.address):
            world.enterprises.registerBatch([item]).by(world.platform)

    @pytest.mark.parametrize(
        "changes", [{"chain_id": 1}, {"verifying_contract": "0x" + "11" * 20}], ids=str
    )
    def test_a_signature_for_elsewhere_is_refused(self, world: World, changes) -> None:
        enterprise, fingerprint = key_of("enterprise"), digest("fingerprint")
        item = world.registration(enterprise, fingerprint)
        item[8] = sign(
            enterprise,
            world.enterprises,
            "Registration",
            fingerprint,
            enterprise.address,
            item[7],
            **changes,
        )
        with refused("SignedActions_BadSignature", ANY, enterprise.address):
            world.enterprises.registerBatch([item]).by(world.platform)

    @pytest.mark.parametrize("signature", ["0x00", "0x" + "00" * 65, "0x" + "11" * 66])
    def test_a_malformed_signature_is_refused(self, world: World, signature: str) -> None:
        item = world.registration(key_of("enterprise"), digest("fingerprint"))
        item[8] = signature
        with refused("SignedActions_BadSignature", NOBODY, item[1]):
            world.enterprises.registerBatch([item]).by(world.platform)

    def test_a_registration_without_signature_is_refused(self, world: World) -> None:
        item = world.registration(key_of("enterprise"), digest("fingerprint"))
        item[8] = "0x"
        with refused("SignedActions_NotAuthoriser", world.platform, item[1]):
            world.enterprises.registerBatch([item]).by(world.platform)

    def test_a_signature_after_its_deadline_is_refused(self, world: World) -> None:
        past = world.node.now() - 1
        item = world.registration(key_of("enterprise"), digest("fingerprint"), deadline=past)
        with refused("SignedActions_DeadlinePassed", past, ANY):
            world.enterprises.registerBatch([item]).by(world.platform)

    def test_a_deactivated_did_cannot_be_registered(self, world: World) -> None:
        world.dids.changeOwner(world.stranger, NOBODY).by(world.stranger)
        item = world.registration(key_of("enterprise"), digest("fingerprint"))
        item[1] = world.stranger
        with refused("SignedActions_BadSignature", ANY, NOBODY):
            world.enterprises.registerBatch([item]).by(world.platform)

    def test_a_key_the_owner_did_not_sign_is_refused(self, world: World) -> None:
        item = world.registration(key_of("enterprise"), digest("fingerprint"))
        item[2] = P256_KEY[:-2] + "00"
        with refused("DIDRegistry_BadSignature", item[1], ANY, item[1]):
            world.enterprises.registerBatch([item]).by(world.platform)


class TestSetRegistrar:
    def test_the_governor_sets_registrars(self, world: World) -> None:
        done = world.as_governor(world.enterprises, "setRegistrar", world.stranger, True)
        assert done.only("RegistrarSet") == {"account": world.stranger, "allowed": True}
        item = world.registration(key_of("enterprise"), digest("fingerprint"))
        world.enterprises.registerBatch([item]).by(world.stranger)

    def test_nobody_else_does(self, world: World) -> None:
        with refused("AccessManagedUnauthorized", world.platform):
            world.enterprises.setRegistrar(world.stranger, True).by(world.platform)


class TestSetStateBatch:
    def test_the_regulator_suspends_reinstates_and_dissolves(
        self, world: World, registered
    ) -> None:
        enterprise, fingerprint = registered
        for state in (SUSPENDED, ACTIVE, DISSOLVED):
            assert set_state(world, fingerprint, state).only("EnterpriseStateChanged") == {
                "fingerprint": fingerprint,
                "state": state,
                "reasonDigest": digest("reason"),
            }
            live = world.enterprises.isLive(fingerprint, enterprise.address).read()
            assert live is (state == ACTIVE)

    @pytest.mark.parametrize(
        ("path", "requested"),
        [
            ([], ACTIVE),
            ([], NONE),
            ([SUSPENDED], SUSPENDED),
            ([DISSOLVED], ACTIVE),
            ([DISSOLVED], SUSPENDED),
            ([DISSOLVED], DISSOLVED),
        ],
    )
    def test_other_transitions_are_refused(self, world: World, registered, path, requested) -> None:
        fingerprint = registered[1]
        for state in path:
            set_state(world, fingerprint, state)
        actual = path[-1] if path else ACTIVE
        with refused("EnterpriseRegistry_WrongState", fingerprint, actual, requested):
            set_state(world, fingerprint, requested)

    def test_an_unknown_enterprise_is_refused(self, world: World) -> None:
        with refused("EnterpriseRegistry_Unknown", digest("nobody")):
            set_state(world, digest("nobody"), SUSPENDED)

    def test_only_the_regulator_sets_states(self, world: World, registered) -> None:
        with refused("AccessManagedUnauthorized", world.platform):
            world.enterprises.setStateBatch([[registered[1], SUSPENDED, ZERO]]).by(world.platform)


class TestSetGuardiansBatch:
    def test_the_owner_sets_guardians(self, world: World, registered) -> None:
        done = guardian_set(world, *registered).by(world.platform)
        assert done.only("GuardiansSet") == {
            "fingerprint": registered[1],
            "threshold": 2,
            "guardians": [guardian.address for guardian in GUARDIANS],
            "sequence": 0,
        }
        assert world.enterprises.guardiansDigestOf(registered[1]).read() != ZERO

    def test_the_same_signature_works_once(self, world: World, registered) -> None:
        call = guardian_set(world, *registered)
        call.by(world.platform)
        with refused("EnterpriseRegistry_WrongSequence", registered[1], 1, 0):
            call.by(world.platform)

    def test_another_key_is_refused(self, world: World, registered) -> None:
        other = key_of("other")
        with refused("SignedActions_BadSignature", other.address, registered[0].address):
            guardian_set(world, other, registered[1]).by(world.platform)

    @pytest.mark.parametrize(
        "changes",
        [
            {"threshold": 0},
            {"threshold": 4},
            {"guardians": [], "threshold": 1},
            {"guardians": [GUARDIANS[1].address, GUARDIANS[0].address]},
            {"guardians": [GUARDIANS[0].address, GUARDIANS[0].address]},
            {"guardians": [NOBODY, GUARDIANS[0].address]},
            {"guardians": [f"0x{i:040x}" for i in range(1, 18)]},
        ],
        ids=lambda changes: ",".join(changes),
    )
    def test_a_malformed_set_is_refused(self, world: World, registered, changes) -> None:
        members = {"guardians": [g.address for g in GUARDIANS], "threshold": 2} | changes
        with refused(
            "EnterpriseRegistry_BadGuardians", len(members["guardians"]), members["threshold"]
        ):
            guardian_set(world, *registered, **changes).by(world.platform)

    def test_a_dissolved_enterprise_has_no_guardians(self, world: World, registered) -> None:
        set_state(world, registered[1], DISSOLVED)
        with refused("EnterpriseRegistry_WrongState", registered[1], DISSOLVED, ACTIVE):
            guardian_set(world, *registered).by(world.platform)

    def test_guardians_stay_while_a_recovery_is_pending(self, world: World, recovering) -> None:
        with refused("EnterpriseRegistry_RecoveryPending", recovering[1], NEW.address):
            guardian_set(world, *recovering, sequence=2).by(world.platform)


class TestRecovery:
    def test_guardians_replace_the_did_after_the_delay(self, world: World, guarded) -> None:
        enterprise, fingerprint = guarded
        proposed = proposal(world, fingerprint).by(world.platform)
        assert proposed.only("RecoveryProposed") == {
            "fingerprint": fingerprint,
            "newDid": NEW.address,
            "executableAt": proposed.at + WEEK,
            "sequence": 1,
        }
        assert world.enterprises.recoveryOf(fingerprint).fields()["newDid"] == NEW.address
        world.node.advance(WEEK)
        executed = world.enterprises.executeRecoveryBatch([fingerprint]).by(world.stranger)
        assert executed.only("EnterpriseRecovered") == {
            "fingerprint": fingerprint,
            "oldDid": enterprise.address,
            "newDid": NEW.address,
        }
        assert world.enterprises.isLive(fingerprint, NEW.address).read() is True
        assert world.enterprises.recoveryOf(fingerprint).fields()["newDid"] == NOBODY

    def test_it_waits_for_the_whole_delay(self, world: World, recovering) -> None:
        fingerprint = recovering[1]
        executable_at = world.enterprises.recoveryOf(fingerprint).fields()["executableAt"]
        world.node.advance(WEEK - 60)
        with refused("EnterpriseRegistry_TooEarly", fingerprint, executable_at, ANY):
            world.enterprises.executeRecoveryBatch([fingerprint]).by(world.stranger)

    def test_the_owner_cancels(self, world: World, recovering) -> None:
        enterprise, fingerprint = recovering
        done = cancellation(world, enterprise, fingerprint).by(world.platform)
        assert done.only("RecoveryCancelled") == {"fingerprint": fingerprint, "sequence": 2}
        world.node.advance(WEEK)
        with refused("EnterpriseRegistry_NoRecovery", fingerprint):
            world.enterprises.executeRecoveryBatch([fingerprint]).by(world.stranger)

    def test_nobody_else_cancels(self, world: World, recovering) -> None:
        with refused("SignedActions_BadSignature", NEW.address, recovering[0].address):
            cancellation(world, NEW, recovering[1]).by(world.platform)

    def test_a_cancelled_proposal_cannot_be_repeated(self, world: World, guarded) -> None:
        call = proposal(world, guarded[1])
        call.by(world.platform)
        cancellation(world, *guarded).by(world.platform)
        with refused("EnterpriseRegistry_WrongSequence", guarded[1], 3, 1):
            call.by(world.platform)

    def test_nothing_to_cancel_is_refused(self, world: World, guarded) -> None:
        with refused("EnterpriseRegistry_NoRecovery", guarded[1]):
            cancellation(world, *guarded, sequence=1).by(world.platform)

    def test_a_second_proposal_is_refused(self, world: World, recovering) -> None:
        with refused("EnterpriseRegistry_RecoveryPending", recovering[1], NEW.address):
            proposal(world, recovering[1], sequence=2).by(world.platform)

    def test_too_few_signatures_are_refused(self, world: World, guarded) -> None:
        with refused("EnterpriseRegistry_TooFewSignatures", guarded[1], 1, 2):
            proposal(world, guarded[1], signers=[GUARDIANS[0], None, None]).by(world.platform)

    def test_a_signature_of_no_guardian_is_refused(self, world: World, guarded) -> None:
        with refused("SignedActions_BadSignature", NEW.address, GUARDIANS[2].address):
            proposal(world, guarded[1], signers=[GUARDIANS[0], None, NEW]).by(world.platform)

    def test_one_guardian_does_not_count_twice(self, world: World, guarded) -> None:
        with refused("SignedActions_BadSignature", GUARDIANS[0].address, GUARDIANS[1].address):
            signers = [GUARDIANS[0], GUARDIANS[0], None]
            proposal(world, guarded[1], signers=signers).by(world.platform)

    def test_signatures_must_match_guardians(self, world: World, guarded) -> None:
        with refused("EnterpriseRegistry_SignaturesDoNotMatch", 3, 2):
            proposal(world, guarded[1], signers=[GUARDIANS[0], GUARDIANS[1]]).by(world.platform)

    @pytest.mark.parametrize(
        "changes", [{"threshold": 1}, {"guardians": [NEW.address]}], ids=["threshold", "guardians"]
    )
    def test_another_set_is_refused(self, world: World, guarded, changes) -> None:
        recorded = world.enterprises.guardiansDigestOf(guarded[1]).read()
        with refused("EnterpriseRegistry_OtherGuardians", guarded[1], recorded, ANY):
            proposal(world, guarded[1], **changes).by(world.platform)

    def test_without_guardians_nobody_proposes(self, world: World, registered) -> None:
        with refused("EnterpriseRegistry_OtherGuardians", registered[1], ZERO, ANY):
            proposal(world, registered[1], sequence=0).by(world.platform)

    @pytest.mark.parametrize("did", [NOBODY, key_of("enterprise").address])
    def test_the_new_did_must_be_another(self, world: World, guarded, did: str) -> None:
        with refused("EnterpriseRegistry_BadDid", guarded[1], did):
            proposal(world, guarded[1], new_did=did).by(world.platform)

    def test_a_dissolved_enterprise_is_not_recovered(self, world: World, recovering) -> None:
        set_state(world, recovering[1], DISSOLVED)
        world.node.advance(WEEK)
        with refused("EnterpriseRegistry_WrongState", recovering[1], DISSOLVED, ACTIVE):
            world.enterprises.executeRecoveryBatch([recovering[1]]).by(world.stranger)


class TestViews:
    def test_what_never_was_is_all_zero(self, world: World) -> None:
        never = digest("never")
        assert set(world.enterprises.enterpriseOf(never).read()) == {NOBODY, 0}
        assert set(world.enterprises.recoveryOf(never).read()) == {NOBODY, 0}
        assert world.enterprises.guardiansDigestOf(never).read() == ZERO
        assert not world.enterprises.isLive(never, NOBODY).read()

    def test_the_platform_is_a_registrar(self, world: World) -> None:
        assert world.enterprises.isRegistrar(world.platform).read()
        assert not world.enterprises.isRegistrar(world.stranger).read()
