"""See issuers and their standing; suspend and reinstate them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from db import new_id
from oversight.errors import AlreadyInState, IssuerNotFound
from oversight.model.records import Issuer, IssuerView, Standing, Suspension
from oversight.ports import Actor, ChainOrders, Clock, Issuers, OversightStore

UNDER_WAY = frozenset({"queued", "sent"})


@dataclass(frozen=True)
class IssuerDesk:
    """The regulator's list of issuers and its orders about them."""

    store: OversightStore
    issuers: Issuers
    orders: ChainOrders
    clock: Clock

    def list(self) -> list[IssuerView]:
        """Return all issuers with their standing on chain."""
        latest = self.store.latest_suspensions()
        return [self._view(issuer, latest.get(issuer.code)) for issuer in self.issuers.all()]

    def names(self) -> dict[str, tuple[str, str]]:
        """Return the issuers' names, Chinese and English, by code."""
        return {issuer.code: (issuer.name_zh, issuer.name_en) for issuer in self.issuers.all()}

    def set_suspended(
        self, issuer_code: str, *, suspended: bool, reason: str, actor: Actor
    ) -> IssuerView:
        """Order an issuer suspended or reinstated; it takes effect with the next block.

        Raises:
            IssuerNotFound: no issuer has that code.
            AlreadyInState: it is so already, or the same order is under way.
        """
        issuer = self._issuer(issuer_code)
        view = self._view(issuer, self.store.latest_suspensions().get(issuer_code))
        if _is_or_will_be_suspended(view) is suspended:
            raise AlreadyInState(
                f"{issuer_code} is {view.standing}, or an order to that effect is under way",
                standing=str(view.standing),
            )
        salt = secrets.token_hex(32)
        order = Suspension(
            id=new_id(),
            issuer_code=issuer_code,
            suspended=suspended,
            reason=reason,
            salt=salt,
            reason_digest=salted_reason(salt, reason),
            ordered_by=actor.user_id,
            ordered_at=self.clock(),
        )
        self.store.add_suspension(order)
        self.orders.set_suspended(order, issuer, regulator_code=actor.organisation_code)
        return self._view(issuer, order)

    def _issuer(self, code: str) -> Issuer:
        for issuer in self.issuers.all():
            if issuer.code == code:
                return issuer
        raise IssuerNotFound(f"no issuer has the code {code[:60]}")

    def _view(self, issuer: Issuer, latest: Suspension | None) -> IssuerView:
        status = self.orders.suspension_status(latest.id) if latest else None
        return IssuerView(issuer, self.issuers.standing(issuer), latest, status)


def salted_reason(salt: str, reason: str) -> str:
    """Return SHA-256 of a random salt (hex) and a reason, 0x-hex; the reason stays off chain."""
    return "0x" + hashlib.sha256(bytes.fromhex(salt) + reason.encode()).hexdigest()


def _is_or_will_be_suspended(view: IssuerView) -> bool | None:
    """Return the state after what is under way; None where the chain cannot be asked."""
    if view.latest is not None and view.status is not None and view.status.state in UNDER_WAY:
        return view.latest.suspended
    if view.standing is Standing.CANNOT_CHECK:
        return None
    return view.standing is Standing.SUSPENDED
