"""ConsentRegistry: granted by the enterprise's key only, paused or revoked at once."""

from __future__ import annotations

from unittest.mock import ANY

import pytest

from .calls import refused
from .signing import key_of, sign
from .world import NOBODY, ZERO, World, digest

NONE, ACTIVE, PAUSED, REVOKED = range(4)
ENTERPRISE = key_of("enterprise")
CONSENT = digest("consent")
HOUR = 3600
ACTIONS = {"pause": "ConsentPause", "resume": "ConsentResumption", "revoke": "ConsentRevocation"}


def grant(world: World, *, signer=ENTERPRISE, expires_in: int | None = HOUR, **changes):
    now = world.node.now()
    members = {
        "consent_id": CONSENT,
        "did": ENTERPRISE.address,
        "recipient": world.bank_a,
        "expires_at": 0 if expires_in is None else now + expires_in,
        "deadline": now + HOUR,
    } | changes
    values = list(members.values())
    return world.consents.grantBatch(
        [[*values, sign(signer, world.consents, "ConsentGrant", *values)]]
    )


def change(world: World, action: str, sequence: int, *, signer=ENTERPRISE, deadline=None):
    values = (CONSENT, sequence, deadline or world.node.now() + HOUR)
    signature = sign(signer, world.consents, ACTIONS[action], *values)
    return getattr(world.consents, f"{action}Batch")([[*values, signature]])


def active(world: World, recipient: str | None = None) -> bool:
    return world.consents.isActive(CONSENT, recipient or world.bank_a).read()


@pytest.fixture
def granted(world: World) -> World:
    grant(world).by(world.platform)
    return world


class TestGrantBatch:
    def test_the_owner_of_the_did_grants(self, world: World) -> None:
        assert not active(world)
        done = grant(world).by(world.platform)
        consent = world.consents.consentOf(CONSENT).fields()
        assert done.only("ConsentGranted") == {
            "consentId": CONSENT,
            "did": ENTERPRISE.address,
            "recipient": world.bank_a,
            "expiresAt": consent["expiresAt"],
        }
        assert consent == {
            "did": ENTERPRISE.address,
            "expiresAt": ANY,
            "state": ACTIVE,
            "sequence": 0,
            "recipient": world.bank_a,
            "grantedAt": done.at,
        }
        assert active(world)
        assert not active(world, world.bank_b)

    def test_directly_without_a_signature(self, world: World) -> None:
        item = [CONSENT, world.stranger, world.bank_a, 0, 0, "0x"]
        with refused("SignedActions_NotAuthoriser", world.platform, world.stranger):
            world.consents.grantBatch([item]).by(world.platform)
        world.consents.grantBatch([item]).by(world.stranger)
        assert active(world)

    def test_a_new_owner_of_the_did_grants_and_the_former_does_not(self, world: World) -> None:
        did, new = world.stranger, key_of("new owner")
        world.dids.changeOwner(did, new.address).by(did)
        with refused("SignedActions_BadSignature", ENTERPRISE.address, new.address):
            grant(world, did=did).by(world.platform)
        grant(world, did=did, signer=new).by(world.platform)

    def test_it_expires_by_itself(self, granted: World) -> None:
        granted.node.advance(HOUR + 1)
        assert not active(granted)
        assert granted.consents.consentOf(CONSENT).fields()["state"] == ACTIVE

    def test_without_expiry_it_stays(self, world: World) -> None:
        grant(world, expires_in=None).by(world.platform)
        world.node.advance(100 * 365 * 86400)
        assert active(world)

    def test_a_consent_is_granted_once(self, granted: World) -> None:
        with refused("ConsentRegistry_AlreadyGranted", CONSENT, ENTERPRISE.address):
            grant(granted).by(granted.platform)
        change(granted, "revoke", 0).by(granted.platform)
        with refused("ConsentRegistry_AlreadyGranted", CONSENT, ENTERPRISE.address):
            grant(granted).by(granted.platform)

    def test_another_key_grants_nothing(self, world: World) -> None:
        other = key_of("other")
        with refused("SignedActions_BadSignature", other.address, ENTERPRISE.address):
            grant(world, signer=other).by(world.platform)

    def test_nobody_grants_for_a_deactivated_did(self, world: World) -> None:
        """Also not by a signature that is nobody's, as nobody is the owner."""
        did, until = world.stranger, world.node.now() + HOUR
        world.dids.changeOwner(did, NOBODY).by(did)
        for signature in ("0x" + "00" * 65, "0x00"):
            with refused("SignedActions_BadSignature", NOBODY, NOBODY):
                world.consents.grantBatch([[CONSENT, did, world.bank_a, 0, until, signature]]).by(
                    world.platform
                )

    def test_somebody_must_be_the_recipient(self, world: World) -> None:
        with refused("ConsentRegistry_NoRecipient", CONSENT):
            grant(world, recipient=NOBODY).by(world.platform)

    def test_an_expired_consent_is_not_granted(self, world: World) -> None:
        past = world.node.now() - 1
        with refused("ConsentRegistry_AlreadyExpired", CONSENT, past, ANY):
            grant(world, expires_at=past).by(world.platform)

    def test_a_late_signature_is_refused(self, world: World) -> None:
        past = world.node.now() - 1
        with refused("SignedActions_DeadlinePassed", past, ANY):
            grant(world, deadline=past).by(world.platform)

    def test_a_signature_for_another_contract_is_refused(self, world: World) -> None:
        values = [CONSENT, ENTERPRISE.address, world.bank_a, 0, world.node.now() + HOUR]
        for changes in ({"verifying_contract": world.credit.address}, {"chain_id": 1}):
            signature = sign(ENTERPRISE, world.consents, "ConsentGrant", *values, **changes)
            with refused("SignedActions_BadSignature", ANY, ENTERPRISE.address):
                world.consents.grantBatch([[*values, signature]]).by(world.platform)


