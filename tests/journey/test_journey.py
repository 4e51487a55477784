"""One test tells the whole story, from registration to the regulator, over HTTP on a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chain import OutboxThread
from identity.adapters.build import housekeeping
from journey.parties import World
from journey.report import show, summary
from journey.stages import Journey
from tests.chain.node_fixture import free_port, running_node
from tests.platform import ENTERPRISES, running_platform


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The figures of a journey with twelve enterprises, on Ganache."""
    directory: Path = tmp_path_factory.mktemp("journey")
    with running_node("ganache", free_port()) as url, running_platform(directory, url) as platform:
        duties = housekeeping(platform.app.extensions["qilian.identity"])
        worker = OutboxThread(platform.app, duties=duties, poll_s=0.05).start()
        try:
            world = World.sign_in(platform.http, platform.password)
            yield summary(world, Journey(world, Console(quiet=True)).run())
        finally:
            worker.stop()


def test_every_enterprise_is_registered_and_has_an_account(found: dict[str, Any]) -> None:
    assert found["enterprises"] == ENTERPRISES
    assert found["fields"]["account-opening"]["cases"] == ENTERPRISES


def test_credentials_of_every_simulated_authority_are_issued(found: dict[str, Any]) -> None:
    assert {"business-licence", "person-id", "invoice-ledger"} <= set(found["credentials_by_type"])
    assert found["credentials"] > 12 * ENTERPRISES


def test_almost_nothing_is_typed(found: dict[str, Any]) -> None:
    opening = found["fields"]["account-opening"]
    assert opening["typed_now"] < opening["baseline_typed"]
    assert 0.5 < opening["reduction"] <= 1


def test_every_loan_is_decided_and_declines_have_reasons(found: dict[str, Any]) -> None:
    loans = found["loans"]
    assert loans["decided"] == ENTERPRISES
    assert loans["by_outcome"]["approved"] >= 1
    assert loans["commonest_reasons"]


def test_the_second_pledge_of_a_receivable_is_refused_by_the_contract(
    found: dict[str, Any],
) -> None:
    pledges = found["double_pledge"]
    assert pledges["first"]["chain"]["state"] == "mined"
    assert pledges["second"]["chain"]["state"] == "failed"
    assert pledges["second"]["chain"]["error_name"] == "PledgeRegistry_OverPledged"


def test_the_regulator_replays_a_decision_and_suspends_an_issuer(found: dict[str, Any]) -> None:
    assert found["replay"]["equal"] is True
    assert found["suspension"] == {"issuer": "science", "refused_with": "issuer_refused"}


def test_chain_writes_are_batched(found: dict[str, Any]) -> None:
    assert found["chain"]["failed"] == 1, "only the double pledge is refused"
    assert found["chain"]["transactions_per_enterprise"] < 12  # twelve enterprises share the set-up


def test_the_table_shows_every_figure(found: dict[str, Any]) -> None:
    console = Console(record=True, width=200, quiet=False, file=None)
    with console.capture() as captured:
        show(found, console)
    for text in ("Enterprises", "transactions", "fewer", "PledgeRegistry_OverPledged", "equal"):
        assert text in captured.get()
