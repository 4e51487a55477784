"""Who may do what, and when: the role table of `contracts_sol/README.md`."""

from __future__ import annotations

from unittest.mock import ANY

import pytest

from .calls import refused
from .world import World, digest

REGULATOR, LOG_KEEPER = 1, 2
DAY = 86400

RESTRICTED = [
    ("EnterpriseRegistry", "setStateBatch", "regulator"),
    ("CreditRegistry", "reviewBatch", "regulator"),
    ("CreditRegistry", "resolveDisputeBatch", "regulator"),
    ("ConsentRegistry", "anchorLogBatch", "platform"),
    ("EnterpriseRegistry", "setRegistrar", None),
    ("AccreditationRegistry", "bindListener", None),
    ("PledgeRegistry", "setAssetType", None),
    ("Directory", "publishBatch", None),
]
ARGUMENTS = {
    "setRegistrar": ("0x" + "11" * 20, True),
    "bindListener": ("0x" + "11" * 20,),
    "setAssetType": (digest("type"), True),
}
EVERYONE = ("platform", "regulator", "tax", "bank_a", "bank_b", "stranger")


@pytest.mark.parametrize(("contract", "function", "holder"), RESTRICTED)
@pytest.mark.parametrize("caller", EVERYONE)
def test_only_the_holder_of_a_role_calls(world: World, contract, function, holder, caller) -> None:
    call = getattr(world.contract(contract), function)(*ARGUMENTS.get(function, ([],)))
    who = getattr(world, caller)
    if caller == holder:
        call.by(who)
    else:
        with refused("AccessManagedUnauthorized", who):
            call.by(who)


def test_the_governor_announces_two_days_ahead(world: World) -> None:
    call = world.enterprises.setRegistrar(world.stranger, True)
    with refused("AccessManagerNotScheduled", ANY):
        call.by(world.deployer)
    world.manager.schedule(call.contract.address, call.data, 0).by(world.deployer)
    world.node.advance(2 * DAY - 60)
    with refused("AccessManagerNotReady", ANY):
        call.by(world.deployer)
    world.node.advance(61)
    call.by(world.deployer)
    assert world.enterprises.isRegistrar(world.stranger).read() is True


def test_a_new_regulator_acts_a_day_later(world: World) -> None:
    world.node.advance(5 * DAY)  # until the grant delay set at deployment is in force
    world.as_governor(world.manager, "grantRole", REGULATOR, world.stranger, 0)
    call = world.enterprises.setStateBatch([])
    with refused("AccessManagedUnauthorized", world.stranger):
        call.by(world.stranger)
    world.node.advance(DAY)
    call.by(world.stranger)


def test_a_revoked_regulator_is_one_no_more(world: World) -> None:
    world.as_governor(world.manager, "revokeRole", REGULATOR, world.regulator)
    with refused("AccessManagedUnauthorized", world.regulator):
        world.enterprises.setStateBatch([]).by(world.regulator)
    with refused("AccreditationRegistry_NotAccreditor", world.regulator):
        world.accreditations.accreditBatch([]).by(world.regulator)
