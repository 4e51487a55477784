"""CredentialRegistry: only the accredited anchor, and revoked is final."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from .calls import refused
from .merkle import Leaf, pair, proof_of, root_of
from .world import (
    BEIJING,
    HAIDIAN,
    INVOICE,
    SHANGHAI,
    TAX_CREDIT,
    ZERO,
    World,
    digest,
)

VALID, REVOKED, SUSPENDED = 0, 1, 2
ROOT = digest("root")
ALL_REVOKED = (2**256 - 1) // 3


@pytest.fixture
def issuing(world: World) -> World:
    """The tax authority may issue tax credits and invoices in Beijing."""
    world.accredit(world.tax, [TAX_CREDIT, INVOICE])
    return world


def anchor(
    world: World, *, by: str, root: str = ROOT, kind: str = TAX_CREDIT, where: int = BEIJING
):
    return world.credentials.anchorBatch([[root, kind, where]]).by(by)


def set_status(world: World, *updates: tuple[int, int], by: str | None = None):
    return world.credentials.setStatusBatch([list(u) for u in updates]).by(by or world.tax)


def status(world: World, index: int, issuer: str | None = None) -> int:
    return world.credentials.statusOf(issuer or world.tax, index).read()


class TestAnchor:
    def test_an_accredited_issuer_anchors(self, issuing: World) -> None:
        done = anchor(issuing, by=issuing.tax)
        assert done.only("BatchAnchored") == {
            "root": ROOT,
            "issuer": issuing.tax,
            "credentialType": TAX_CREDIT,
            "jurisdiction": BEIJING,
        }
        assert issuing.credentials.batchOf(issuing.tax, TAX_CREDIT, ROOT).fields() == {
            "anchoredAt": done.at,
            "jurisdiction": BEIJING,
        }

    def test_one_or_several_at_once(self, issuing: World) -> None:
        one = issuing.credentials.anchor([digest("one"), TAX_CREDIT, BEIJING]).by(issuing.tax)
        assert one.only("BatchAnchored")["root"] == digest("one")
        items = [
            [digest(f"root {i}"), kind, HAIDIAN] for i in range(3) for kind in (TAX_CREDIT, INVOICE)
        ]
        assert len(issuing.credentials.anchorBatch(items).by(issuing.tax).all("BatchAnchored")) == 6

    def test_a_stranger_does_not(self, issuing: World) -> None:
        with refused("CredentialRegistry_NotAccredited", issuing.stranger, TAX_CREDIT, BEIJING):
            anchor(issuing, by=issuing.stranger)

    @pytest.mark.parametrize(
        ("kind", "where"), [(digest("another type"), BEIJING), (TAX_CREDIT, SHANGHAI)]
    )
    def test_nor_for_another_type_or_place(self, issuing: World, kind: str, where: int) -> None:
        with refused("CredentialRegistry_NotAccredited", issuing.tax, kind, where):
            anchor(issuing, by=issuing.tax, kind=kind, where=where)

    def test_the_same_root_is_anchored_once(self, issuing: World) -> None:
        at = anchor(issuing, by=issuing.tax).at
        with refused("CredentialRegistry_AlreadyAnchored", ROOT, at):
            anchor(issuing, by=issuing.tax)

    def test_another_issuer_may_anchor_the_same_root(self, issuing: World) -> None:
        issuing.accredit(issuing.department, [TAX_CREDIT], by=issuing.tax, where=[HAIDIAN])
        anchor(issuing, by=issuing.department, where=HAIDIAN)
        anchor(issuing, by=issuing.tax)

    def test_a_zero_root_is_refused(self, issuing: World) -> None:
        with refused("CredentialRegistry_NoRoot"):
            anchor(issuing, by=issuing.tax, root=ZERO)


class TestPermits:
    """What the contract keeps of the tree never outlives what the tree says."""

    @pytest.fixture
    def kept(self, issuing: World) -> World:
        issuing.accredit(issuing.department, [TAX_CREDIT], by=issuing.tax, where=[HAIDIAN])
        anchor(issuing, by=issuing.department, where=HAIDIAN)
        set_status(issuing, (0, SUSPENDED), by=issuing.department)
        return issuing

    def refuse(self, world: World) -> None:
        with refused("CredentialRegistry_NotAccredited", world.department, TAX_CREDIT, HAIDIAN):
            anchor(world, by=world.department, root=digest("next"), where=HAIDIAN)

    def test_suspending_the_issuer_or_an_ancestor_ends_them_at_once(self, kept: World) -> None:
        for node in (kept.department, kept.tax):
            assert kept.suspend(node).only("PermitsInvalidated")["epoch"] == ANY
            self.refuse(kept)
            with refused("CredentialRegistry_NotStanding", kept.department):
                set_status(kept, (1, REVOKED), by=kept.department)
            kept.suspend(node, False)
            anchor(kept, by=kept.department, root=digest(node), where=HAIDIAN)
            set_status(kept, (1, SUSPENDED), by=kept.department)

    def test_narrowing_an_ancestor_ends_them_at_once(self, kept: World) -> None:
        kept.accredit(kept.tax, [TAX_CREDIT], where=[SHANGHAI])
        self.refuse(kept)

    def test_expiry_of_an_ancestor_ends_them(self, issuing: World) -> None:
        until = issuing.node.now() + 1000
        issuing.accredit(issuing.tax, [TAX_CREDIT], window=(0, until))
        issuing.accredit(issuing.department, [TAX_CREDIT], by=issuing.tax, where=[HAIDIAN])
        anchor(issuing, by=issuing.department, where=HAIDIAN)
        issuing.node.advance(1000)
        self.refuse(issuing)

    def test_a_narrower_window_that_begins_later_ends_them_then(self, kept: World) -> None:
        start = kept.node.now() + 1000
        kept.accredit(kept.tax, [TAX_CREDIT], where=[SHANGHAI], window=(start, 0))
        anchor(kept, by=kept.department, root=digest("before"), where=HAIDIAN)
        kept.node.advance(1000)
        self.refuse(kept)

    def test_a_new_issuer_leaves_them(self, kept: World) -> None:
        epoch = kept.credentials.epoch().read()
        kept.accredit(kept.bank_a, [TAX_CREDIT])
        assert kept.credentials.epoch().read() == epoch

    def test_only_the_accreditation_registry_ends_them(self, issuing: World) -> None:
        with refused("CredentialRegistry_NotAccreditationRegistry", issuing.regulator):
            issuing.credentials.invalidatePermits().by(issuing.regulator)


class TestSetStatusBatch:
    def test_statuses_live_in_the_issuers_namespace(self, issuing: World) -> None:
        issuing.accredit(issuing.department, [TAX_CREDIT], by=issuing.tax, where=[HAIDIAN])
        done = set_status(issuing, (5, REVOKED), (6, SUSPENDED), (300, REVOKED))
        assert done.only("StatusesChanged") == {
            "issuer": issuing.tax,
            "updates": [[5, REVOKED], [6, SUSPENDED], [300, REVOKED]],
        }
        assert [status(issuing, i) for i in (4, 5, 6, 300)] == [VALID, REVOKED, SUSPENDED, REVOKED]
        assert status(issuing, 5, issuing.department) == VALID
        assert issuing.credentials.statusWordOf(issuing.tax, 0).read() == 1 << 10 | 2 << 12

    def test_a_suspension_can_end(self, issuing: World) -> None:
        set_status(issuing, (5, SUSPENDED))
        set_status(issuing, (5, VALID))
        assert status(issuing, 5) == VALID

    @pytest.mark.parametrize("requested", [VALID, SUSPENDED])
    def test_revoked_is_final(self, issuing: World, requested: int) -> None:
        set_status(issuing, (5, REVOKED))
        with refused("CredentialRegistry_RevokedIsFinal", issuing.tax, 5, requested):
            set_status(issuing, (5, requested))
        set_status(issuing, (5, REVOKED))
        assert status(issuing, 5) == REVOKED

    def test_also_within_one_batch(self, issuing: World) -> None:
        with refused("CredentialRegistry_RevokedIsFinal", issuing.tax, 5, VALID):
            set_status(issuing, (5, REVOKED), (5, VALID))
        with refused("CredentialRegistry_RevokedIsFinal", issuing.tax, 5, VALID):
            set_status(issuing, (5, REVOKED), (200, REVOKED), (5, VALID))

    def test_three_is_no_status(self, issuing: World) -> None:
        with refused("CredentialRegistry_BadStatus", 5, 3):
            set_status(issuing, (5, 3))

    def test_a_stranger_sets_none(self, issuing: World) -> None:
        with refused("CredentialRegistry_NotStanding", issuing.stranger):
            set_status(issuing, (5, REVOKED), by=issuing.stranger)

    def test_an_issuer_without_scope_still_revokes(self, issuing: World) -> None:
        issuing.accredit(issuing.tax, [TAX_CREDIT, INVOICE], where=[])
        set_status(issuing, (5, REVOKED))
        assert status(issuing, 5) == REVOKED

    def test_an_empty_batch_changes_nothing(self, issuing: World) -> None:
        assert set_status(issuing).only("StatusesChanged")["updates"] == []

    @settings(max_examples=25, deadline=None)
    @given(
        updates=st.lists(
            st.tuples(st.integers(0, 400), st.sampled_from([VALID, SUSPENDED])), max_size=30
        )
    )
    def test_any_batch_gives_the_last_status_of_each(self, deployed: World, updates) -> None:
        snapshot = deployed.node.snapshot()
        deployed.accredit(deployed.tax, [TAX_CREDIT])
        set_status(deployed, *updates)
        for index, expected in dict(updates).items():
            assert status(deployed, index) == expected
        deployed.node.revert(snapshot)


class TestSetStatusWordBatch:
    def test_it_sets_128_at_once(self, issuing: World) -> None:
        items = [[7, ALL_REVOKED], [9, 2]]
        done = issuing.credentials.setStatusWordBatch(items).by(issuing.tax)
        assert done.only("StatusWordsChanged") == {"issuer": issuing.tax, "words": items}
        assert [status(issuing, i) for i in (895, 896, 1023, 1024, 1152)] == [0, 1, 1, 0, 2]

    def test_revoked_is_final(self, issuing: World) -> None:
        set_status(issuing, (5, REVOKED), (127, REVOKED), (6, SUSPENDED))
        for word in (0, 2 << 10 | 1 << 254, 1 << 10):
            lost = (1 << 10 | 1 << 254) & ~word
            with refused("CredentialRegistry_RevokedInWord", issuing.tax, 0, lost):
                issuing.credentials.setStatusWordBatch([[0, word]]).by(issuing.tax)
        issuing.credentials.setStatusWordBatch([[0, 1 << 10 | 1 << 254]]).by(issuing.tax)
        assert status(issuing, 6) == VALID

    def test_three_is_no_status(self, issuing: World) -> None:
        with refused("CredentialRegistry_BadWord", 4, 1 << 20 | 1):
            issuing.credentials.setStatusWordBatch([[4, 3 << 20 | 2 << 4 | 3]]).by(issuing.tax)

    def test_a_stranger_sets_none(self, issuing: World) -> None:
        with refused("CredentialRegistry_NotStanding", issuing.stranger):
            issuing.credentials.setStatusWordBatch([[0, 1]]).by(issuing.stranger)


LEAVES = [Leaf(keccak(text=f"c{i}"), bytes.fromhex(TAX_CREDIT[2:]), i) for i in range(11)]


class TestVerifyInclusion:
    @pytest.mark.parametrize("position", range(11))
    def test_every_leaf_is_included(self, issuing: World, position: int) -> None:
        credential = issuing.anchor(issuing.tax, LEAVES, position=position)
        assert issuing.credentials.verifyInclusion(credential.inclusion()).read() is True
        leaf = credential.leaf
        assert (
            issuing.credentials.leafOf(
                leaf.digest, leaf.credential_type, leaf.index, leaf.asset
            ).read()
            == "0x" + leaf.hash.hex()
        )

    @pytest.mark.parametrize(
        "changes",
        [
            {"digest": digest("another")},
            {"index": 4},
            {"asset": digest("an asset")},
            {"root": digest("another root")},
            {"issuer": "0x" + "11" * 20},
            {"credential_type": INVOICE},
            {"proof": []},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_anything_else_is_not(self, issuing: World, changes) -> None:
        credential = issuing.anchor(issuing.tax, LEAVES, position=3)
        inclusion = credential.inclusion(**changes)
        assert issuing.credentials.verifyInclusion(inclusion).read() is False

    def test_an_inner_node_is_no_leaf(self, issuing: World) -> None:
        """A node that hashes the same two words as a forged leaf's inner bytes proves nothing."""
        credential = issuing.anchor(issuing.tax, LEAVES[:4])
        hashes = [leaf.hash for leaf in LEAVES[:4]]
        inner = pair(hashes[0], hashes[1])
        assert root_of(hashes) == pair(inner, pair(hashes[2], hashes[3]))
        forged = credential.inclusion(digest=inner, proof=proof_of(hashes, 0)[1:])
        assert issuing.credentials.verifyInclusion(forged).read() is False

    def test_a_single_leaf_is_its_own_root(self, issuing: World) -> None:
        credential = issuing.anchor(issuing.tax, LEAVES[:1])
        assert credential.proof == ()
        assert issuing.credentials.verifyInclusion(credential.inclusion()).read() is True

    @settings(max_examples=20, deadline=None)
    @given(data=st.data())
    def test_one_flipped_bit_is_not_included(self, deployed: World, data) -> None:
        snapshot = deployed.node.snapshot()
        deployed.accredit(deployed.tax, [TAX_CREDIT])
        credential = deployed.anchor(deployed.tax, LEAVES, position=data.draw(st.integers(0, 9)))
        members = {"digest": credential.leaf.digest, "asset": credential.leaf.asset}
        members |= {"root": credential.root, "credential_type": credential.leaf.credential_type}
        members |= {str(i): node for i, node in enumerate(credential.proof)}
        name = data.draw(st.sampled_from(sorted(members)))
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(members[name], "big") ^ 1 << bit).to_bytes(32, "big")
        if name.isdigit():
            proof = list(credential.proof)
            proof[int(name)] = flipped
            inclusion = credential.inclusion(proof=proof)
        else:
            inclusion = credential.inclusion(**{name: flipped})
        assert deployed.credentials.verifyInclusion(inclusion).read() is False
        deployed.node.revert(snapshot)


