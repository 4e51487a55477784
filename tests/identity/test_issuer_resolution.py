"""Issuers' keys under every kind of name, over real https; what is off is refused."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from identity import Identity
from identity.adapters.documents import BYTES_MAX, HTTPDocuments
from identity.errors import IssuerUnresolved, UntrustedCertificate
from identity.issuer_resolution import IssuerResolver
from identity.model import certificate, jose, sd_jwt
from journey.parties import Enterprise
from tests.identity.asking import Asked

ISSUER = jose.generate_key()
JWK = {**jose.public_jwk(ISSUER.public_key()), "kid": "key-1"}


class Pages(BaseHTTPRequestHandler):
    """Answers the documents that a test lays out by path."""

    documents: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        if self.path == "/moved/.well-known/x":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        body = self.documents.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"<html>nothing</html>")

    def log_message(self, *_arguments: Any) -> None:
        """Stay silent."""


@contextmanager
def https_server(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve `Pages` on localhost with a certificate of a CA made here: (authority, CA file)."""
    ca_key, key = jose.generate_key(), jose.generate_key()
    now = int(time.time())
    ca = certificate.make_ca(ca_key, now)
    leaf = certificate.make_leaf(
        ca_key, ca, key.public_key(), common_name="t", identifier="https://localhost", at=now
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(x509.load_der_x509_certificate(ca).public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = x509.load_der_x509_certificate(leaf).public_bytes(pem)
    (folder / "server.pem").write_bytes(private + chain)
    server = ThreadingHTTPServer(("localhost", 0), Pages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"localhost:{server.server_port}", str(folder / "ca.pem")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with https_server(tmp_path_factory.mktemp("https")) as found:
        yield found


@pytest.fixture
def resolver(identity: Identity, https: tuple[str, str]) -> IssuerResolver:
    host, ca_file = https
    documents = HTTPDocuments({host}, ca_file=ca_file)
    return replace(identity.presentations.verifier.issuers, documents=documents)


def publish(path: str, document: Any) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    Pages.documents[path] = body


def test_https_metadata_names_the_key(resolver: IssuerResolver, https: tuple[str, str]) -> None:
    issuer = f"https://{https[0]}/tenant"
    document = {"issuer": issuer, "jwks": {"keys": [JWK]}}
    publish("/.well-known/jwt-vc-issuer/tenant", document)
    found = resolver.key({"kid": "key-1"}, issuer)
    assert jose.public_jwk(found) == jose.public_jwk(ISSUER.public_key())
    with pytest.raises(IssuerUnresolved, match="0 keys with kid 'key-2'"):
        resolver.key({"kid": "key-2"}, issuer)


def test_a_did_web_document_names_the_key(resolver: IssuerResolver, https: tuple[str, str]) -> None:
    did = f"did:web:{https[0].replace(':', '%3A')}:org"
    method = {"id": f"{did}#key-1", "publicKeyJwk": jose.public_jwk(ISSUER.public_key())}
    publish(
        "/org/did.json",
        {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]]},
    )
    for kid in (f"{did}#key-1", "#key-1"):
        found = resolver.key({"kid": kid}, did)
        assert jose.public_jwk(found) == jose.public_jwk(ISSUER.public_key())


BAD_DOCUMENTS: dict[str, tuple[Any, str]] = {
    "of another issuer": ({"issuer": "https://x.example", "jwks": {"keys": [JWK]}}, "is not of"),
    "not JSON": (b"<html>", "cannot be read"),
    "not an object": ([JWK], "expected 200 and a JSON object"),
    "too large": (b'{"x": "' + b"x" * BYTES_MAX + b'"}', "more than"),
    "no keys": ("own", "0 keys"),
    "two keys of one kid": ("twice", "2 keys"),
    "a private key": ("private", "private key"),
}


@pytest.mark.parametrize("case", BAD_DOCUMENTS)
def test_a_bad_document_is_refused(
    resolver: IssuerResolver, https: tuple[str, str], case: str
) -> None:
    document, said = BAD_DOCUMENTS[case]
    path = case.replace(" ", "-")
    issuer = f"https://{https[0]}/{path}"
    keys = {"own": [], "twice": [JWK, JWK], "private": [{**JWK, "d": "AA"}]}
    if isinstance(document, str):
        document = {"issuer": issuer, "jwks": {"keys": keys[document]}}
    publish(f"/.well-known/jwt-vc-issuer/{path}", document)
    with pytest.raises(IssuerUnresolved, match=said):
        resolver.key({"kid": "key-1"}, issuer)


def test_only_listed_hosts_are_asked(identity: Identity, https: tuple[str, str]) -> None:
    resolver = identity.presentations.verifier.issuers
    with pytest.raises(IssuerUnresolved, match="ISSUER_HOSTS"):
        resolver.key({"kid": "key-1"}, f"https://{https[0]}/tenant")


@pytest.mark.parametrize("issuer", ["http://evil.example", "urn:x", "", "did:key:z6Mk"])
def test_other_names_are_refused(resolver: IssuerResolver, issuer: str) -> None:
    with pytest.raises(IssuerUnresolved):
        resolver.key({"kid": "key-1"}, issuer)


class TestCertificates:
    def test_a_leaf_of_another_ca_or_host_is_refused(self, resolver: IssuerResolver) -> None:
        ca_key = jose.generate_key()
        now = int(time.time())
        leaf = certificate.make_leaf(
            ca_key,
            certificate.make_ca(ca_key, now),
            ISSUER.public_key(),
            common_name="x",
            identifier="http://localhost:8000/issuers/samr",
            at=now,
        )
        header = {"x5c": [base64.b64encode(leaf).decode()]}
        with pytest.raises(UntrustedCertificate, match="consortium CA"):
            resolver.key(header, "http://localhost:8000/issuers/samr")

    def test_our_own_leaf_is_good_for_its_host_only(
        self, identity: Identity, resolver: IssuerResolver
    ) -> None:
        samr = identity.organisation("samr")
        header = identity.issuer_keys.header(samr, typ="dc+sd-jwt")
        assert resolver.key(header, samr.issuer_url(identity.public_url))
        with pytest.raises(
            UntrustedCertificate, match=r"expected the host of https://evil\.example"
        ):
            resolver.key(header, "https://evil.example/issuers/samr")

    def test_an_expired_leaf_is_refused(self, identity: Identity, resolver: IssuerResolver) -> None:
        samr = identity.organisation("samr")
        header = identity.issuer_keys.header(samr, typ="dc+sd-jwt")
        late = replace(resolver, clock=lambda: int(time.time()) + 3 * 366 * 86_400)
        with pytest.raises(UntrustedCertificate, match="not valid at this time"):
            late.key(header, samr.issuer_url(identity.public_url))


def test_a_credential_signed_under_a_did_ethr_is_verified(
    asked: Asked, identity: Identity, enterprise: Enterprise
) -> None:
    """The register's own key, named by its DID on chain and no certificate, passes every step."""
    samr, holder = identity.organisation("samr"), identity.enterprise_by_uscc(enterprise.uscc)
    assert holder is not None
    held = identity.credentials.newest(holder.id, ["business-licence"])["business-licence"]
    genuine = sd_jwt.parse(held.compact)
    key = identity.issuer_keys.private_key(samr)
    kid = identity.issuer_keys.did_url(samr)
    header = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": kid}
    plain = {n: v for n, v in genuine.payload.items() if not n.startswith("_sd")}
    compact = sd_jwt.issue(
        key=key,
        encoded_header=jose.encode_header(header),
        plain={**plain, "iss": samr.did},
        claims=genuine.claims(),
    )
    (query,) = [
        item
        for item in asked.parameters["dcql_query"]["credentials"]
        if item["id"] == "business-licence"
    ]
    bound = sd_jwt.bind(
        sd_jwt.disclose(compact, [claim["path"][0] for claim in query["claims"]]),
        key=identity.signing.keys.binding_key(holder.id),
        nonce=asked.parameters["nonce"],
        audience=asked.parameters["client_id"],
        issued_at=int(time.time()),
    )
    token = {**asked.answer["vp_token"], "business-licence": [bound]}
    result = asked.hand_in({**asked.answer, "vp_token": token})
    steps = {
        step["name"]: step["outcome"]
        for step in result["steps"]
        if step["credential"] == "business-licence"
    }
    assert steps.pop("anchor") == "cannot_check"
    assert set(steps.values()) == {"passed"}
