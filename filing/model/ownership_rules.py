"""Rules over the claims about shareholders, controllers and beneficial owners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from filing.model.facts import ClaimFacts
from filing.model.ownership import (
    HALF_BPS,
    Owner,
    Shareholder,
    controller_of,
    owners_by_shares,
    path_text,
)

_STANDARDS = {"1": "standard_1", "2": "standard_2", "3": "standard_3"}


def shareholder_names(facts: ClaimFacts) -> list[Any] | None:
    """The registered shareholders."""
    return _column(_shareholders(facts), "name")


def shareholder_id_types(facts: ClaimFacts) -> list[Any] | None:
    """The shareholders' kinds of document, where every one is known."""
    kinds = [s.get("id_type") or _kind_of(s) for s in _shareholders(facts)]
    return _complete(kinds)


def shareholder_shares(facts: ClaimFacts) -> list[Any] | None:
    """The shareholders' shares in basis points."""
    return _column(_shareholders(facts), "share_bps")


def shareholder_capital(facts: ClaimFacts) -> list[Any] | None:
    """What each shareholder subscribed, in fen, where every one is known."""
    return _column(_shareholders(facts), "subscribed_capital_fen")


def parent_name(facts: ClaimFacts) -> str | None:
    """The company that holds half of the shares or more."""
    parent = _parent(facts)
    return parent["name"] if parent else None


def parent_uscc(facts: ClaimFacts) -> str | None:
    """The code of the company that holds half of the shares or more."""
    parent = _parent(facts)
    return parent.get("id_code") if parent else None


def controller_name(facts: ClaimFacts) -> str | None:
    """The largest shareholder, as ownership.controller_of finds it."""
    controller = controller_of(_shareholders(facts))
    return controller["name"] if controller else None


def controller_id_type(facts: ClaimFacts) -> str | None:
    """The controller's kind of document; a company's is its code."""
    found: str | None = _of_controller(facts, "id_type", "id_type")
    return found


def controller_id_no(facts: ClaimFacts) -> str | None:
    """The controller's document number."""
    found: str | None = _of_controller(facts, "id_code", "id_no")
    return found


def controller_id_expiry(facts: ClaimFacts) -> str | None:
    """The day the controller's document ends, where the police verified that person."""
    found: str | None = _of_controller(facts, None, "id_to")
    return found


def related_names(facts: ClaimFacts) -> list[Any] | None:
    """The shareholders that are companies."""
    return _column(_companies(facts), "name")


def related_codes(facts: ClaimFacts) -> list[Any] | None:
    """The codes of the shareholders that are companies, where every one is known."""
    return _column(_companies(facts), "id_code")


def related_relations(facts: ClaimFacts) -> list[str] | None:
    """Controlling shareholder from half of the shares up, otherwise shareholder."""
    companies = _companies(facts)
    kinds = ("shareholder", "controlling_shareholder")
    return [kinds[int(c["share_bps"]) >= HALF_BPS] for c in companies] or None


def bo_names(facts: ClaimFacts) -> list[Any] | None:
    """The beneficial owners: filed, else by the 25 % rule, else the legal representative."""
    return [owner.name for owner in _owners(facts)] or None


def bo_relation_type(facts: ClaimFacts) -> list[str] | None:
    """The standards that the beneficial owners meet."""
    return sorted({owner.standard for owner in _owners(facts)}) or None


def bo_share_ratio(facts: ClaimFacts) -> list[Any] | None:
    """The owners' shares in basis points, where every one is known."""
    return _complete([owner.share_bps for owner in _owners(facts)])


def bo_start_date(facts: ClaimFacts) -> list[Any] | None:
    """Since when, where every one is known."""
    return _complete([owner.start_date for owner in _owners(facts)])


def bo_nationality(facts: ClaimFacts) -> list[Any] | None:
    """The owners' nationality as filed, or as the police verified it."""
    owners = _owners(facts)
    return _complete([o.nationality or _police(facts, o.name, "nationality") for o in owners])


def bo_id_type(facts: ClaimFacts) -> list[Any] | None:
    """The owners' kinds of document."""
    return _complete([o.id_type or _police(facts, o.name, "id_type") for o in _owners(facts)])


def bo_id_no(facts: ClaimFacts) -> list[Any] | None:
    """The owners' document numbers."""
    return _complete([o.id_code or _police(facts, o.name, "id_no") for o in _owners(facts)])


