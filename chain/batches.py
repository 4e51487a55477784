"""Packing queued items into transactions, and finding the items that a contract refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chain.artifacts import Artifact
from chain.errors import ContractReverted, ItemNotEncodable
from chain.intents import Intent
from chain.node import Chain
from chain.sender import Draft

# A transaction's data beyond this is refused by common nodes (128 KiB less what surrounds it).
_DATA_BYTES_MAX = 120_000


@dataclass(frozen=True)
class Group:
    """Items that go out in one transaction."""

    intents: tuple[Intent, ...]
    draft: Draft


@dataclass
class Split:
    """A batch after trial: what can be sent, and what was refused and why."""

    groups: list[Group] = field(default_factory=list)
    refused: list[tuple[Intent, ContractReverted]] = field(default_factory=list)
    malformed: list[tuple[Intent, ItemNotEncodable]] = field(default_factory=list)


Trial = Callable[[Draft], None]


def split_batch(intents: Sequence[Intent], *, artifact: Artifact, to: str, trial: Trial) -> Split:
    """Split a batch into groups that pass the trial, halving whatever does not.

    Args:
        intents: items of one contract and function, in order.
        trial: raises ContractReverted for a transaction that would fail.
    """
    split = Split()
    _try_all(tuple(intents), artifact, to, trial, split)
    return split


def trial_on(chain: Chain, sender: str) -> Trial:
    """Return the trial that simulates a transaction from an address on the latest state."""

    def simulate(draft: Draft) -> None:
        chain.simulate(sender=sender, to=draft.to or "", data=draft.data)

    return simulate


def no_trial(draft: Draft) -> None:
    """Pass everything: the transaction itself is the trial."""


def _try_all(
    intents: tuple[Intent, ...], artifact: Artifact, to: str, trial: Trial, split: Split
) -> None:
    try:
        draft = _draft(intents, artifact, to)
        trial(draft)
    except (ContractReverted, ItemNotEncodable) as error:
        if len(intents) > 1:
            middle = len(intents) // 2
            _try_all(intents[:middle], artifact, to, trial, split)
            _try_all(intents[middle:], artifact, to, trial, split)
        elif isinstance(error, ContractReverted):
            split.refused.append((intents[0], error))
        else:
            split.malformed.append((intents[0], error))
    else:
        split.groups.append(Group(intents, draft))


def _draft(intents: tuple[Intent, ...], artifact: Artifact, to: str) -> Draft:
    first = intents[0]
    data = artifact.function(first.function).batch_call_data([intent.item for intent in intents])
    if len(data) // 2 > _DATA_BYTES_MAX:
        raise ItemNotEncodable(
            f"{len(data) // 2} bytes of call data; at most {_DATA_BYTES_MAX} go in a transaction"
        )
    return Draft(to, data, f"{first.contract}.{first.function} x{len(intents)}")
