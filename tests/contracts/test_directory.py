"""Directory: every version of every contract, none ever removed."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from eth_utils import keccak

from .calls import refused
from .world import NOBODY, ZERO, World


def name_of(text: str) -> str:
    return "0x" + text.encode().ljust(32, b"\0").hex()


def publish(world: World, name: str, deployed: str):
    return world.as_governor(world.directory, "publishBatch", [[name, deployed]])


@pytest.mark.parametrize(
    "name",
    [
        "DIDRegistry",
        "EnterpriseRegistry",
        "AccreditationRegistry",
        "CredentialRegistry",
        "ConsentRegistry",
        "CreditRegistry",
        "PledgeRegistry",
    ],
)
def test_the_deployment_lists_every_contract(world: World, name: str) -> None:
    address = world.contract(name).address
    assert world.directory.latest(name_of(name)).read() == address
    assert world.directory.versionsOf(name_of(name)).read() == 1
    assert world.directory.versionOf(name_of(name), 1).fields() == {
        "deployed": address,
        "publishedAt": ANY,
    }


def test_a_new_version_follows_the_old_one(world: World) -> None:
    name, old, new = name_of("CreditRegistry"), world.credit.address, world.pledges.address
    done = publish(world, name, new)
    code = bytes.fromhex(world.node.request("eth_getCode", new, "latest")[2:])
    assert done.only("VersionPublished") == {
        "name": name,
        "version": 2,
        "deployed": new,
        "codeHash": "0x" + keccak(code).hex(),
    }
    assert world.directory.latest(name).read() == new
    assert world.directory.versionOf(name, 1).fields()["deployed"] == old


def test_an_unknown_name_has_no_version(world: World) -> None:
    assert world.directory.latest(name_of("Nothing")).read() == NOBODY


def test_an_address_without_code_is_refused(world: World) -> None:
    with refused("Directory_NoCode", name_of("New"), world.stranger):
        publish(world, name_of("New"), world.stranger)


def test_the_latest_version_is_not_published_again(world: World) -> None:
    name, address = name_of("CreditRegistry"), world.credit.address
    with refused("Directory_AlreadyLatest", name, address):
        publish(world, name, address)


def test_a_version_has_a_name(world: World) -> None:
    with refused("Directory_NoName", world.credit.address):
        publish(world, ZERO, world.credit.address)


def test_only_the_governor_publishes(world: World) -> None:
    with refused("AccessManagedUnauthorized", world.platform):
        world.directory.publishBatch([[name_of("New"), world.credit.address]]).by(world.platform)
