"""What a contract's refusal means, in words."""

from __future__ import annotations

import pytest

from credit import ChainStatus, explain


def failed(name: str | None, *args: object) -> ChainStatus:
    return ChainStatus("failed", None, None, name, args)


def test_an_over_pledge_names_the_shares() -> None:
    text = explain(failed("PledgeRegistry_OverPledged", "0x05", 10_000, 2_550))
    assert text is not None
    assert "100 % is taken, 25.5 % was asked for" in text.en
    assert "重复质押" in text.zh


@pytest.mark.parametrize("status", [None, ChainStatus("queued"), ChainStatus("mined", "0x1", 1)])
def test_what_did_not_fail_needs_no_explanation(status: ChainStatus | None) -> None:
    assert explain(status) is None


@pytest.mark.parametrize("name", ["Other_Error", None])
def test_an_unknown_refusal_is_named(name: str | None) -> None:
    text = explain(failed(name))
    assert text is not None
    assert (name or "-") in text.en


def test_an_over_pledge_without_arguments_is_still_explained() -> None:
    text = explain(failed("PledgeRegistry_OverPledged"))
    assert text is not None
    assert "already pledged" in text.en
