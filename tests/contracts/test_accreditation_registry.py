"""AccreditationRegistry: the tree, its scopes, and its past."""

from __future__ import annotations

import pytest

from chain.compile import load_artifact

from .calls import refused
from .world import (
    BEIJING,
    CHINA,
    HAIDIAN,
    INVOICE,
    NOBODY,
    SHANGHAI,
    TAX_CREDIT,
    World,
    digest,
    random_account,
)

FOREVER = 2**40 - 1


def accredited(world: World, issuer: str, *, where: int = BEIJING, at: int | None = None) -> bool:
    time = world.node.now() if at is None else at
    return world.accreditations.isAccredited(issuer, TAX_CREDIT, where, time).read()


@pytest.fixture
def branch(world: World) -> World:
    """Regulator → tax → department → office, each narrower than the one above."""
    world.accredit(world.tax, [TAX_CREDIT, INVOICE], where=[BEIJING])
    world.accredit(world.department, [TAX_CREDIT], by=world.tax, where=[HAIDIAN])
    world.accredit(world.office, [TAX_CREDIT], by=world.department, where=[HAIDIAN])
    return world


class TestAccreditBatch:
    def test_the_regulator_accredits_below_itself(self, world: World) -> None:
        done = world.accredit(world.tax, [TAX_CREDIT], where=[BEIJING, SHANGHAI])
        assert done.only("Accredited") == {
            "issuer": world.tax,
            "parent": NOBODY,
            "credentialType": TAX_CREDIT,
            "jurisdictions": [BEIJING, SHANGHAI],
            "validFrom": done.at,
            "validUntil": FOREVER,
        }
        assert world.accreditations.nodeOf(world.tax).fields() == {
            "parent": NOBODY,
            "depth": 1,
            "suspended": False,
            "since": done.at,
        }
        assert world.accreditations.scopeOf(world.tax, TAX_CREDIT, done.at).read() == (
            [BEIJING, SHANGHAI],
            done.at,
            FOREVER,
        )
        assert accredited(world, world.tax, where=SHANGHAI)
        assert world.accreditations.isStanding(world.tax).read() is True

    def test_an_issuer_accredits_below_itself(self, branch: World) -> None:
        node = branch.accreditations.nodeOf(branch.office).fields()
        assert (node["parent"], node["depth"]) == (branch.department, 3)
        assert accredited(branch, branch.office, where=HAIDIAN)
        assert not accredited(branch, branch.office, where=BEIJING)

    def test_a_stranger_accredits_nobody(self, world: World) -> None:
        with refused("AccreditationRegistry_NotAccreditor", world.stranger):
            world.accredit(world.tax, [TAX_CREDIT], by=world.stranger)

    def test_a_suspended_issuer_accredits_nobody(self, branch: World) -> None:
        branch.suspend(branch.tax)
        with refused("AccreditationRegistry_NotAccreditor", branch.department):
            branch.accredit(random_account(), [TAX_CREDIT], by=branch.department)

    @pytest.mark.parametrize(
        ("kind", "where"), [(TAX_CREDIT, SHANGHAI), (TAX_CREDIT, CHINA), (digest("x"), BEIJING)]
    )
    def test_nothing_is_passed_on_beyond_the_own_scope(
        self, branch: World, kind: str, where: int
    ) -> None:
        with refused("AccreditationRegistry_BeyondScope", branch.tax, kind, where):
            branch.accredit(random_account(), [kind], by=branch.tax, where=[where])

    def test_an_expired_scope_is_not_passed_on(self, world: World) -> None:
        now = world.node.now()
        world.accredit(world.tax, [TAX_CREDIT], window=(0, now + 1000))
        world.node.advance(1000)
        with refused("AccreditationRegistry_BeyondScope", world.tax, TAX_CREDIT, BEIJING):
            world.accredit(world.department, [TAX_CREDIT], by=world.tax)

    def test_the_tree_is_four_levels_deep(self, branch: World) -> None:
        lowest = branch.stranger
        branch.accredit(lowest, [TAX_CREDIT], by=branch.office, where=[HAIDIAN])
        too_deep = random_account()
        with refused("AccreditationRegistry_TooDeep", too_deep, 5, 4):
            branch.accredit(too_deep, [TAX_CREDIT], by=lowest, where=[HAIDIAN])

    def test_an_issuer_keeps_its_parent(self, branch: World) -> None:
        with refused(
            "AccreditationRegistry_OtherParent", branch.department, branch.tax, branch.regulator
        ):
            branch.accredit(branch.department, [TAX_CREDIT])

    def test_nobody_accredits_an_ancestor(self, branch: World) -> None:
        with refused("AccreditationRegistry_OtherParent", branch.tax, NOBODY, branch.department):
            branch.accredit(branch.tax, [TAX_CREDIT], by=branch.department)

    def test_neither_zero_nor_the_caller_is_accredited(self, branch: World) -> None:
        for issuer in (NOBODY, branch.tax):
            with refused("AccreditationRegistry_BadIssuer", issuer):
                branch.accredit(issuer, [TAX_CREDIT], by=branch.tax)

    @pytest.mark.parametrize(("start", "end"), [(0, -1), (100, 100), (100, 50)])
    def test_an_empty_window_is_refused(self, world: World, start: int, end: int) -> None:
        now = world.node.now()
        window = (now + start, now + end)
        with refused("AccreditationRegistry_BadWindow", world.tax, *window):
            world.accredit(world.tax, [TAX_CREDIT], window=window)

    @pytest.mark.parametrize("code", [1, 99_999, 1_000_000])
    def test_a_malformed_jurisdiction_is_refused(self, world: World, code: int) -> None:
        with refused("AccreditationRegistry_BadJurisdiction", code):
            world.accredit(world.tax, [TAX_CREDIT], where=[code])

    def test_a_scope_holds_seven_jurisdictions(self, world: World) -> None:
        codes = [110101 + i for i in range(8)]
        world.accredit(world.tax, [TAX_CREDIT], where=codes[:7])
        assert all(accredited(world, world.tax, where=code) for code in codes[:7])
        with refused("AccreditationRegistry_TooManyJurisdictions", 8, 7):
            world.accredit(world.tax, [TAX_CREDIT], where=codes)

    def test_nothing_is_accredited_before_a_listener_is_bound(self, world: World) -> None:
        artifact = load_artifact("AccreditationRegistry")
        args = bytes.fromhex(world.manager.address[2:]).rjust(32, b"\0")
        raw = world.deployment.transact(
            {"from": world.deployer, "data": "0x" + (artifact.bytecode + args).hex()}
        )
        bound = world.accreditations
        try:
            unbound = world.deployment.add(artifact, raw["contractAddress"])
            with refused("AccreditationRegistry_Unbound"):
                unbound.accreditBatch([[world.tax, [TAX_CREDIT], [BEIJING], 0, 0]]).by(
                    world.regulator
                )
        finally:
            world.deployment.add(artifact, bound.address)


