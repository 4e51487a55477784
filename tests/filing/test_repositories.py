"""Cases in the database: what is read is what was written, and no change is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db import db
from filing import CaseRepository, Filing
from filing.adapters.documents import document_of
from filing.context import meter_of
from filing.errors import CaseNotFound, VersionConflict
from tests.filing.conftest import World
from tests.filing.fakes import wallet


def test_a_case_is_read_as_it_was_written(world: World) -> None:
    other = {"registered_address": "北京市朝阳区建国路88号"}
    opened = world.open_case(credentials=wallet(taxpayer=other))
    body = {"values": {"business_scope": "贸易"}, "version": 1}
    world.enterprise.call("PATCH", f"/cases/{opened['id']}/fields", body)
    with world.app.app_context():
        cases = CaseRepository(db.session, world.identity)
        case = cases.get(opened["id"])
        assert case.fields["business_scope"].replaced.issuer == "samr"
        saved = cases.save(case, meter_of(case))
        db.session.commit()
        again = cases.get(case.id)
        assert again == saved
        assert again.version == case.version + 1
        assert again.conflicts == case.conflicts


def test_what_a_credential_says_of_itself_is_kept_once(world: World) -> None:
    opened = world.open_case()
    with world.app.app_context():
        document = document_of(CaseRepository(db.session, world.identity).get(opened["id"]))
    digests = {f["credential_digest"] for f in opened["fields"] if "credential_digest" in f}
    assert set(document["sources"]) == digests
    assert "issuer_name_zh" not in document["fields"]["depositor_name"]


def test_the_second_of_two_changes_is_refused(world: World) -> None:
    opened = world.open_case()
    with world.app.app_context():
        cases = CaseRepository(db.session, world.identity)
        case = cases.get(opened["id"])
        cases.save(replace(case, updated_at=1), meter_of(case))
        with pytest.raises(VersionConflict):
            cases.save(replace(case, updated_at=2), meter_of(case))
        assert cases.get(case.id).updated_at == 1


def test_unknown_case(world: World) -> None:
    filing: Filing = world.app.extensions["qilian.filing"]
    with world.app.app_context(), pytest.raises(CaseNotFound):
        filing.case("no such case")


def test_verification_steps_are_kept_with_the_case(world: World) -> None:
    opened = world.open_case()
    assert [step["outcome"] for step in opened["steps"]] == ["passed", "cannot_check"]
