"""Documents of issuers elsewhere, fetched over https from hosts that the installation lists."""

from __future__ import annotations

import ssl
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from identity.errors import IssuerUnresolved

TIMEOUT_S = 5
BYTES_MAX = 65_536
KEPT_S = 300


class HTTPDocuments:
    """Fetches JSON documents; a token that names an address cannot make us ask any other host."""

    def __init__(self, hosts: Collection[str], *, ca_file: str | None = None) -> None:
        self._hosts = frozenset(hosts)
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._kept: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def fetch(self, url: str) -> Mapping[str, Any]:
        """Return the JSON object at an https address.

        Raises:
            IssuerUnresolved: the host is not listed, or answers no such document.
        """
        host = urlsplit(url).netloc
        if host not in self._hosts:
            raise IssuerUnresolved(
                f"issuers at {host} are not asked; the operator lists the host in ISSUER_HOSTS"
            )
        kept = self._kept.get(url)
        if kept is not None and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        document = self._load(url)
        self._kept[url] = (time.monotonic(), document)
        return document

    def _load(self, url: str) -> Mapping[str, Any]:
        try:
            with (
                httpx.Client(timeout=TIMEOUT_S, verify=self._tls) as client,
                client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
            ):
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > BYTES_MAX:
                        raise IssuerUnresolved(f"{url} answers more than {BYTES_MAX} bytes")
                status = answer.status_code
            document = orjson.loads(body) if status == 200 else None
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise IssuerUnresolved(f"{url} cannot be read: {type(error).__name__}") from error
        if not isinstance(document, dict):
            raise IssuerUnresolved(f"{url} answers {status}, expected 200 and a JSON object")
        return document