class TestJurisdictions:
    @pytest.mark.parametrize(
        ("scope", "place", "covered"),
        [
            (CHINA, 110108, True),
            (CHINA, CHINA, True),
            (110000, 110108, True),
            (110000, 110100, True),
            (110000, 110000, True),
            (110000, 120101, False),
            (110000, CHINA, False),
            (330100, 330106, True),
            (330100, 330200, False),
            (330100, 330000, False),
            (110108, 110108, True),
            (110108, 110100, False),
            (110108, 110109, False),
        ],
    )
    def test_a_code_covers_those_below_it(
        self, world: World, scope: int, place: int, covered: bool
    ) -> None:
        world.accredit(world.tax, [TAX_CREDIT], where=[SHANGHAI, scope])
        assert accredited(world, world.tax, where=place) is covered


class TestIsAccredited:
    def test_suspending_any_ancestor_cuts_the_branch(self, branch: World) -> None:
        until = branch.accreditations.accreditedUntil(branch.office, TAX_CREDIT, HAIDIAN)
        for node in (branch.tax, branch.department, branch.office):
            branch.suspend(node)
            assert not accredited(branch, branch.office, where=HAIDIAN)
            assert until.read() == 0
            assert branch.accreditations.isStanding(branch.office).read() is False
            branch.suspend(node, False)
            assert accredited(branch, branch.office, where=HAIDIAN)
            assert until.read() == FOREVER

    def test_suspending_a_child_leaves_its_parent(self, branch: World) -> None:
        branch.suspend(branch.department)
        assert accredited(branch, branch.tax)

    def test_expiry_of_an_ancestor_cuts_the_branch(self, world: World) -> None:
        now = world.node.now()
        world.accredit(world.tax, [TAX_CREDIT], window=(0, now + 1000))
        world.accredit(world.department, [TAX_CREDIT], by=world.tax, where=[HAIDIAN])
        until = world.accreditations.accreditedUntil(world.department, TAX_CREDIT, HAIDIAN)
        assert until.read() == now + 1000
        assert accredited(world, world.department, where=HAIDIAN, at=now + 999)
        assert not accredited(world, world.department, where=HAIDIAN, at=now + 1000)
        world.node.advance(1000)
        assert until.read() == 0

    def test_narrowing_an_ancestor_narrows_the_branch(self, branch: World) -> None:
        branch.accredit(branch.tax, [TAX_CREDIT], where=[SHANGHAI])
        assert not accredited(branch, branch.office, where=HAIDIAN)

    def test_withdrawing_a_type_leaves_the_others(self, branch: World) -> None:
        branch.accredit(branch.tax, [TAX_CREDIT], where=[])
        now = branch.node.now()
        assert not accredited(branch, branch.tax)
        assert branch.accreditations.isAccredited(branch.tax, INVOICE, BEIJING, now).read()
        assert branch.accreditations.scopeOf(branch.tax, TAX_CREDIT, now).read()[0] == []

    def test_nothing_is_accredited_retroactively(self, world: World) -> None:
        before = world.node.now()
        done = world.accredit(world.tax, [TAX_CREDIT], window=(before - 1000, 0))
        assert not accredited(world, world.tax, at=before - 500)
        assert not accredited(world, world.tax, at=done.at - 1)
        assert accredited(world, world.tax, at=done.at)

    def test_the_past_stays_what_it_was(self, branch: World) -> None:
        """A second counts as past once it is over: a change holds from the second it is made in."""
        moments = []

        def sample() -> None:
            at = branch.node.advance(50) - 1
            moments.append((at, accredited(branch, branch.office, where=HAIDIAN, at=at)))

        for suspended in (True, False, True, False):
            sample()
            branch.suspend(branch.tax, suspended)
        branch.accredit(branch.department, [TAX_CREDIT], by=branch.tax, where=[])
        sample()
        assert [answer for _, answer in moments] == [True, False, True, False, False]
        for at, answer in moments:
            assert accredited(branch, branch.office, where=HAIDIAN, at=at) is answer

    def test_a_window_that_begins_later_leaves_the_present_one(self, world: World) -> None:
        world.accredit(world.tax, [TAX_CREDIT], where=[BEIJING])
        start = world.node.now() + 1000
        world.accredit(world.tax, [TAX_CREDIT], where=[SHANGHAI], window=(start, 0))
        until = world.accreditations.accreditedUntil(world.tax, TAX_CREDIT, BEIJING)
        assert accredited(world, world.tax, where=BEIJING)
        assert until.read() == start
        assert accredited(world, world.tax, where=BEIJING, at=start - 1)
        assert not accredited(world, world.tax, where=BEIJING, at=start)
        assert accredited(world, world.tax, where=SHANGHAI, at=start)
        world.node.advance(1000)
        assert until.read() == 0

    def test_a_scope_that_ends_before_the_next_begins_ends_then(self, world: World) -> None:
        end = world.node.now() + 1000
        world.accredit(world.tax, [TAX_CREDIT], window=(0, end))
        world.accredit(world.tax, [TAX_CREDIT], window=(end + 1000, 0))
        until = world.accreditations.accreditedUntil(world.tax, TAX_CREDIT, BEIJING)
        assert until.read() == end
        assert not accredited(world, world.tax, where=BEIJING, at=end)
        assert accredited(world, world.tax, where=BEIJING, at=end + 1000)

    def test_a_window_that_never_began_is_replaced(self, world: World) -> None:
        world.accredit(world.tax, [TAX_CREDIT], where=[BEIJING])
        start = world.node.now() + 1000
        world.accredit(world.tax, [TAX_CREDIT], where=[SHANGHAI], window=(start, 0))
        world.accredit(world.tax, [TAX_CREDIT], where=[HAIDIAN], window=(start + 1000, 0))
        assert accredited(world, world.tax, where=BEIJING, at=start + 500)
        assert not accredited(world, world.tax, where=SHANGHAI, at=start + 500)
        assert not accredited(world, world.tax, where=BEIJING, at=start + 1000)

    def test_an_unknown_issuer_is_not_accredited(self, world: World) -> None:
        assert not accredited(world, world.stranger)
        assert world.accreditations.isStanding(world.stranger).read() is False
        assert world.accreditations.nodeOf(world.stranger).fields()["depth"] == 0


