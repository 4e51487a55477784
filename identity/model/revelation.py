"""Put disclosed values back into their places (RFC 9901 §7.1 steps 3 to 5).

Most credentials have all their digests at the top and nothing wrong with them: `_reveal_flat` sees
to those with a few set operations. Whatever it does not recognise takes the way of the standard's
text, which handles objects and arrays inside and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from identity.errors import InvalidDisclosure, MalformedToken
from identity.model.disclosure import (
    DIGEST_ALG,
    DIGESTS,
    ELEMENT,
    NEVER_DISCLOSABLE,
    RESERVED,
    SHA_256,
    Disclosure,
    digests_in,
    digests_of,
)
from identity.model.encoding import MAX_DEPTH

Pointer = tuple[str | int, ...]
"""A place in the processed payload: member names and array indices from the top."""


class Revealed(NamedTuple):
    """A payload with its disclosures in place.

    Attributes:
        payload: the processed payload; digests and `_sd_alg` are gone.
        places: where each disclosure stands in it, in the order of the disclosures.
    """

    payload: dict[str, Any]
    places: tuple[Pointer, ...]


def reveal(
    payload: Mapping[str, Any],
    disclosures: Sequence[Disclosure],
    texts: Sequence[bytes],
    hash_alg: str = SHA_256,
) -> Revealed:
    """Return the payload with the disclosures in place.

    Args:
        payload: the payload as signed.
        disclosures: what was disclosed.
        texts: the JSON texts in which digests can stand: of the payload, and of the disclosures
            of objects and arrays.
        hash_alg: the payload's `_sd_alg`.
    Raises:
        InvalidDisclosure: a disclosure is referenced by no digest, is of the wrong kind for its
            place, repeats a claim or names a reserved one.
        MalformedToken: a digest is repeated, a reserved member stands where it may not, or
            disclosures nest too deep.
    """
    digests = digests_of([encoded for encoded, _, _ in disclosures], hash_alg)
    if _is_flat(payload, texts):
        revealed = _reveal_flat(payload, disclosures, digests)
        if revealed is not None:
            return revealed
    if len(set(digests)) != len(digests):
        raise InvalidDisclosure("found the same disclosure twice")
    revealing = _Revealing(dict(zip(digests, disclosures, strict=True)))
    shown = {name: value for name, value in payload.items() if name != DIGEST_ALG}
    processed = revealing.members(shown, ())
    for digest, (_, name, _) in revealing.by_digest.items():
        if digest not in revealing.at:
            raise InvalidDisclosure(f"the disclosure of {name!r} has no digest here")
    return Revealed(processed, tuple(revealing.at[digest] for digest in digests))


def _is_flat(payload: Mapping[str, Any], texts: Sequence[bytes]) -> bool:
    """Tell whether all digests stand at the top; False where only a closer look can tell.

    A backslash may spell a reserved name in another way.
    """
    text = b"".join(texts)
    at_top = (DIGESTS in payload) + (DIGEST_ALG in payload)
    return text.count(b'"_sd') == at_top and b'"..."' not in text and b"\\" not in text


def _reveal_flat(
    payload: Mapping[str, Any], disclosures: Sequence[Disclosure], digests: Sequence[str]
) -> Revealed | None:
    """Return the payload with the disclosures at its top; None if anything is not as it should."""
    listed = digests_in(payload)
    known = set(listed)
    disclosed = {name: value for _, name, value in disclosures if name is not None}
    if (
        len(known) != len(listed)
        or not known.issuperset(digests)
        or len(disclosed) != len(disclosures)
        or not payload.keys().isdisjoint(disclosed)
        or not NEVER_DISCLOSABLE.isdisjoint(disclosed)
    ):
        return None
    processed = {**payload, **disclosed}
    processed.pop(DIGESTS, None)
    processed.pop(DIGEST_ALG, None)
    return Revealed(processed, tuple(zip(disclosed, strict=True)))


@dataclass
class _Revealing:
    """One run of the long way: disclosures by digest, where each stood, the digests met."""

    by_digest: Mapping[str, Disclosure]
    at: dict[str, Pointer] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def members(self, value: Mapping[str, Any], at: Pointer) -> dict[str, Any]:
        processed: dict[str, Any] = {}
        for name, member in value.items():
            if name in (DIGEST_ALG, ELEMENT):
                raise MalformedToken(f"found the reserved member {name!r} where it may not be")
            if name != DIGESTS:
                processed[name] = self._value(member, (*at, name))
        for digest in digests_in(value):
            disclosure = self._take(digest)
            if disclosure is not None:
                _, claim, content = disclosure
                member_name = _require_new(claim, processed, top=not at)
                self.at[digest] = place = (*at, member_name)
                processed[member_name] = self._value(content, place)
        return processed

    def _value(self, value: Any, at: Pointer) -> Any:
        if len(at) > MAX_DEPTH:
            raise MalformedToken(f"the disclosures nest deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return self.members(value, at)
        if isinstance(value, list):
            return self._elements(value, at)
        return value

    def _elements(self, value: Sequence[Any], at: Pointer) -> list[Any]:
        processed: list[Any] = []
        for item in value:
            place = (*at, len(processed))
            if not isinstance(item, dict) or ELEMENT not in item:
                processed.append(self._value(item, place))
                continue
            digest = item[ELEMENT]
            if len(item) != 1 or not isinstance(digest, str):
                raise MalformedToken("expected an object of '...' and nothing else for an element")
            disclosure = self._take(digest)
            if disclosure is None:
                continue
            _, name, content = disclosure
            if name is not None:
                raise InvalidDisclosure("found the disclosure of a member for an array element")
            self.at[digest] = place
            processed.append(self._value(content, place))
        return processed

    def _take(self, digest: str) -> Disclosure | None:
        """Return the disclosure of a digest; None if it is withheld or the digest a decoy."""
        if digest in self.met:
            raise MalformedToken("found the same digest twice")
        self.met.add(digest)
        return self.by_digest.get(digest)


def _require_new(name: str | None, siblings: Mapping[str, Any], *, top: bool) -> str:
    if name is None:
        raise InvalidDisclosure("found the disclosure of an array element for an object member")
    if name in (NEVER_DISCLOSABLE if top else RESERVED):
        raise InvalidDisclosure(f"the claim {name!r} may not be selectively disclosed")
    if name in siblings:
        raise InvalidDisclosure(f"the claim {name!r} is there twice")
    return name
