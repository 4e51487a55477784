"""Issuing in bulk: one batch, every credential once, also when the process is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import select

from db import db
from identity import Fate, Identity, IssueItem
from identity.adapters.minters import InlineMinters, ProcessMinters
from identity.adapters.tables import CredentialRow
from identity.model import jose, merkle, sd_jwt
from identity.model.claim_check import compile_check
from identity.model.minting import Minted, Mould, Order
from identity.model.permutation import ShardPermutation
from identity.model.status_list import SHARD_SIZE
from journey.parties import Enterprise
from tests.platform import Platform, settings

ROOT = Path(__file__).parents[2]
PAGES, PAGE_ROWS, KILL_AT = 9, 20, 6


def invoices(identity: Identity, uscc: str, first: int, count: int) -> list[dict[str, Any]]:
    sample = identity.types.get("invoice").sample
    return [
        {**sample, "uscc": uscc, "invoice_no": f"{number:020}"}
        for number in range(first, first + count)
    ]


def items(identity: Identity, enterprise: Enterprise, first: int, count: int) -> list[IssueItem]:
    found = identity.enterprise_by_uscc(enterprise.uscc)
    assert found is not None
    return [
        IssueItem(found.id, claims, f"bulk:{claims['invoice_no']}")
        for claims in invoices(identity, enterprise.uscc, first, count)
    ]


def issue(identity: Identity, chunks: list[list[IssueItem]]) -> tuple[str, list[Fate]]:
    batch_id = identity.bulk_issuance.open("tax", "invoice")
    fates: list[Fate] = []
    for outcomes in identity.bulk_issuance.issue(batch_id, chunks):
        db.session.commit()
        fates += [outcome.fate for outcome in outcomes or []]
    identity.bulk_issuance.close(batch_id)
    db.session.commit()
    return batch_id, fates


def test_one_batch_of_all_chunks_with_a_proof_for_each(
    platform: Platform, identity: Identity, enterprise: Enterprise
) -> None:
    chunks = [items(identity, enterprise, 1_000 * n, size) for n, size in enumerate((300, 7, 1))]
    batch_id, fates = issue(identity, chunks)
    assert Counter(fates) == {Fate.ISSUED: 308}
    platform.settle()
    assert identity.bulk_issuance.anchored([batch_id]) == 308
    rows = db.session.execute(
        select(CredentialRow.digest, CredentialRow.leaf_index)
        .where(CredentialRow.batch_id == batch_id)
        .order_by(CredentialRow.leaf_index)
    ).all()
    assert [index for _, index in rows] == list(range(308))
    chain = platform.app.extensions["qilian.chain"]
    for digest, _ in [rows[0], rows[255], rows[256], rows[-1]]:
        proof = identity.inclusion(digest)
        assert proof is not None
        inclusion = [
            proof.issuer_address,
            proof.batch_root,
            proof.credential_digest,
            proof.credential_type,
            proof.status_index,
            proof.asset_fingerprint,
            list(proof.proof),
        ]
        assert chain.call("CredentialRegistry", "verifyInclusion", inclusion) is True


def test_a_bad_item_is_refused_by_itself_and_a_known_one_left_alone(
    identity: Identity, enterprise: Enterprise
) -> None:
    good = items(identity, enterprise, 20_000, 3)
    bad = IssueItem(good[0].enterprise_id, {"uscc": enterprise.uscc}, "bulk:bad")
    _, fates = issue(identity, [[good[0], bad, good[1]], [good[0], good[2]]])
    assert fates == [Fate.ISSUED, Fate.REFUSED, Fate.ISSUED, Fate.UNCHANGED, Fate.ISSUED]


def test_chunks_that_fail_to_come_leave_those_before_stored(
    identity: Identity, enterprise: Enterprise
) -> None:
    def chunks() -> Iterator[list[IssueItem]]:
        yield items(identity, enterprise, 30_000, 2)
        raise OSError("the source broke off")

    batch_id = identity.bulk_issuance.open("tax", "invoice")
    stored = identity.bulk_issuance.issue(batch_id, chunks())
    assert next(stored) is None, "signing has begun"
    assert len(next(stored) or []) == 2
    db.session.commit()
    with pytest.raises(OSError, match="broke off"):
        next(stored)
    assert identity.bulk_issuance.close(batch_id) == 2
    db.session.commit()


def test_a_closed_batch_takes_no_more(identity: Identity, enterprise: Enterprise) -> None:
    batch_id, _ = issue(identity, [items(identity, enterprise, 40_000, 1)])
    assert not identity.bulk_issuance.is_open(batch_id)
    with pytest.raises(LookupError):
        next(identity.bulk_issuance.issue(batch_id, [items(identity, enterprise, 40_001, 1)]))


def test_no_status_index_is_used_twice(identity: Identity, enterprise: Enterprise) -> None:
    issue(identity, [items(identity, enterprise, 50_000, 500)])
    query = select(CredentialRow.issuer_id, CredentialRow.status_index)
    assert set(Counter(map(tuple, db.session.execute(query))).values()) == {1}


class KillingFeed:
    """A feed of pages; whoever asks for page 6 the first time is killed."""

    def __init__(self, pages: list[list[dict[str, Any]]]) -> None:
        self.victim: int | None = None
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                number = int(self.path.strip("/"))
                if number == KILL_AT and feed.victim is not None:
                    os.kill(feed.victim, signal.SIGKILL)
                    feed.victim = None
                    return
                following = f"/{number + 1}" if number < len(pages) else None
                page = {"records": pages[number - 1], "next": following}
                body = json.dumps(page).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def command(platform: Platform, source: str) -> subprocess.Popen[str]:
    config = platform.app.config
    known = settings(Path(config["VAR_DIR"]), config["CHAIN_RPC_URL"])
    environment = {
        **os.environ,
        "VAR_DIR": known["VAR_DIR"],
        "DATABASE_URL": config["SQLALCHEMY_DATABASE_URI"],
        "PUBLIC_URL": config["PUBLIC_URL"],
        "CHAIN_RPC_URL": config["CHAIN_RPC_URL"],
        "CHAIN_ENGINE": config["CHAIN_ENGINE"],
        "SANDBOX": "true",
    }
    arguments = ["authorities", "issue", "--authority", "tax", "--type", "invoice"]
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", *arguments, "--source", source],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_job_is_taken_up_without_a_duplicate(
    platform: Platform, identity: Identity, enterprise: Enterprise
) -> None:
    pages = [
        invoices(identity, enterprise.uscc, 60_000 + page * PAGE_ROWS, PAGE_ROWS)
        for page in range(PAGES)
    ]
    wanted = {f"invoice:{enterprise.uscc}:{i['invoice_no']}:1" for page in pages for i in page}
    db.session.rollback()  # hold no lock while the other process writes
    feed = KillingFeed(pages)
    try:
        first = command(platform, feed.url)
        feed.victim = first.pid
        first.communicate(timeout=200)
        assert first.returncode == -signal.SIGKILL
        before = _source_keys(wanted)
        assert 0 < len(before) < len(wanted), "it was killed in the middle"
        db.session.rollback()
        second = command(platform, feed.url)
        output, errors = second.communicate(timeout=200)
    finally:
        feed.close()
    assert second.returncode == 0, errors
    assert f"{PAGES * PAGE_ROWS} rows" in output
    assert Counter(_source_keys(wanted)) == dict.fromkeys(wanted, 1)
    db.session.rollback()
    platform.settle()
    assert identity.waiting_for_chain() == 0


def _source_keys(wanted: set[str]) -> list[str]:
    query = select(CredentialRow.source_key).where(CredentialRow.source_key.in_(wanted))
    return list(db.session.execute(query).scalars())


# --- its parts -------------------------------------------------------------------------------


def test_processes_sign_as_this_one_does() -> None:
    key = jose.generate_key()
    header = jose.encode_header({"alg": "ES256", "typ": sd_jwt.CREDENTIAL_TYP})
    mould = Mould(header, "https://example.com/issuers/tax", "urn:x", bytes(32), {})
    jwk = jose.public_jwk(key.public_key())
    orders = [
        Order("did:example:1", jwk, {"n": n}, n << 19, merkle.NO_ASSET, 1) for n in range(600)
    ]
    for minters in (InlineMinters(), ProcessMinters(1)):
        with minters.at_work(mould, key) as submit:
            minted = submit(orders)()
        assert len(minted) == len(orders)
        for order, one in zip(orders[::150], minted[::150], strict=True):
            _check(order, one, key.public_key())


def _check(order: Order, minted: Minted, key: jose.PublicKey) -> None:
    parsed = sd_jwt.parse(minted.compact)
    sd_jwt.verify_issuer(parsed, key)
    assert parsed.claims() == order.claims
    assert parsed.digest == minted.digest
    place = parsed.payload["status"]["status_list"]
    shard, idx = divmod(order.status_index, SHARD_SIZE)
    assert (place["idx"], place["uri"].rpartition("/")[2]) == (idx, str(shard))
    assert merkle.leaf(minted.digest, bytes(32), order.status_index) == minted.leaf


def test_a_permutation_meets_every_place_once_and_depends_on_its_seed() -> None:
    permutation = ShardPermutation(b"seed")
    places = [permutation.place(number) for number in range(SHARD_SIZE)]
    assert len(set(places)) == SHARD_SIZE
    assert min(places) == 0
    assert max(places) == SHARD_SIZE - 1
    first = places[:1_000]
    assert first != [ShardPermutation(b"other").place(number) for number in range(1_000)]
    assert sum(abs(a - b) == 1 for a, b in pairwise(first)) < 5


scalars = (
    st.none() | st.booleans() | st.integers(-20, 20) | st.floats() | st.text("aB1é-", max_size=6)
)
SCHEMAS = [
    {"type": "string"},
    {"type": "string", "pattern": "^[a1]+$"},
    {"type": "string", "minLength": 2, "maxLength": 3, "format": "date"},
    {"type": "string", "enum": ["a", "B1"]},
    {"type": "integer", "minimum": -3, "maximum": 7},
    {"type": "integer"},
    {"type": "number", "minimum": 0},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "integer"}},
    {"type": ["string", "null"]},
    {"type": "integer", "exclusiveMinimum": 0},
]


@given(st.sampled_from(SCHEMAS), scalars | st.lists(scalars, max_size=3))
def test_the_quick_check_accepts_nothing_the_validator_refuses(
    schema: dict[str, Any], value: Any
) -> None:
    is_valid = Draft202012Validator(schema).is_valid(value)
    is_accepted = compile_check(schema)(value)
    assert is_valid or not is_accepted
    if not isinstance(value, float):
        assert is_accepted == is_valid
