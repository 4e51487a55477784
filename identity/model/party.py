"""Who takes part: enterprises, and the organisations that issue, verify and supervise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stdnum.cn import uscc as gb32100
from stdnum.exceptions import ValidationError

from identity.errors import InvalidUSCC


class EnterpriseState(StrEnum):
    """Where an enterprise's identity stands; `registering` until its transaction is mined."""

    REGISTERING = "registering"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DISSOLVED = "dissolved"


@dataclass(frozen=True)
class Enterprise:
    """A registered enterprise under its own DID."""

    id: str
    uscc: str
    name: str
    did: str
    controller_address: str
    state: EnterpriseState
    registered_at: int


@dataclass(frozen=True)
class Organisation:
    """A bank, authority or regulator: its names, chain account and DID."""

    id: str
    code: str
    kind: str
    name_zh: str
    name_en: str
    address: str
    did: str
    signer: str

    def issuer_url(self, public_url: str) -> str:
        """Return the issuer identifier (`iss`) of its credentials."""
        return f"{public_url}/issuers/{self.code}"


def parse_uscc(text: str) -> str:
    """Return a unified social credit code after checking GB 32100-2015.

    Raises:
        InvalidUSCC: wrong length, alphabet or check character; the message says which.
    """
    code = text.strip()
    try:
        return str(gb32100.validate(code)) if code == gb32100.compact(code) else _refuse(code)
    except ValidationError as error:
        raise InvalidUSCC(f"{error} Expected 18 characters per GB 32100-2015.") from error


def _refuse(code: str) -> str:
    raise InvalidUSCC(
        f"found {len(code)} characters with spaces, dashes or lower-case letters; "
        "expected the 18 characters as printed on the licence"
    )


def did_ethr(chain_id: int, address: str) -> str:
    """Return the did:ethr identifier of an address on a chain (did:ethr method, §identifier)."""
    return f"did:ethr:{chain_id:#x}:{address}"
