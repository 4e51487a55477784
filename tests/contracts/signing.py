"""Signatures of enterprises and guardians: EIP-712, and ERC-1056's own form."""

from __future__ import annotations

from typing import Any

from eth_abi.packed import encode_packed
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from .calls import Contract
from .node import CHAIN_ID

TYPES: dict[str, str] = {
    "Registration": "bytes32 fingerprint,address did,uint40 deadline",
    "GuardianSet": (
        "bytes32 fingerprint,uint8 threshold,address[] guardians,uint32 sequence,uint40 deadline"
    ),
    "RecoveryProposal": "bytes32 fingerprint,address newDid,uint32 sequence,uint40 deadline",
    "RecoveryCancellation": "bytes32 fingerprint,uint32 sequence,uint40 deadline",
    "ConsentGrant": (
        "bytes32 consentId,address did,address recipient,uint40 expiresAt,uint40 deadline"
    ),
    "ConsentPause": "bytes32 consentId,uint32 sequence,uint40 deadline",
    "ConsentResumption": "bytes32 consentId,uint32 sequence,uint40 deadline",
    "ConsentRevocation": "bytes32 consentId,uint32 sequence,uint40 deadline",
    "LoanDispute": "bytes32 loanId,uint32 revision,bytes32 reasonDigest,uint40 deadline",
}
KEY_NAME = b"did/pub/Multikey/veriKey".ljust(32, b"\0")


def key_of(name: str) -> LocalAccount:
    """Return a person's key, the same in every run."""
    account: LocalAccount = Account.from_key(keccak(text=name))
    return account


def sign(
    account: LocalAccount,
    contract: Contract,
    action: str,
    *values: Any,
    chain_id: int = CHAIN_ID,
    verifying_contract: str | None = None,
) -> str:
    """Return the EIP-712 signature of an action, its values in the order of its type."""
    fields = [part.split(" ") for part in TYPES[action].split(",")]
    message = encode_typed_data(
        {
            "name": contract.artifact.name,
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": verifying_contract or contract.address,
        },
        {action: [{"name": name, "type": kind} for kind, name in fields]},
        {name: value for (_, name), value in zip(fields, values, strict=True)},
    )
    return "0x" + bytes(account.sign_message(message).signature).hex()


def sign_erc1056(
    account: LocalAccount,
    registry: Contract,
    identity: str,
    nonce: int,
    function: str,
    types: list[str],
    values: list[Any],
) -> tuple[int, str, str]:
    """Return v, r, s of the owner's signature over a call of the DID registry (ERC-1056)."""
    packed = encode_packed(
        ["bytes2", "address", "uint256", "address", "string", *types],
        [b"\x19\x00", registry.address, nonce, identity, function, *values],
    )
    signed = account.unsafe_sign_hash(keccak(packed))
    return signed.v, f"0x{signed.r:064x}", f"0x{signed.s:064x}"
