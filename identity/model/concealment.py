"""Hide claims behind digests, whole or in parts (RFC 9901 §4.2, §6)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from identity.errors import InvalidDisclosure
from identity.model.disclosure import (
    DIGESTS,
    ELEMENT,
    NEVER_DISCLOSABLE,
    SHA_256,
    digests_of,
    holds_reserved,
)
from identity.model.encoding import b64u, b64u_digests, b64u_each

# §9.3 asks for 128 bits; 144 fill whole characters, so that all salts are cut from one text.
_SALT_BYTES, _SALT_CHARS = 18, 24


@dataclass(frozen=True)
class Rule:
    """What of a claim can be disclosed on its own.

    Attributes:
        disclosable: the whole value is behind a digest; False: it is visible with what holds it.
        members: rules for the members of an object, by name.
        elements: rules for the elements of an array, by index.
        each: the rule for the members and elements not named; None: visible with the value.
    """

    disclosable: bool = True
    members: Mapping[str, Rule] = field(default_factory=dict)
    elements: Mapping[int, Rule] = field(default_factory=dict)
    each: Rule | None = None

    def of_member(self, name: str) -> Rule:
        """Return the rule of a member."""
        return self.members.get(name, self.each or VISIBLE)

    def of_element(self, index: int) -> Rule:
        """Return the rule of an element."""
        return self.elements.get(index, self.each or VISIBLE)


WHOLE = Rule()
VISIBLE = Rule(disclosable=False)
RECURSIVE = Rule(each=WHOLE)
"""The value is behind a digest, and in it each member or element behind its own (§6.3)."""
STRUCTURED = Rule(disclosable=False, each=WHOLE)
"""The value is visible, each member or element behind a digest of its own (§6.2)."""


def conceal(
    claims: Mapping[str, Any],
    structure: Mapping[str, Rule] | None,
    decoys: int,
    hash_alg: str = SHA_256,
) -> tuple[dict[str, Any], list[str]]:
    """Return the claims with digests in place of what is hidden, and the encoded disclosures.

    Args:
        claims: the claims by name.
        structure: a rule per claim; a claim without one is `WHOLE`.
        decoys: digests of nothing to add to every `_sd` (§4.2.5).
        hash_alg: the credential's `_sd_alg`.
    Raises:
        InvalidDisclosure: a claim is one that is never disclosable, or has a reserved member.
    """
    _require_issuable(claims)
    if structure:
        concealing = _Concealing(decoys, hash_alg)
        shown = concealing.members(claims, Rule(members=structure, each=WHOLE))
        return shown, concealing.disclosures
    salts = b64u(os.urandom(_SALT_BYTES * len(claims)))
    contents, start = [], 0
    for name, value in claims.items():
        contents.append(orjson.dumps([salts[start : start + _SALT_CHARS], name, value]))
        start += _SALT_CHARS
    disclosures = b64u_each(contents)
    return _with_digests({}, digests_of(disclosures, hash_alg), decoys), disclosures


def _require_issuable(claims: Mapping[str, Any]) -> None:
    if not NEVER_DISCLOSABLE.isdisjoint(claims):
        name = min(NEVER_DISCLOSABLE & claims.keys())
        raise InvalidDisclosure(f"the claim {name!r} may not be selectively disclosed")
    for name, value in claims.items():
        if isinstance(value, (dict, list, tuple)) and holds_reserved(value):
            raise InvalidDisclosure(f"the claim {name!r} has a member named '_sd' or '...'")


def _with_digests(shown: dict[str, Any], digests: list[str], decoys: int) -> dict[str, Any]:
    """Add the digests and decoys, sorted: that hides the claims' order (§4.2.4.1)."""
    if decoys:
        # Under whichever `_sd_alg`: random digests look alike.
        digests += b64u_digests([hashlib.sha256(os.urandom(32)).digest() for _ in range(decoys)])
    if digests:
        shown[DIGESTS] = sorted(digests)
    return shown


class _Concealing:
    """One run of `conceal` by rules; collects the disclosures."""

    def __init__(self, decoys: int, hash_alg: str) -> None:
        self.disclosures: list[str] = []
        self._decoys = decoys
        self._hash_alg = hash_alg

    def members(self, value: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        digests = []
        for name, member in value.items():
            part = rule.of_member(name)
            content = self._apply(member, part)
            if part.disclosable:
                digests.append(self._hide([name, content]))
            else:
                shown[name] = content
        return _with_digests(shown, digests, self._decoys)

    def _apply(self, value: Any, rule: Rule) -> Any:
        if isinstance(value, Mapping):
            return self.members(value, rule)
        if isinstance(value, (list, tuple)):
            return [self._element(item, rule.of_element(index)) for index, item in enumerate(value)]
        return value

    def _element(self, value: Any, rule: Rule) -> Any:
        content = self._apply(value, rule)
        return {ELEMENT: self._hide([content])} if rule.disclosable else content

    def _hide(self, content: list[Any]) -> str:
        encoded = b64u(orjson.dumps([b64u(os.urandom(_SALT_BYTES)), *content]))
        self.disclosures.append(encoded)
        return digests_of([encoded], self._hash_alg)[0]