def bo_id_validity(facts: ClaimFacts) -> list[Any] | None:
    """The days the owners' documents end."""
    return _complete([_police(facts, owner.name, "id_to") for owner in _owners(facts)])


def bo_gender(facts: ClaimFacts) -> list[Any] | None:
    """The owners' gender as the police verified it."""
    return _complete([_police(facts, owner.name, "gender") for owner in _owners(facts)])


def bo_birth_date(facts: ClaimFacts) -> list[Any] | None:
    """The owners' dates of birth as the police verified them."""
    return _complete([_police(facts, owner.name, "birth_date") for owner in _owners(facts)])


def controlling_person_birth_place(facts: ClaimFacts) -> list[Any] | None:
    """The owners' places of birth as the police verified them."""
    return _complete([_police(facts, owner.name, "birth_place") for owner in _owners(facts)])


def bo_path(facts: ClaimFacts) -> list[str] | None:
    """How each owner reaches the company."""
    company = facts.claim("business-licence", "company_name")
    owners = _owners(facts) if company else []
    return [path_text(owner.name, owner.share_bps, company) for owner in owners] or None


def _shareholders(facts: ClaimFacts) -> list[Shareholder]:
    found: list[Shareholder] | None = facts.claim("equity-structure", "shareholders")
    return found or []


def _companies(facts: ClaimFacts) -> list[Shareholder]:
    return [s for s in _shareholders(facts) if s["kind"] == "company"]


def _parent(facts: ClaimFacts) -> Shareholder | None:
    companies = sorted(_companies(facts), key=lambda s: -int(s["share_bps"]))
    return next((s for s in companies if int(s["share_bps"]) >= HALF_BPS), None)


def _kind_of(shareholder: Shareholder) -> str | None:
    return "uscc" if shareholder["kind"] == "company" else None


def _of_controller(facts: ClaimFacts, in_register: str | None, at_police: str) -> Any:
    controller = controller_of(_shareholders(facts))
    if controller is None:
        return None
    known = controller.get(in_register) if in_register else None
    if known is None and in_register == "id_type":
        known = _kind_of(controller)
    if known is not None or controller["kind"] == "company":
        return known
    return _police(facts, controller["name"], at_police)


def _police(facts: ClaimFacts, name: str, claim: str) -> Any:
    """Return a verified fact of a person; the police verified the legal representative only.

    A name alone is weak, so the representative named by the register must agree.
    """
    verified = facts.claim("person-id", "legal_rep_name")
    registered = facts.claim("legal-representative", "legal_rep_name")
    if verified != name or registered not in (None, name):
        return None
    return facts.claim("person-id", claim)


def _owners(facts: ClaimFacts) -> list[Owner]:
    filed = facts.claim("bo-filing", "beneficial_owners")
    shareholders = _shareholders(facts)
    if filed:
        codes = {s["name"]: s.get("id_code") for s in shareholders if s["kind"] == "person"}
        return [_filed(item, codes) for item in filed]
    by_shares = owners_by_shares(shareholders)
    representative = facts.claim("legal-representative", "legal_rep_name")
    if by_shares or not shareholders or representative is None:
        return by_shares
    return [Owner(representative, "management")]


def _filed(item: Shareholder, codes: dict[str, Any]) -> Owner:
    return Owner(
        name=item["name"],
        standard=_STANDARDS[item["relation_type"]],
        share_bps=item.get("share_bps"),
        nationality=item.get("nationality"),
        id_type=item.get("id_type"),
        id_code=codes.get(item["name"]),
        start_date=item.get("start_date"),
    )


def _column(rows: list[Shareholder], key: str) -> list[Any] | None:
    return _complete([row.get(key) for row in rows])


def _complete(values: list[Any]) -> list[Any] | None:
    return values if values and all(value is not None for value in values) else None


OWNERSHIP_RULES: dict[str, Callable[[ClaimFacts], Any]] = {
    rule.__name__: rule
    for rule in (
        shareholder_names,
        shareholder_id_types,
        shareholder_shares,
        shareholder_capital,
        parent_name,
        parent_uscc,
        controller_name,
        controller_id_type,
        controller_id_no,
        controller_id_expiry,
        related_names,
        related_codes,
        related_relations,
        bo_names,
        bo_relation_type,
        bo_share_ratio,
        bo_start_date,
        bo_nationality,
        bo_id_type,
        bo_id_no,
        bo_id_validity,
        bo_gender,
        bo_birth_date,
        controlling_person_birth_place,
        bo_path,
    )
}
