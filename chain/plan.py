"""A deployment as data: which contracts in which order, and which calls wire them together.

A value may refer to what is known only while deploying:

- ``@contract:Name``: the address of a contract deployed before
- ``@signer:name``: the address of a signer
- ``@selector:Name.function``: four bytes of a function
- ``@keccak:text``: keccak-256 of a text
- ``@role:NAME``: the number of a role listed under ``roles``
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chain.errors import DeploymentFailed


@dataclass(frozen=True)
class ContractStep:
    """One contract to deploy, with its constructor's arguments."""

    name: str
    args: tuple[Any, ...] = ()

    @property
    def key(self) -> str:
        """The step's name in the record of the deployment."""
        return f"contract:{self.name}"


@dataclass(frozen=True)
class CallStep:
    """One call that wires contracts together; its ``key`` is done once and never again."""

    key: str
    signer: str
    contract: str
    function: str
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class DeploymentPlan:
    """Contracts in order, then calls in order; ``signer`` deploys."""

    signer: str
    contracts: tuple[ContractStep, ...]
    calls: tuple[CallStep, ...] = ()
    roles: Mapping[str, int] | None = None

    @property
    def contract_names(self) -> tuple[str, ...]:
        """The names of all contracts, in the order of deployment."""
        return tuple(step.name for step in self.contracts)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all steps, in order."""
        contracts = tuple(step.key for step in self.contracts)
        return contracts + tuple(call.key for call in self.calls)


def load_plan(path: Path) -> DeploymentPlan:
    """Read a plan from a YAML (or JSON) file.

    Raises:
        DeploymentFailed: the file is not a plan; says what is missing.
    """
    try:
        return plan_from_data(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise DeploymentFailed(f"{path.name} is not a deployment plan: {error!r}") from error


def plan_from_data(data: Mapping[str, Any]) -> DeploymentPlan:
    """Return the plan in ``{signer, roles, contracts: [{name, args}], calls: [{…}]}``."""
    signer = str(data.get("signer", "deployer"))
    contracts = tuple(
        ContractStep(str(entry["name"]), tuple(entry.get("args") or ()))
        for entry in data["contracts"]
    )
    calls = tuple(_call(entry, signer) for entry in data.get("calls") or ())
    if len({call.key for call in calls}) != len(calls):
        raise KeyError("two calls have the same key")
    return DeploymentPlan(signer, contracts, calls, data.get("roles") or {})


def _call(entry: Mapping[str, Any], signer: str) -> CallStep:
    args = tuple(entry.get("args") or ())
    return CallStep(
        key=_call_key(entry),
        signer=str(entry.get("signer", signer)),
        contract=str(entry["contract"]),
        function=str(entry["function"]),
        args=args,
    )


def _call_key(entry: Mapping[str, Any]) -> str:
    """Return a call's own key, or one made from its arguments: changed wiring runs again."""
    if "key" in entry:
        return f"call:{entry['key']}"
    args = json.dumps(entry.get("args") or [])
    digest = hashlib.sha256(args.encode()).hexdigest()[:16]
    return f"call:{entry['contract']}.{entry['function']}:{digest}"
