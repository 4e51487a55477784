"""Claims path pointers (OpenID4VP 1.0 §7): which places of a payload a path selects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from identity.model.revelation import Pointer

Path = Sequence[str | int | None]
"""Member names, array indices from zero, and None for every element of an array."""


def select(payload: Any, path: Path, at: Pointer = ()) -> Iterator[Pointer]:
    """Yield the places that a path selects (§7.1); nothing where it does not fit the payload."""
    if not path:
        yield at
        return
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        if isinstance(payload, dict) and step in payload:
            yield from select(payload[step], rest, (*at, step))
    elif isinstance(payload, list):
        indices = range(len(payload)) if step is None else [step]
        for index in indices:
            if 0 <= index < len(payload):
                yield from select(payload[index], rest, (*at, index))


def needed_for(places: Iterable[Pointer], selected: Iterable[Pointer]) -> Iterator[bool]:
    """Yield for each place whether what stands there is part of, or holds, something selected."""
    chosen = set(selected)
    holding = {place[:size] for place in chosen for size in range(len(place) + 1)}
    for place in places:
        yield place in holding or any(place[:size] in chosen for size in range(len(place)))