class TestSetSuspendedBatch:
    def test_the_parent_suspends_its_child(self, branch: World) -> None:
        done = branch.suspend(branch.department, by=branch.tax)
        assert done.only("SuspensionChanged") == {
            "issuer": branch.department,
            "by": branch.tax,
            "suspended": True,
            "reasonDigest": digest("reason"),
        }
        assert branch.accreditations.nodeOf(branch.department).fields()["suspended"] is True

    def test_neither_a_grandparent_nor_the_issuer_itself_does(self, branch: World) -> None:
        for caller in (branch.tax, branch.office, branch.stranger):
            with refused(
                "AccreditationRegistry_NotParent", branch.office, branch.department, caller
            ):
                branch.suspend(branch.office, by=caller)

    def test_a_suspended_parent_does_not(self, branch: World) -> None:
        branch.suspend(branch.tax)
        with refused("AccreditationRegistry_NotParent", branch.department, branch.tax, branch.tax):
            branch.suspend(branch.department, by=branch.tax)

    def test_the_same_state_is_refused(self, branch: World) -> None:
        with refused("AccreditationRegistry_SameState", branch.tax, False):
            branch.suspend(branch.tax, False)

    def test_an_unknown_issuer_is_refused(self, world: World) -> None:
        with refused("AccreditationRegistry_Unknown", world.stranger):
            world.suspend(world.stranger)


