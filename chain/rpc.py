"""JSON-RPC over one kept-alive HTTP connection per thread.

A request costs the node's time and little else: no session objects, no retries that could hide a
lost node. A connection that the node closed in the meantime is opened again once.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
from web3._utils.encoding import Web3JsonEncoder
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from chain.errors import NodeUnreachable, RPCFailed

Request = tuple[str, Sequence[Any]]


class _ClosingConnection(HTTPConnection):
    """A connection that closes with the thread it belongs to."""

    def __del__(self) -> None:
        self.close()


class _ClosingSecureConnection(HTTPSConnection):
    """The same over TLS."""

    def __del__(self) -> None:
        self.close()


class NodeConnection(JSONBaseProvider):
    """A web3 provider that also answers plain requests with plain results."""

    def __init__(self, url: str, *, timeout_s: float = 60.0) -> None:
        super().__init__()
        self.url = url
        self._parts = urlsplit(url)
        self._timeout_s = timeout_s
        self._local = threading.local()
        self._ids = itertools.count(1)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Send one request and return the whole response (web3's provider interface)."""
        return cast(RPCResponse, self._exchange(self._body(method, params)))

    def request(self, method: str, *params: Any) -> Any:
        """Send one request and return its result, in the node's own JSON.

        Raises:
            NodeUnreachable: nothing answers.
            RPCFailed: the node answers with an error.
        """
        return _result(method, self._exchange(self._body(method, params)))

    def request_all(self, requests: Sequence[Request]) -> list[Any]:
        """Send several requests as one JSON-RPC batch and return their results in order."""
        if not requests:
            return []
        bodies = [self._body(method, params) for method, params in requests]
        answers = self._exchange(bodies)
        if not isinstance(answers, list):
            raise RPCFailed("batch", answers.get("error") or answers)
        by_id = {answer["id"]: answer for answer in answers}
        return [
            _result(method, by_id.get(body["id"], {"error": "no answer in the batch"}))
            for (method, _), body in zip(requests, bodies, strict=True)
        ]

    def _body(self, method: str, params: Any) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params or []}

    def _exchange(self, body: Any) -> Any:
        data = orjson.dumps(body, default=_encode)
        try:
            return orjson.loads(self._post(data))
        except (OSError, HTTPException) as error:
            self._close()
            raise NodeUnreachable(
                f"no chain node answers at {self._parts.netloc} ({type(error).__name__}); "
                "start it with ./ganache.sh, or set CHAIN_RPC_URL"
            ) from error
        except orjson.JSONDecodeError as error:
            raise NodeUnreachable(f"{self._parts.netloc} answers, but not as a node") from error

    def _post(self, data: bytes) -> bytes:
        reused = getattr(self._local, "connection", None) is not None
        try:
            return self._post_once(data)
        except (ConnectionError, HTTPException):
            self._close()
            if not reused:
                raise
            return self._post_once(data)

    def _post_once(self, data: bytes) -> bytes:
        connection = self._connection()
        path = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        connection.request("POST", path, data, {"content-type": "application/json"})
        return connection.getresponse().read()

    def _connection(self) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            secure = self._parts.scheme == "https"
            kind = _ClosingSecureConnection if secure else _ClosingConnection
            host = self._parts.hostname or "127.0.0.1"
            connection = kind(host, self._parts.port, timeout=self._timeout_s)
            self._local.connection = connection
        return connection

    def _close(self) -> None:
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


def _encode(value: Any) -> Any:
    if isinstance(value, int):
        return hex(value)  # beyond 64 bits: a quantity as the protocol writes it
    return Web3JsonEncoder().default(value)


def _result(method: str, answer: dict[str, Any]) -> Any:
    if answer.get("error") is not None:
        raise RPCFailed(method, answer["error"])
    return answer.get("result")
