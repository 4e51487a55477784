"""Issuing from a register: everything once, refusals by row, a new version again."""

from __future__ import annotations

import pytest

from authorities import Authorities, IssuanceItem, IssuanceOutcome, IssuerRefused
from authorities.city import City
from authorities.errors import UnknownAuthority, UnknownRecordType
from authorities.issuing import Issuing
from authorities.model.record import Record
from tests.authorities.conftest import NOW, RememberingIssuer

pytestmark = pytest.mark.usefixtures("database", "loaded")


@pytest.fixture
def everyone(issuer: RememberingIssuer, city: City) -> RememberingIssuer:
    """The issuer, every company of the city registered with it."""
    issuer.registered = {company.uscc for company in city.companies}
    return issuer


def test_every_record_of_an_authority_is_issued_once(
    authorities: Authorities, everyone: RememberingIssuer
) -> None:
    held = sum(authorities.register.counts("tax").values())
    report = authorities.issuing.issue("tax")
    assert (report.issued, report.unchanged, report.refused) == (held, 0, 0)
    again = authorities.issuing.issue("tax")
    assert (again.issued, again.unchanged, again.refused) == (0, held, 0)


def test_a_changed_record_is_issued_again(
    authorities: Authorities, everyone: RememberingIssuer
) -> None:
    authorities.issuing.issue("samr", ["abnormal-list"])
    record = next(authorities.register.records("samr", "abnormal-list"))
    changed = {**record.claims, "listed": True, "reason": "未按规定公示年度报告"}
    authorities.register.save([Record("samr", "abnormal-list", record.uscc, "", changed)], NOW)
    assert authorities.issuing.issue("samr", ["abnormal-list"]).issued == 1
    assert everyone.superseded == {f"abnormal-list:{record.uscc}::1"}


def test_an_unregistered_enterprise_is_refused_by_row(
    authorities: Authorities, issuer: RememberingIssuer, city: City
) -> None:
    issuer.registered = {city.companies[0].uscc}
    report = authorities.issuing.issue("samr", ["business-licence"])
    assert (report.issued, report.refused) == (1, len(city.companies) - 1)
    assert {refusal.reason for refusal in report.refusals} == {"enterprise_not_registered"}


def test_a_record_that_breaks_its_type_is_refused_and_the_rest_is_issued(
    authorities: Authorities, everyone: RememberingIssuer, city: City
) -> None:
    uscc = city.companies[0].uscc
    broken = {"uscc": uscc, "listed": "yes", "as_of": "2020-03-01"}
    authorities.register.save([Record("samr", "abnormal-list", uscc, "", broken)], NOW)
    report = authorities.issuing.issue("samr", ["abnormal-list"])
    assert (report.issued, report.refused) == (len(city.companies) - 1, 1)
    assert (report.refusals[0].uscc, report.refusals[0].reason) == (uscc, "claims_invalid")


def test_chosen_companies_only(
    authorities: Authorities, everyone: RememberingIssuer, city: City
) -> None:
    chosen = [city.companies[3].uscc]
    assert authorities.issuing.issue("samr", usccs=chosen).issued == 5
    assert {item.uscc for item in everyone.issued.values()} == set(chosen)


def test_unknown_names_are_refused(authorities: Authorities) -> None:
    with pytest.raises(UnknownAuthority):
        authorities.issuing.issue("nobody")
    with pytest.raises(UnknownRecordType):
        authorities.issuing.issue("samr", ["invoice"])


class Unaccredited:
    """An issuer whose accreditation is suspended."""

    def issue_many(
        self, issuer_code: str, type_code: str, items: list[IssuanceItem]
    ) -> list[IssuanceOutcome]:
        raise IssuerRefused("the accreditation is suspended; the regulator reinstates it")


def test_an_issuer_that_may_not_issue_says_so(authorities: Authorities) -> None:
    issuing = Issuing(authorities.types, authorities.register, Unaccredited())  # type: ignore[arg-type]
    with pytest.raises(IssuerRefused):
        issuing.issue("samr")
