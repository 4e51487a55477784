"""Take up the sandbox's organisations: accounts, keys, and accreditation on chain."""

from __future__ import annotations

import time
from dataclasses import dataclass

from eth_utils.crypto import keccak

from authorities.model.organisation import BEIJING, ORGANISATIONS, REGULATOR, SandboxOrganisation
from chain import Chain, Outbox
from identity import Identity
from web.access import Role
from web.accounts import (
    OrganisationAccount,
    create_organisation,
    create_user,
    organisation_by_code,
)
from web.passwords import PasswordHash, hash_password

VALIDITY_S = 10 * 365 * 86_400


@dataclass(frozen=True)
class Provisioning:
    """Makes every organisation known to the shell, to identity and to the chain; idempotent."""

    identity: Identity
    chain: Chain

    def take_up_all(self, password: str) -> None:
        """Take up all organisations; their people share one sandbox password."""
        hashed = hash_password(password)
        for organisation in ORGANISATIONS:
            account = organisation_by_code(organisation.code)
            if account is None:
                account = self._open_accounts(organisation, hashed)
            self._take_up(organisation, account.id)
            if organisation is not REGULATOR:
                self._accredit(organisation)

    def _open_accounts(
        self, organisation: SandboxOrganisation, password: PasswordHash
    ) -> OrganisationAccount:
        account = create_organisation(
            code=organisation.code,
            kind=organisation.kind,
            name_zh=organisation.name_zh,
            name_en=organisation.name_en,
        )
        for person in organisation.people:
            create_user(
                login=person.login,
                display_name=person.display_name,
                organisation_id=account.id,
                roles=[Role(person.role)],
                password=password,
            )
        return account

    def _take_up(self, organisation: SandboxOrganisation, organisation_id: str) -> None:
        self.identity.organisations.take_up(
            organisation_id=organisation_id,
            code=organisation.code,
            kind=organisation.kind,
            name_zh=organisation.name_zh,
            name_en=organisation.name_en,
            address=self.chain.signers.address(organisation.signer),
            signer=organisation.signer,
        )

    def _accredit(self, organisation: SandboxOrganisation) -> None:
        """Queue the regulator's accreditation for all its credential types and licensed acts."""
        vcts = [self.identity.types.get(code).vct for code in organisation.issues]
        dedupe_key = f"accredit:{organisation.code}"
        if Outbox.status(dedupe_key) is not None:
            return
        now = int(time.time())
        Outbox.enqueue(
            dedupe_key=dedupe_key,
            signer=REGULATOR.signer,
            contract="AccreditationRegistry",
            function="accreditBatch",
            item=[
                self.chain.signers.address(organisation.signer),
                [keccak(text=name) for name in (*vcts, *organisation.acts)],
                [BEIJING],
                now - 60,
                now + VALIDITY_S,
            ],
        )
