"""Identifiers and digests as the contracts know them: 0x-hex, salted, no business data."""

from __future__ import annotations

import hashlib

from sha3 import keccak_256

NO_CORRECTION = bytes(32)


def salted_digest(salt: str, content: str) -> str:
    """Return SHA-256 of a random salt (hex) and a text, 0x-hex; nobody can guess the text."""
    return "0x" + hashlib.sha256(bytes.fromhex(salt) + content.encode()).hexdigest()


def attestation_id(bank: str, subject: str, evidence_digest: str) -> str:
    """Return the id of a first attestation, as ``ICreditRegistry.loanIdOf`` computes it.

    keccak256(abi.encode(bank, subject, evidenceDigest, corrects)), ``corrects`` being zero.

    Args:
        bank, subject: addresses, 0x-hex.
        evidence_digest: 32 bytes, 0x-hex.
    """
    words = [bytes.fromhex(text[2:]).rjust(32, b"\0") for text in (bank, subject, evidence_digest)]
    digest: bytes = keccak_256(b"".join(words) + NO_CORRECTION).digest()
    return "0x" + digest.hex()


def address_of_did(did: str) -> str:
    """Return the address a did:ethr identifier ends with (did:ethr method, identifier)."""
    return did.rsplit(":", 1)[-1]
