"""Take up an organisation: its DID, its credential-signing key and its chain account."""

from __future__ import annotations

from dataclasses import dataclass

from identity.errors import OrganisationNotFound
from identity.model import jose
from identity.model.party import Organisation, did_ethr
from identity.ports import Certificates, ChainWriter, Keys, Parties


@dataclass(frozen=True)
class Organisations:
    """Keeps banks, authorities and regulators."""

    parties: Parties
    keys: Keys
    certificates: Certificates
    chain: ChainWriter
    chain_id: int

    def take_up(
        self,
        *,
        organisation_id: str,
        code: str,
        kind: str,
        name_zh: str,
        name_en: str,
        address: str,
        signer: str,
    ) -> Organisation:
        """Return the organisation with this code, made with a fresh P-256 key if it is new.

        Its key is certified by the consortium's CA and queued for its DID on chain.
        """
        try:
            organisation = self.parties.organisation(code)
        except OrganisationNotFound:
            organisation = Organisation(
                id=organisation_id,
                code=code,
                kind=kind,
                name_zh=name_zh,
                name_en=name_en,
                address=address,
                did=did_ethr(self.chain_id, address),
                signer=signer,
            )
            self.keys.create_owner(organisation.id)
            new_key = self.keys.create_binding_key(organisation.id)
            self.parties.add_organisation(organisation, jose.public_jwk(new_key))
        key = self.parties.organisation_key(organisation.id)
        self.certificates.ensure(organisation, key)
        self.chain.publish_key(
            signer=organisation.signer, address=address, multikey=jose.multikey(key)
        )
        return organisation
