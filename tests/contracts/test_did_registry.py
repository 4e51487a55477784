"""DIDRegistry: ERC-1056 as its resolvers expect it."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils import keccak

from .calls import refused
from .signing import KEY_NAME, key_of, sign_erc1056
from .world import NOBODY, P256_KEY, YEAR, World, digest

VERI_KEY = "0x" + b"veriKey".ljust(32, b"\0").hex()
NAME = "0x" + KEY_NAME.hex()
ENTERPRISE, OTHER = key_of("enterprise"), key_of("other")

# function: (types, values) of what follows the identity and the function's name in the signed bytes
SIGNED_CALLS: dict[str, tuple[list[str], list[Any]]] = {
    "changeOwner": (["address"], [OTHER.address]),
    "addDelegate": (["bytes32", "address", "uint256"], [VERI_KEY, OTHER.address, YEAR]),
    "revokeDelegate": (["bytes32", "address"], [VERI_KEY, OTHER.address]),
    "setAttribute": (["bytes32", "bytes", "uint256"], [NAME, P256_KEY, YEAR]),
    "revokeAttribute": (["bytes32", "bytes"], [NAME, P256_KEY]),
}


def signed_call(world: World, function: str, *, signer=ENTERPRISE, nonce: int = 0):
    types, values = SIGNED_CALLS[function]
    raw = [
        bytes.fromhex(v[2:]) if t.startswith("bytes") else v
        for t, v in zip(types, values, strict=True)
    ]
    identity = ENTERPRISE.address
    signature = sign_erc1056(signer, world.dids, identity, nonce, function, types, raw)
    return getattr(world.dids, function + "Signed")(identity, *signature, *values)


def test_an_identity_owns_itself_at_first(world: World) -> None:
    assert world.dids.identityOwner(ENTERPRISE.address).read() == ENTERPRISE.address
    assert world.dids.owners(ENTERPRISE.address).read() == NOBODY
    assert world.dids.changed(ENTERPRISE.address).read() == 0


@pytest.mark.parametrize("function", SIGNED_CALLS)
def test_a_signed_call_works_once(world: World, function: str) -> None:
    call = signed_call(world, function)
    call.by(world.platform)
    owner = world.dids.identityOwner(ENTERPRISE.address).read()
    with pytest.raises(Exception, match="DIDRegistry_BadSignature"):
        call.by(world.platform)
    assert world.dids.nonce(ENTERPRISE.address).read() == 1
    assert owner == (OTHER.address if function == "changeOwner" else ENTERPRISE.address)


@pytest.mark.parametrize("function", SIGNED_CALLS)
def test_a_signed_call_by_another_key_is_refused(world: World, function: str) -> None:
    with refused("DIDRegistry_BadSignature", ENTERPRISE.address, OTHER.address, ENTERPRISE.address):
        signed_call(world, function, signer=OTHER).by(world.platform)


@pytest.mark.parametrize("function", SIGNED_CALLS)
def test_a_direct_call_by_another_account_is_refused(world: World, function: str) -> None:
    _, values = SIGNED_CALLS[function]
    who = world.stranger
    with refused("DIDRegistry_NotOwner", ENTERPRISE.address, who, ENTERPRISE.address):
        getattr(world.dids, function)(ENTERPRISE.address, *values).by(who)


def test_a_malformed_signature_is_refused(world: World) -> None:
    with refused("DIDRegistry_BadSignature", ENTERPRISE.address, NOBODY, ENTERPRISE.address):
        world.dids.changeOwnerSigned(
            ENTERPRISE.address, 29, digest("r"), digest("s"), OTHER.address
        ).by(world.platform)


def test_changes_are_chained_by_block(world: World) -> None:
    first = world.dids.setAttribute(world.stranger, NAME, P256_KEY, YEAR).by(world.stranger)
    second = world.dids.addDelegate(world.stranger, VERI_KEY, OTHER.address, YEAR).by(
        world.stranger
    )
    third = world.dids.changeOwner(world.stranger, world.platform).by(world.stranger)
    assert first.only("DIDAttributeChanged") == {
        "identity": world.stranger,
        "name": NAME,
        "value": P256_KEY,
        "validTo": first.at + YEAR,
        "previousChange": 0,
    }
    assert second.only("DIDDelegateChanged") == {
        "identity": world.stranger,
        "delegateType": VERI_KEY,
        "delegate": OTHER.address,
        "validTo": second.at + YEAR,
        "previousChange": first.block_number,
    }
    assert third.only("DIDOwnerChanged") == {
        "identity": world.stranger,
        "owner": world.platform,
        "previousChange": second.block_number,
    }
    assert world.dids.changed(world.stranger).read() == third.block_number


def test_a_delegate_is_valid_until_it_expires_or_is_revoked(world: World) -> None:
    who, valid = world.stranger, world.dids.validDelegate
    assert valid(who, VERI_KEY, OTHER.address).read() is False
    world.dids.addDelegate(who, VERI_KEY, OTHER.address, 1000).by(who)
    assert valid(who, VERI_KEY, OTHER.address).read() is True
    world.node.advance(1001)
    assert valid(who, VERI_KEY, OTHER.address).read() is False
    world.dids.addDelegate(who, VERI_KEY, OTHER.address, 1000).by(who)
    revoked = world.dids.revokeDelegate(who, VERI_KEY, OTHER.address).by(who)
    assert revoked.only("DIDDelegateChanged")["validTo"] == revoked.at
    world.node.advance(1)
    assert valid(who, VERI_KEY, OTHER.address).read() is False


def test_a_revoked_attribute_is_valid_until_zero(world: World) -> None:
    revoked = world.dids.revokeAttribute(world.stranger, NAME, P256_KEY).by(world.stranger)
    assert revoked.only("DIDAttributeChanged")["validTo"] == 0


def test_the_former_owner_loses_its_power(world: World) -> None:
    world.dids.changeOwner(world.stranger, world.platform).by(world.stranger)
    with refused("DIDRegistry_NotOwner", world.stranger, world.stranger, world.platform):
        world.dids.changeOwner(world.stranger, world.stranger).by(world.stranger)
    world.dids.changeOwner(world.stranger, world.stranger).by(world.platform)
    assert world.dids.identityOwner(world.stranger).read() == world.stranger


def test_deactivation_is_final(world: World) -> None:
    changed = world.dids.changeOwner(world.stranger, NOBODY).by(world.stranger)
    assert changed.only("DIDOwnerChanged")["owner"] == NOBODY
    assert world.dids.identityOwner(world.stranger).read() == NOBODY
    assert world.dids.owners(world.stranger).read() == NOBODY
    with refused("DIDRegistry_NotOwner", world.stranger, world.stranger, NOBODY):
        world.dids.changeOwner(world.stranger, world.stranger).by(world.stranger)
    with refused("DIDRegistry_BadSignature", world.stranger, NOBODY, NOBODY):
        world.dids.changeOwnerSigned(
            world.stranger, 0, digest("r"), digest("s"), world.stranger
        ).by(world.platform)


def test_a_validity_beyond_all_time_is_refused(world: World) -> None:
    with refused("DIDRegistry_ValidityTooLong", 2**256 - 1):
        world.dids.setAttribute(world.stranger, NAME, P256_KEY, 2**256 - 1).by(world.stranger)


def test_a_delegates_end_is_told_by_the_hash_of_its_type(world: World) -> None:
    who = world.stranger
    done = world.dids.addDelegate(who, VERI_KEY, OTHER.address, 1000).by(who)
    type_hash = keccak(bytes.fromhex(VERI_KEY[2:]))
    assert world.dids.delegates(who, type_hash, OTHER.address).read() == done.at + 1000
    assert world.dids.delegates(who, type_hash, world.platform).read() == 0
