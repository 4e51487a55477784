"""The published ethr-did-resolver resolves the DIDs of our registry, at every point of their life.

A result at a `versionId` is judged by that block's time, so expiry needs no waiting.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .signing import KEY_NAME, sign_erc1056
from .world import NOBODY, P256_KEY, YEAR, World

SCRIPT = Path(__file__).with_name("resolve.cjs")
NEXT_KEY = "0x8024" + "03" + "a7" * 32
NAME = "0x" + KEY_NAME.hex()
VERI_KEY = "0x" + b"veriKey".ljust(32, b"\0").hex()
SIG_AUTH = "0x" + b"sigAuth".ljust(32, b"\0").hex()
SERVICE = "0x" + b"did/svc/CredentialStatus".ljust(32, b"\0").hex()
DAY = 86_400


class Life:
    """One registered enterprise whose DID changes, with the block of each change."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key, _ = world.register("enterprise")
        self.address = self.key.address
        self.did = f"did:ethr:qilian:{self.address}"

    @property
    def block(self) -> int:
        return int(self.world.node.request("eth_blockNumber"), 16)

    def do(self, function: str, types: list[str], *values: Any) -> int:
        """Let the platform relay a change that the owner signed; return its block."""
        nonce = self.world.dids.nonce(self.address).read()
        raw = [
            bytes.fromhex(value[2:]) if kind.startswith("bytes") else value
            for kind, value in zip(types, values, strict=True)
        ]
        signed = sign_erc1056(self.key, self.world.dids, self.address, nonce, function, types, raw)
        call = getattr(self.world.dids, f"{function}Signed")(self.address, *signed, *values)
        return call.by(self.world.platform).block_number

    def set_key(self, value: str, validity: int = YEAR) -> int:
        return self.do("setAttribute", ["bytes32", "bytes", "uint256"], NAME, value, validity)

    def revoke_key(self, value: str) -> int:
        return self.do("revokeAttribute", ["bytes32", "bytes"], NAME, value)

    def add_delegate(self, kind: str, delegate: str, validity: int) -> int:
        types = ["bytes32", "address", "uint256"]
        return self.do("addDelegate", types, kind, delegate, validity)

    def resolve(self, *versions: int | None) -> list[dict[str, Any]]:
        """Return the results of resolving the DID at blocks; None for the present."""
        urls = [self.did if v is None else f"{self.did}?versionId={v}" for v in versions]
        node = ["node", str(SCRIPT), self.world.node.url, self.world.dids.address]
        done = subprocess.run(
            [*node, *urls], capture_output=True, text=True, timeout=60, check=True
        )
        results = [json.loads(line) for line in done.stdout.splitlines()]
        assert not [r for r in results if r["didResolutionMetadata"].get("error")], results
        return results

    def methods(self, *versions: int | None) -> list[dict[str, str]]:
        """Return the verification methods at blocks: their value, by fragment."""
        return [values(result["didDocument"]) for result in self.resolve(*versions)]


def values(document: dict[str, Any]) -> dict[str, str]:
    return {
        method["id"].partition("#")[2]: method.get("publicKeyHex") or method["blockchainAccountId"]
        for method in document["verificationMethod"]
    }


def account(address: str) -> str:
    return f"eip155:1337:{address}"


@pytest.fixture
def life(world: World) -> Life:
    return Life(world)


def test_a_registered_enterprise_resolves_with_its_p256_key(life: Life) -> None:
    (found,) = life.resolve(None)
    document = found["didDocument"]
    assert document["id"] == life.did
    assert document["verificationMethod"] == [
        {
            "id": f"{life.did}#controller",
            "type": "EcdsaSecp256k1RecoveryMethod2020",
            "controller": life.did,
            "blockchainAccountId": account(life.address),
        },
        {
            "id": f"{life.did}#delegate-1",
            "type": "Multikey",
            "controller": life.did,
            "publicKeyHex": P256_KEY[2:],
        },
    ]
    assert document["assertionMethod"] == [f"{life.did}#controller", f"{life.did}#delegate-1"]
    assert document["authentication"] == [f"{life.did}#controller"]
    assert found["didDocumentMetadata"]["versionId"] == str(life.block)


def test_an_identity_that_never_changed_resolves_to_itself(world: World) -> None:
    life = Life(world)
    life.address = world.stranger
    life.did = f"did:ethr:0x539:{world.stranger}"
    assert life.methods(None) == [{"controller": account(world.stranger)}]


def test_before_and_after_a_rotation_of_the_key(life: Life) -> None:
    before, added = life.block, life.set_key(NEXT_KEY)
    rotated = life.revoke_key(P256_KEY)
    old, both, new, latest = life.methods(before, added, rotated, None)
    controller = {"controller": account(life.address)}
    assert old == controller | {"delegate-1": P256_KEY[2:]}
    assert both == controller | {"delegate-1": P256_KEY[2:], "delegate-2": NEXT_KEY[2:]}
    assert new == latest == controller | {"delegate-2": NEXT_KEY[2:]}


def test_a_delegate_appears_expires_and_is_revoked(life: Life) -> None:
    delegate, other = life.world.bank_a, life.world.bank_b
    added = life.add_delegate(VERI_KEY, delegate, DAY)
    both = life.add_delegate(SIG_AUTH, other, YEAR)
    life.world.node.advance(2 * DAY)
    expired = life.block
    revoked = life.do("revokeDelegate", ["bytes32", "address"], SIG_AUTH, other)
    life.world.node.advance(10)
    ended = life.block
    one, two, three, four = life.methods(added, both, expired, ended)
    assert one["delegate-2"] == account(delegate)
    assert two.keys() == {"controller", "delegate-1", "delegate-2", "delegate-3"}
    assert three.keys() == {"controller", "delegate-1", "delegate-3"}
    assert four.keys() == {"controller", "delegate-1"}
    assert revoked < ended
    (authenticates,) = life.resolve(both)
    assert f"{life.did}#delegate-3" in authenticates["didDocument"]["authentication"]


def test_a_key_expires(life: Life) -> None:
    short = life.set_key(NEXT_KEY, DAY)
    life.world.node.advance(2 * DAY)
    during, after = life.methods(short, life.block)
    assert "delegate-2" in during
    assert "delegate-2" not in after


def test_a_service_is_published(life: Life) -> None:
    url = "0x" + b"https://qilian.example/status".hex()
    life.do("setAttribute", ["bytes32", "bytes", "uint256"], SERVICE, url, YEAR)
    (found,) = life.resolve(None)
    (service,) = found["didDocument"]["service"]
    assert service["type"] == "CredentialStatus"
    assert service["serviceEndpoint"] == "https://qilian.example/status"


def test_a_new_owner_controls_and_a_deactivated_did_says_so(life: Life) -> None:
    owned = life.block
    given = life.do("changeOwner", ["address"], life.world.bank_a)
    life.world.dids.changeOwner(life.address, NOBODY).by(life.world.bank_a)
    before, after, ended = life.resolve(owned, given, None)
    assert values(before["didDocument"])["controller"] == account(life.address)
    assert values(after["didDocument"])["controller"] == account(life.world.bank_a)
    assert ended["didDocumentMetadata"]["deactivated"] is True
    assert ended["didDocument"]["verificationMethod"] == []
    assert after["didDocumentMetadata"]["nextVersionId"] == str(life.block)