class TestViews:
    def test_a_status_is_zero_until_it_is_set(self, world: World) -> None:
        world.accredit(world.tax, [TAX_CREDIT])
        world.credentials.setStatusBatch([[129, 2]]).by(world.tax)
        word = world.credentials.statusWordOf
        assert world.credentials.statusOf(world.tax, 129).read() == 2
        assert word(world.tax, 1).read() == 2 << 2
        for issuer, index in ((world.tax, 128), (world.tax, 1), (world.department, 129)):
            assert world.credentials.statusOf(issuer, index).read() == 0
        assert word(world.department, 1).read() == 0

    def test_a_batch_is_its_issuers_for_its_type(self, world: World) -> None:
        world.accredit(world.tax, [TAX_CREDIT, INVOICE])
        done = world.credentials.anchor([digest("root"), TAX_CREDIT, BEIJING]).by(world.tax)
        batch = world.credentials.batchOf
        assert list(batch(world.tax, TAX_CREDIT, digest("root")).read()) == [done.at, BEIJING]
        for other in (
            (world.department, TAX_CREDIT, digest("root")),
            (world.tax, INVOICE, digest("root")),
            (world.tax, TAX_CREDIT, digest("other root")),
        ):
            assert list(batch(*other).read()) == [0, 0]

    def test_a_leaf_hashes_twice(self, world: World) -> None:
        leaf = Leaf(keccak(text="digest"), keccak(text="type"), 2**200, keccak(text="asset"))
        found = world.credentials.leafOf(
            leaf.digest, leaf.credential_type, leaf.index, leaf.asset
        ).read()
        assert found == "0x" + leaf.hash.hex()

    def test_an_epoch_ends_with_every_narrowing(self, world: World) -> None:
        epoch = world.credentials.epoch
        before = epoch().read()
        world.accredit(world.tax, [TAX_CREDIT])
        assert epoch().read() == before
        world.accredit(world.tax, [TAX_CREDIT])
        world.suspend(world.tax)
        assert epoch().read() == before + 2