class TestBindListener:
    def test_the_listener_is_bound_for_good(self, world: World) -> None:
        bound = world.credentials.address
        assert world.accreditations.listener().read() == bound
        with refused("AccreditationRegistry_AlreadyBound", bound):
            world.as_governor(world.accreditations, "bindListener", world.stranger)

    def test_only_the_governor_binds_it(self, world: World) -> None:
        with refused("AccessManagedUnauthorized", world.regulator):
            world.accreditations.bindListener(world.stranger).by(world.regulator)


class TestViews:
    def test_standing_is_the_branchs_whatever_the_scopes(self, branch: World) -> None:
        standing = branch.accreditations.isStanding
        assert not standing(branch.stranger).read()
        branch.accredit(branch.office, [TAX_CREDIT], by=branch.department, where=[])
        assert standing(branch.office).read()
        branch.suspend(branch.tax)
        assert not standing(branch.office).read()

    def test_a_node_says_where_it_stands(self, world: World) -> None:
        node = world.accreditations.nodeOf(world.tax)
        unknown = {"parent": NOBODY, "depth": 0, "suspended": False, "since": 0}
        assert node.fields() == unknown
        done = world.accredit(world.tax, [TAX_CREDIT])
        assert node.fields() == unknown | {"depth": 1, "since": done.at}
        world.node.advance(100)
        done = world.suspend(world.tax)
        assert node.fields() == {**unknown, "depth": 1, "suspended": True, "since": done.at}

    def test_a_scope_is_told_at_any_time(self, world: World) -> None:
        scope = world.accreditations.scopeOf
        done = world.accredit(world.tax, [TAX_CREDIT], where=[BEIJING, SHANGHAI])
        until = 2**40 - 1
        told = scope(world.tax, TAX_CREDIT, done.at).read()
        assert [list(told[0]), *told[1:]] == [[BEIJING, SHANGHAI], done.at, until]
        assert list(scope(world.tax, TAX_CREDIT, done.at - 1).read()[0]) == []
        world.suspend(world.tax)
        assert list(scope(world.tax, TAX_CREDIT, world.node.now()).read()[0]) == [BEIJING, SHANGHAI]

    def test_the_listener_is_the_credential_registry(self, world: World) -> None:
        assert world.accreditations.listener().read() == world.credentials.address
