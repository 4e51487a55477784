"""Each contract beside its model, driven at random (`contracts_sol/README.md`, Invariants).

``make fuzz`` sets FUZZ_CALLS: each machine then runs until it has made its part of so many calls.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .machines.accreditations import AccreditationMachine
from .machines.consents import ConsentMachine
from .machines.credit import CreditMachine
from .machines.dids import DIDMachine
from .machines.directory import DirectoryMachine
from .machines.enterprises import EnterpriseMachine
from .machines.machine import ACCEPTED, CALLS, ContractMachine
from .machines.pledges import PledgeMachine
from .machines.statuses import StatusMachine
from .world import World

MACHINES: tuple[type[ContractMachine], ...] = (
    DIDMachine,
    EnterpriseMachine,
    AccreditationMachine,
    StatusMachine,
    ConsentMachine,
    CreditMachine,
    PledgeMachine,
    DirectoryMachine,
)
FUZZ_CALLS = int(os.environ.get("FUZZ_CALLS", "0"))
FINDS = (Phase.explicit, Phase.generate)
# Of a mutant only whether it is noticed counts, not by how short a run.
IS_MUTANT = "CONTRACT_ARTIFACTS" in os.environ
SHORT = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=FINDS if IS_MUTANT else (*FINDS, Phase.shrink),
)
LONG = settings(
    max_examples=40,
    stateful_step_count=60,
    deadline=None,
    database=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say at the end how much was driven."""
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    lines = [f"{name}: {CALLS[name]} calls, {ACCEPTED[name]} went through" for name in CALLS]
    total = f"{CALLS.total()} calls in {took:.0f} s, every answer foretold"
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        sys.stdout.write("\n".join(["", *lines, total, ""]))


@pytest.mark.timeout(0 if FUZZ_CALLS else 300)
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.__name__)
def test_the_contract_answers_as_its_model(
    world: World, monkeypatch: pytest.MonkeyPatch, machine: type[ContractMachine]
) -> None:
    monkeypatch.setattr(machine, "world", world, raising=False)
    run_state_machine_as_test(machine, settings=LONG if FUZZ_CALLS else SHORT)
    while CALLS[machine.__name__] * len(MACHINES) < FUZZ_CALLS:
        run_state_machine_as_test(machine, settings=LONG)
    assert ACCEPTED[machine.__name__] > CALLS[machine.__name__] // 10
