"""Transaction data: what a holder signs along with a presentation (OpenID4VP 1.0 §5.1, §8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import rfc8785

from identity.model import jose

APPLICATION_TYPE = "urn:qilian:transaction:application:1"


@dataclass(frozen=True)
class Application:
    """An application to a bank, as its applicant signs it.

    Attributes:
        purpose: what is applied for, a purpose code.
        application_hash: base64url of the SHA-256 of the application document.
        amount_fen: the amount asked for in hundredths of a yuan; None where there is none.
    """

    purpose: str
    application_hash: str
    amount_fen: int | None = None

    def encode(self, credential_ids: Sequence[str]) -> str:
        """Return the transaction data for a request, to be signed with one of these credentials."""
        content = {name: value for name, value in asdict(self).items() if value is not None}
        document = {
            "type": APPLICATION_TYPE,
            "credential_ids": list(credential_ids),
            "transaction_data_hashes_alg": ["sha-256"],
            **content,
        }
        return jose.b64u(rfc8785.dumps(document))


def signed_with(item: str) -> str:
    """Return the credential query whose presentation signs a transaction data item: the first."""
    document = jose.parse_json_object(jose.from_b64u(item), "transaction data")
    return str(document["credential_ids"][0])
