"""Register an enterprise: check the code and the register, make its keys and its DID."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coincurve import PrivateKey as Secp256k1Key
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from db import new_id
from identity.errors import EnterpriseAlreadyRegistered, EnterpriseNotInRegister
from identity.model import jose
from identity.model.party import Enterprise, EnterpriseState, did_ethr, parse_uscc
from identity.ports import ChainWriter, Clock, CompanyRegister, Keys, Parties


@dataclass(frozen=True)
class Registration:
    """Registers enterprises on one chain."""

    parties: Parties
    keys: Keys
    register: CompanyRegister
    chain: ChainWriter
    fingerprint: Callable[..., bytes]
    clock: Clock
    chain_id: int

    def register_enterprise(self, uscc: str, legal_representative: str) -> Enterprise:
        """Return the new enterprise; its DID is live once its transaction is mined.

        1. The code satisfies GB 32100-2015.
        2. No live identity exists for it.
        3. The register knows it, as operating, with this legal representative.
        4. Keys are made in the hosted store; the registration, signed by the controller key, is
           queued for the chain.

        Raises:
            InvalidUSCC, EnterpriseAlreadyRegistered, EnterpriseNotInRegister.
        """
        code = parse_uscc(uscc)
        if self.parties.enterprise_by_uscc(code) is not None:
            raise EnterpriseAlreadyRegistered(
                "a live identity exists for this code; sign in, or recover it if the key is lost"
            )
        name = self._confirm(code, legal_representative)
        return self._create(code, name)

    def _confirm(self, uscc: str, legal_representative: str) -> str:
        company = self.register.lookup(uscc)
        if company is None:
            raise EnterpriseNotInRegister(
                "no company with this code is in the market-regulation register; check the licence"
            )
        if company.legal_representative != legal_representative.strip():
            raise EnterpriseNotInRegister(
                "the register names another legal representative; "
                "enter the name as on the licence, or have the register corrected first"
            )
        return company.name

    def _create(self, uscc: str, name: str) -> Enterprise:
        secret = Secp256k1Key()
        point = secret.public_key.format(compressed=False)[1:]
        address = to_checksum_address(keccak(point)[-20:])
        enterprise = Enterprise(
            id=new_id(),
            uscc=uscc,
            name=name,
            did=did_ethr(self.chain_id, address),
            controller_address=address,
            state=EnterpriseState.REGISTERING,
            registered_at=self.clock(),
        )
        fingerprint = self.fingerprint("uscc", uscc)
        self.keys.create_owner(enterprise.id)
        binding = self.keys.create_binding_key(enterprise.id)
        self.keys.keep_controller_key(enterprise.id, secret.secret)
        self.parties.add_enterprise(
            enterprise, fingerprint="0x" + fingerprint.hex(), public_jwk=jose.public_jwk(binding)
        )
        self.chain.register(
            fingerprint=fingerprint, controller_key=secret.secret, multikey=jose.multikey(binding)
        )
        return enterprise