class TestChanges:
    def test_pause_resume_revoke_take_effect_at_once(self, granted: World) -> None:
        steps = [("pause", PAUSED), ("resume", ACTIVE), ("pause", PAUSED), ("revoke", REVOKED)]
        for sequence, (action, state) in enumerate(steps):
            done = change(granted, action, sequence).by(granted.platform)
            assert done.only("ConsentChanged") == {
                "consentId": CONSENT,
                "state": state,
                "sequence": sequence + 1,
            }
            assert active(granted) is (state == ACTIVE)

    def test_an_active_consent_can_be_revoked(self, granted: World) -> None:
        change(granted, "revoke", 0).by(granted.platform)
        assert not active(granted)

    @pytest.mark.parametrize(
        ("path", "action"),
        [
            (["pause"], "pause"),
            ([], "resume"),
            (["revoke"], "pause"),
            (["revoke"], "resume"),
            (["revoke"], "revoke"),
        ],
    )
    def test_other_changes_are_refused(self, granted: World, path, action: str) -> None:
        for sequence, step in enumerate(path):
            change(granted, step, sequence).by(granted.platform)
        states = {"pause": PAUSED, "resume": ACTIVE, "revoke": REVOKED}
        actual = states[path[-1]] if path else ACTIVE
        with refused("ConsentRegistry_WrongState", CONSENT, actual, states[action]):
            change(granted, action, len(path)).by(granted.platform)

    @pytest.mark.parametrize(("action", "state"), [("pause", PAUSED), ("revoke", REVOKED)])
    def test_a_consent_never_granted_does_not_change(self, world: World, action, state) -> None:
        with refused("ConsentRegistry_WrongState", CONSENT, NONE, state):
            change(world, action, 0).by(world.platform)

    def test_a_change_works_once(self, granted: World) -> None:
        pause = change(granted, "pause", 0)
        pause.by(granted.platform)
        change(granted, "resume", 1).by(granted.platform)
        with refused("ConsentRegistry_WrongSequence", CONSENT, 2, 0):
            pause.by(granted.platform)

    @pytest.mark.parametrize("action", ["pause", "revoke"])
    def test_another_key_changes_nothing(self, granted: World, action: str) -> None:
        other = key_of("other")
        with refused("SignedActions_BadSignature", other.address, ENTERPRISE.address):
            change(granted, action, 0, signer=other).by(granted.platform)

    def test_a_signed_pause_revokes_nothing(self, granted: World) -> None:
        values = (CONSENT, 0, granted.node.now() + HOUR)
        signature = sign(ENTERPRISE, granted.consents, "ConsentPause", *values)
        with refused("SignedActions_BadSignature", ANY, ENTERPRISE.address):
            granted.consents.revokeBatch([[*values, signature]]).by(granted.platform)

    def test_a_late_signature_is_refused(self, granted: World) -> None:
        past = granted.node.now() - 1
        with refused("SignedActions_DeadlinePassed", past, ANY):
            change(granted, "revoke", 0, deadline=past).by(granted.platform)


class TestAnchorLogBatch:
    def test_roots_form_one_chain(self, world: World) -> None:
        first, second = digest("log 10"), digest("log 25")
        items = [[first, ZERO, 10], [second, first, 25]]
        done = world.consents.anchorLogBatch(items).by(world.platform)
        assert done.all("LogAnchored") == [
            {"keeper": world.platform, "size": 10, "root": first, "previousRoot": ZERO},
            {"keeper": world.platform, "size": 25, "root": second, "previousRoot": first},
        ]
        assert world.consents.logHeadOf(world.platform).fields() == {
            "root": second,
            "size": 25,
            "anchoredAt": done.at,
        }

    @pytest.mark.parametrize(
        ("previous", "size"), [(ZERO, 11), (digest("log 10"), 10), (digest("log 10"), 9)]
    )
    def test_a_root_out_of_order_is_refused(self, world: World, previous: str, size: int) -> None:
        first = digest("log 10")
        world.consents.anchorLogBatch([[first, ZERO, 10]]).by(world.platform)
        with refused("ConsentRegistry_LogOutOfOrder", world.platform, first, 10, size):
            world.consents.anchorLogBatch([[digest("next"), previous, size]]).by(world.platform)

    def test_only_a_log_keeper_anchors(self, world: World) -> None:
        with refused("AccessManagedUnauthorized", world.stranger):
            world.consents.anchorLogBatch([[digest("log"), ZERO, 1]]).by(world.stranger)


class TestViews:
    def test_what_never_was_is_all_zero(self, world: World) -> None:
        assert set(world.consents.consentOf(digest("never")).read()) == {NOBODY, 0}
        assert list(world.consents.logHeadOf(world.platform).read()) == [ZERO, 0, 0]
        assert not world.consents.isActive(digest("never"), NOBODY).read()
