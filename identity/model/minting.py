"""Sign many credentials of one issuer and type: what is the same in all is made up once.

Nothing here knows where keys or rows are, so that it runs in any process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from identity.model import jose, merkle, sd_jwt
from identity.model.concealment import Rule
from identity.model.status_list import status_claim


class Order(NamedTuple):
    """A credential to be signed.

    Attributes:
        did: the subject's.
        confirmation: the holder's key, as `cnf` says it.
        status_index: on chain, over all shards.
        asset: 32 bytes that identify a pledgeable asset, or `merkle.NO_ASSET`.
        issued_at: UTC epoch seconds.
    """

    did: str
    confirmation: Mapping[str, Any]
    claims: Mapping[str, Any]
    status_index: int
    asset: bytes
    issued_at: int


class Minted(NamedTuple):
    """A signed credential: the SD-JWT, its digest (32 bytes) and its Merkle leaf (32 bytes)."""

    compact: str
    digest: bytes
    leaf: bytes


@dataclass(frozen=True)
class Mould:
    """What all credentials of an issuer and type have in common.

    Attributes:
        encoded_header: the JOSE header, from `jose.encode_header`.
        iss: the issuer's URL, under which its status lists are too.
        type_id: the type on chain, 32 bytes.
        structure: how claims are disclosed in parts.
    """

    encoded_header: str
    iss: str
    vct: str
    type_id: bytes
    structure: Mapping[str, Rule]

    def mint(self, key: jose.PrivateKey, orders: Sequence[Order]) -> list[Minted]:
        """Return the credentials, signed, in the order of the orders.

        Raises:
            InvalidDisclosure: a claim has a reserved name; none is returned.
        """
        return [self._mint_one(key, order) for order in orders]

    def _mint_one(self, key: jose.PrivateKey, order: Order) -> Minted:
        plain = {
            "iss": self.iss,
            "iat": order.issued_at,
            "vct": self.vct,
            "sub": order.did,
            "cnf": order.confirmation,
            "status": status_claim(self.iss, order.status_index),
        }
        compact = sd_jwt.issue(
            key=key,
            encoded_header=self.encoded_header,
            plain=plain,
            claims=order.claims,
            structure=self.structure,
        )
        digest = sd_jwt.credential_digest(compact.partition("~")[0])
        leaf = merkle.leaf(digest, self.type_id, order.status_index, order.asset)
        return Minted(compact, digest, leaf)
