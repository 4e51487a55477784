"""Settings: what may be served without TLS, and what may not."""

from __future__ import annotations

import pytest

from settings import from_environment, insecure_url


@pytest.mark.parametrize(
    ("environment", "may_serve"),
    [
        ({"PUBLIC_URL": "https://id.example"}, True),
        ({"PUBLIC_URL": "http://id.example", "SANDBOX": "true"}, False),
        ({"PUBLIC_URL": "http://id.example", "ALLOW_LOOPBACK_HTTP": "true"}, False),
        ({"PUBLIC_URL": "http://localhost:8000", "SANDBOX": "true"}, True),
        ({"PUBLIC_URL": "http://localhost:8000"}, False),
        ({"PUBLIC_URL": "http://localhost:8000", "ALLOW_LOOPBACK_HTTP": "true"}, True),
        (
            {"PUBLIC_URL": "http://localhost", "SANDBOX": "true", "ALLOW_LOOPBACK_HTTP": "no"},
            False,
        ),
        ({"PUBLIC_URL": "http://[::1]:8000", "SANDBOX": "1"}, True),
        ({"PUBLIC_URL": "ftp://localhost", "SANDBOX": "1"}, False),
    ],
)
def test_plain_http_is_for_this_machine_and_where_it_is_allowed(
    environment: dict[str, str], may_serve: bool
) -> None:
    said = insecure_url(from_environment(environment))
    assert (said is None) is may_serve
    assert said is None or "ALLOW_LOOPBACK_HTTP" in said


def test_hosts_of_outside_issuers_are_a_list() -> None:
    config = from_environment({"ISSUER_HOSTS": "a.example, b.example:8443"})
    assert config["ISSUER_HOSTS"] == ("a.example", "b.example:8443")
