"""The contracts as `deployment.yaml` deploys them, and the people of the tests."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils import keccak, to_checksum_address

from chain.abi import encode_arguments
from chain.accounts import Signers
from chain.artifacts import Artifact, artifact_from_json
from chain.compile import ROOT, load_artifact
from chain.plan import load_plan

from .calls import Contract, Deployment, Receipt
from .merkle import Leaf, proof_of, root_of
from .node import Node
from .signing import KEY_NAME, key_of, sign, sign_erc1056

INDEXES = {
    "deployer": 0,
    "platform": 1,
    "regulator:bj-finance": 2,
    "authority:tax": 11,
    "bank:bank-a": 30,
    "bank:bank-b": 31,
    "department": 40,
    "office": 41,
    "stranger": 45,
}
P256_KEY = "0x8024" + "02" + "5a" * 32
YEAR = 365 * 86400
BEIJING, HAIDIAN, SHANGHAI, CHINA = 110000, 110108, 310000, 0
ZERO = "0x" + "00" * 32
NOBODY = "0x" + "00" * 20


def digest(text: str) -> str:
    """Return 32 bytes that stand for a salted digest."""
    return "0x" + keccak(text=text).hex()


INVOICE = digest("urn:qilian:vc:invoice:1")
TAX_CREDIT = digest("urn:qilian:vc:tax-credit:1")
LOAN_ATTESTATION = digest("urn:qilian:act:loan-attestation")
PLEDGE = digest("urn:qilian:act:pledge")


@dataclass(frozen=True)
class Credential:
    """A credential in an anchored batch, with what proves it."""

    issuer: str
    root: bytes
    leaf: Leaf
    proof: tuple[bytes, ...]

    def inclusion(self, **changes: Any) -> list[Any]:
        """Return the `Inclusion` struct, with members replaced."""
        members = {
            "issuer": self.issuer,
            "root": self.root,
            "digest": self.leaf.digest,
            "credential_type": self.leaf.credential_type,
            "index": self.leaf.index,
            "asset": self.leaf.asset,
            "proof": list(self.proof),
        }
        assert changes.keys() <= members.keys()
        return list((members | changes).values())


def artifact_of(name: str) -> Artifact:
    """Return the committed artifact, or the one put in its place (CONTRACT_ARTIFACTS)."""
    replaced = Path(os.environ.get("CONTRACT_ARTIFACTS", "")) / f"{name}.json"
    if replaced.is_file():
        return artifact_from_json(name, json.loads(replaced.read_text(encoding="utf-8")))
    return load_artifact(name)


class World:
    """Deployed contracts and named accounts; a test changes it and the fixture restores it."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.signers = Signers(INDEXES)
        self.deployment = Deployment(node)
        self.plan = load_plan(ROOT / "contracts_sol" / "deployment.yaml")
        self._deploy()

    def _deploy(self) -> None:
        for step in self.plan.contracts:
            artifact = artifact_of(step.name)
            args = encode_arguments(artifact.constructor_inputs, self._resolve(step.args))
            raw = self.deployment.transact(
                {"from": self.deployer, "data": "0x" + (artifact.bytecode + args).hex()}
            )
            self.deployment.add(artifact, to_checksum_address(raw["contractAddress"]))
        for call in self.plan.calls:
            function = getattr(self.contract(call.contract), call.function)
            function(*self._resolve(call.args)).by(self.deployer)

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [self._resolve(part) for part in value]
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        kind, _, name = value[1:].partition(":")
        if kind == "selector":
            contract, _, function = name.partition(".")
            return self.contract(contract).artifact.function(function).selector
        return {
            "contract": lambda: self.contract(name).address,
            "signer": lambda: self.signers.address(name),
            "keccak": lambda: digest(name),
            "role": lambda: (self.plan.roles or {})[name],
        }[kind]()

    def contract(self, name: str) -> Contract:
        return self.deployment.contracts[name]

    def __getattr__(self, name: str) -> str:
        full = {"bank_a": "bank:bank-a", "bank_b": "bank:bank-b", "tax": "authority:tax"}
        signer = {"regulator": "regulator:bj-finance", **full}.get(name, name)
        if signer not in self.signers:
            raise AttributeError(name)
        return self.signers.address(signer)

    @cached_property
    def manager(self) -> Contract:
        return self.contract("AccessManager")

    @cached_property
    def dids(self) -> Contract:
        return self.contract("DIDRegistry")

    @cached_property
    def enterprises(self) -> Contract:
        return self.contract("EnterpriseRegistry")

    @cached_property
    def accreditations(self) -> Contract:
        return self.contract("AccreditationRegistry")

    @cached_property
    def credentials(self) -> Contract:
        return self.contract("CredentialRegistry")

    @cached_property
    def consents(self) -> Contract:
        return self.contract("ConsentRegistry")

    @cached_property
    def credit(self) -> Contract:
        return self.contract("CreditRegistry")

    @cached_property
    def pledges(self) -> Contract:
        return self.contract("PledgeRegistry")

    @cached_property
    def directory(self) -> Contract:
        return self.contract("Directory")

    # What several tests need to have happened before.

    def accredit(
        self,
        issuer: str,
        types: Sequence[str],
        *,
        by: str | None = None,
        where: Sequence[int] = (BEIJING,),
        window: tuple[int, int] = (0, 0),
    ) -> Receipt:
        """Accredit one issuer, by the regulator unless said."""
        item = [issuer, list(types), list(where), *window]
        return self.accreditations.accreditBatch([item]).by(by or self.regulator)

    def suspend(self, issuer: str, suspended: bool = True, *, by: str | None = None) -> Receipt:
        """Suspend or reinstate one issuer, by the regulator unless said."""
        item = [issuer, suspended, digest("reason")]
        return self.accreditations.setSuspendedBatch([item]).by(by or self.regulator)

    def registration(
        self, enterprise: LocalAccount, fingerprint: str, *, deadline: int | None = None
    ) -> list[Any]:
        """Return a well-signed `Registration` of an enterprise that owns its DID."""
        did = enterprise.address
        until = deadline if deadline is not None else self.node.now() + 3600
        nonce = self.dids.nonce(did).read()
        v, r, s = sign_erc1056(
            *(enterprise, self.dids, did, nonce, "setAttribute"),
            ["bytes32", "bytes", "uint256"],
            [KEY_NAME, bytes.fromhex(P256_KEY[2:]), YEAR],
        )
        signature = sign(enterprise, self.enterprises, "Registration", fingerprint, did, until)
        return [fingerprint, did, P256_KEY, YEAR, v, r, s, until, signature]

    def register(self, name: str) -> tuple[LocalAccount, str]:
        """Register an enterprise; returns its key and fingerprint."""
        enterprise, fingerprint = key_of(name), digest(f"fingerprint of {name}")
        item = self.registration(enterprise, fingerprint)
        self.enterprises.registerBatch([item]).by(self.platform)
        return enterprise, fingerprint

    def anchor(
        self,
        issuer: str,
        leaves: Sequence[Leaf],
        *,
        where: int = BEIJING,
        position: int = 0,
    ) -> Credential:
        """Anchor a batch of an accredited issuer and return one of its credentials."""
        hashes = [leaf.hash for leaf in leaves]
        root = root_of(hashes)
        item = [root, leaves[0].credential_type, where]
        self.credentials.anchorBatch([item]).by(issuer)
        proof = tuple(proof_of(hashes, position))
        return Credential(issuer, root, leaves[position], proof)

    def license_banks(self) -> None:
        """Let both banks attest loans and take pledges in Beijing."""
        for bank in (self.bank_a, self.bank_b):
            self.accredit(bank, [LOAN_ATTESTATION, PLEDGE])

    def asset(self, name: str, *, siblings: int = 7, index: int = 0) -> tuple[str, Credential]:
        """Anchor the tax authority's credential of an asset; returns both."""
        kind = bytes.fromhex(INVOICE[2:])
        asset = keccak(text=f"asset {name}")
        leaves = [Leaf(keccak(text=f"invoice {name}"), kind, index, asset)]
        leaves += [
            Leaf(keccak(text=f"{name} {i}"), kind, 1000 + i, keccak(text=f"other {i}"))
            for i in range(siblings)
        ]
        return "0x" + asset.hex(), self.anchor(self.tax, leaves)

    def as_governor(self, contract: Contract, function: str, *args: Any) -> Receipt:
        """Do what only the governor may, after its delay of two days."""
        data = getattr(contract, function)(*args).data
        self.manager.schedule(contract.address, data, 0).by(self.deployer)
        self.node.advance(2 * 86400 + 1)
        return self.manager.execute(contract.address, data).by(self.deployer)


def random_account() -> str:
    """Return an address nobody has used."""
    return str(Account.create().address)
