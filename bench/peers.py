"""The published contracts that ours are measured beside, from their npm packages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_abi import encode
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils import keccak, to_checksum_address

from chain.abi import encode_arguments
from chain.artifacts import artifact_from_json
from chain.compile import NODE_MODULES
from tests.contracts.calls import Contract, Deployment
from tests.contracts.compiler import compile_sources
from tests.contracts.node import Node
from tests.contracts.world import NOBODY, P256_KEY, YEAR, ZERO, digest

EAS = "@ethereum-attestation-service/eas-contracts/artifacts/contracts"
ERC1056 = "ethr-did-registry/artifacts/contracts"
ONCHAINID = "@onchain-id/solidity/artifacts/contracts"
KEY_NAME = b"did/pub/Multikey/veriKey".ljust(32, b"\0")
VERI_KEY = b"veriKey".ljust(32, b"\0")
TOPIC, ECDSA_SCHEME = 1, 1
EVERY_STATUS_REVOKED = (2**256 - 1) // 3


class Peers:
    """Deploys each peer and measures it; the sender is the node's first account."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._deployment = Deployment(node)
        self._sender = str(node.request("eth_accounts")[0])

    def measure(self) -> dict[str, float]:
        """Return gas by operation."""
        return self._eas() | self._erc1056() | self._onchainid() | self._bare_bitmap()

    def _deploy(self, folder: str, name: str, *args: Any, path: str | None = None) -> Contract:
        file = NODE_MODULES / folder / (path or f"{name}.sol") / f"{name}.json"
        return self._deploy_compiled(name, json.loads(file.read_text(encoding="utf-8")), *args)

    def _deploy_compiled(self, name: str, compiled: dict[str, Any], *args: Any) -> Contract:
        artifact = artifact_from_json(name, compiled)
        encoded = encode_arguments(artifact.constructor_inputs, args)
        data = "0x" + (artifact.bytecode + encoded).hex()
        raw = self._deployment.transact({"from": self._sender, "data": data})
        return self._deployment.add(artifact, to_checksum_address(raw["contractAddress"]))

    def _at(self, contract: Contract, address: str) -> Contract:
        return Contract(self._deployment, contract.artifact, address)

    def _gas(self, call: Any) -> int:
        return int(call.by(self._sender).gas)

    def _eas(self) -> dict[str, float]:
        """A schema of one 32-byte digest, revocable, without a resolver."""
        schemas = self._deploy(EAS, "SchemaRegistry")
        eas = self._deploy(EAS, "EAS", schemas.address)
        schema = schemas.register("bytes32 digest", NOBODY, True).read(self._sender)
        schemas.register("bytes32 digest", NOBODY, True).by(self._sender)

        def data(text: str) -> list[Any]:
            return [self._sender, 0, True, ZERO, digest(text), 0]

        eas.attest([schema, data("before")]).by(self._sender)
        one = eas.attest([schema, data("one")]).by(self._sender).only("Attested")
        many = eas.multiAttest([[schema, [data(f"many {i}") for i in range(50)]]])
        batch = many.by(self._sender)
        uids = [event["uid"] for event in batch.all("Attested")]
        revoke_many = eas.multiRevoke([[schema, [[each, 0] for each in uids]]])
        return {
            "EAS attest": self._gas(eas.attest([schema, data("two")])),
            "EAS multiAttest of 50, each": batch.gas / 50,
            "EAS revoke": self._gas(eas.revoke([schema, [one["uid"], 0]])),
            "EAS multiRevoke of 50, each": self._gas(revoke_many) / 50,
            "EAS timestamp of a root": self._gas(eas.timestamp(digest("root"))),
        }

    def _erc1056(self) -> dict[str, float]:
        """An identity's first key attribute and then a delegate, as the uPort registry keeps it."""
        registry = self._deploy(ERC1056, "EthereumDIDRegistry")
        identity = self._sender
        attribute = self._gas(registry.setAttribute(identity, KEY_NAME, P256_KEY, YEAR))
        delegate = self._gas(registry.addDelegate(identity, VERI_KEY, registry.address, YEAR))
        return {
            "ERC-1056 setAttribute": attribute,
            "ERC-1056 addDelegate": delegate,
            "ERC-1056 setAttribute and addDelegate": attribute + delegate,
        }

    def _onchainid(self) -> dict[str, float]:
        """An identity behind the usual proxy, with a claim that its issuer signed."""
        issuer_key = Account.from_key(keccak(text="claim issuer"))
        implementation = self._deploy(ONCHAINID, "Identity", self._sender, True)
        authority = self._deploy(
            *(ONCHAINID, "ImplementationAuthority", implementation.address),
            path="proxy/ImplementationAuthority.sol",
        )
        issuer = self._deploy(ONCHAINID, "ClaimIssuer", issuer_key.address)
        before = self._proxy(authority)
        proxy = self._proxy(authority)
        identity = self._at(implementation, proxy["contractAddress"])
        claim = bytes.fromhex(digest("claim")[2:])
        signed = keccak(encode(["address", "uint256", "bytes"], [identity.address, TOPIC, claim]))
        signature = issuer_key.sign_message(encode_defunct(signed)).signature
        add = identity.addClaim(TOPIC, ECDSA_SCHEME, issuer.address, signature, claim, "")
        return {
            "ONCHAINID proxy of an identity": int(before["gasUsed"], 16),
            "ONCHAINID addClaim": self._gas(add),
        }

    def _proxy(self, authority: Contract) -> dict[str, Any]:
        file = NODE_MODULES / ONCHAINID / "proxy/IdentityProxy.sol/IdentityProxy.json"
        artifact = artifact_from_json("IdentityProxy", json.loads(file.read_text(encoding="utf-8")))
        args = [authority.address, self._sender]
        encoded = encode_arguments(artifact.constructor_inputs, args)
        data = "0x" + (artifact.bytecode + encoded).hex()
        return self._deployment.transact({"from": self._sender, "data": data})

    def _bare_bitmap(self) -> dict[str, float]:
        source = Path(__file__).with_name("BareBitmap.sol")
        output = compile_sources({source.name: source.read_text(encoding="utf-8")})
        compiled = output["contracts"][source.name]["BareBitmap"]
        bitmap = self._deploy_compiled("BareBitmap", compiled)
        words = [[i, EVERY_STATUS_REVOKED] for i in range(200, 208)]
        return {
            "bare bitmap, first in a word": self._gas(bitmap.set(128, 1)),
            "bare bitmap, later in a word": self._gas(bitmap.set(129, 1)),
            "bare bitmap, eight new words, each status": self._gas(bitmap.setWords(words)) / 1024,
        }
