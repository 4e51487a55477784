"""``flask credit replay``: recompute a decision from its bundle file alone."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import click
import orjson
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from credit.decisions import DecisionDesk
from credit.errors import BundleMalformed, CreditError, ScorecardMalformed
from credit.model.bundle import SIGNATURE_TYP, DecisionBundle, Rules, parse, seal, sha256_hex
from credit.model.replay import Cause, Difference, ReplayResult, replay
from credit.web.context import credit
from identity import IdentityError
from identity.errors import InvalidSignature, MalformedToken, OrganisationNotFound
from identity.model import jose

EQUAL, DIFFERENT, UNREADABLE = 0, 1, 2
_WRAPPED = ("bundle", "bundle_sha256", "signature")

credit_cli = AppGroup("credit", help="Credit decisions: replay a bundle.")


@dataclass(frozen=True)
class BundleFile:
    """A bundle as handed over; without digest and signature where the bare bundle was."""

    bundle: bytes
    bundle_sha256: str | None = None
    signature: str | None = None


@credit_cli.command("replay")
@click.argument("bundle", type=click.File("rb"))
def replay_bundle(bundle: BinaryIO) -> None:
    """Replay the decision in a file, as the API returns it or the bare BUNDLE.

    Nothing is fetched: features, request, rules and output are in the bundle. Exit status: 0 the
    decision comes out equal, 1 something differs (every path is named), 2 the file is no bundle.
    """
    try:
        handed = read_bundle_file(bundle.read())
        signature, result = _replayed(handed, credit().decision_desk)
    except (CreditError, MalformedToken) as error:
        click.echo(f"unreadable 无法读取: {error.detail}", err=True)
        sys.exit(UNREADABLE)
    click.echo(f"bundle 决定包: sha-256 {result.bundle_sha256}")
    click.echo(f"signature 签名: {signature}")
    if result.equal:
        click.echo("equal 一致: the decision comes out the same, bit for bit")
        sys.exit(EQUAL)
    click.echo(f"different 不一致: {len(result.differences)}")
    for difference in result.differences:
        click.echo(f"  {difference.path or '/'}  ({difference.cause})")
        click.echo(f"    recorded 记录: {_text(difference.recorded)}")
        click.echo(f"    found 复算:    {_text(difference.found)}")
    sys.exit(DIFFERENT)


def read_bundle_file(content: bytes) -> BundleFile:
    """Return what a file holds: the API's answer, or else the bytes as a bare bundle.

    Raises:
        BundleMalformed: not a JSON object, or an API answer with a member missing or of a wrong
            kind.
    """
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BundleMalformed(f"the file is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BundleMalformed("the file holds no JSON object; expected a bundle or the API's JSON")
    if not document.keys() & set(_WRAPPED):
        return BundleFile(content)
    if not all(isinstance(document.get(name), str) for name in _WRAPPED):
        raise BundleMalformed(f"the API's JSON has the texts {', '.join(_WRAPPED)}")
    return BundleFile(document["bundle"].encode(), document["bundle_sha256"], document["signature"])


def _replayed(handed: BundleFile, desk: DecisionDesk) -> tuple[str, ReplayResult]:
    """Return what can be said of the signature, and the replay with every difference."""
    _, read = parse(handed.bundle)
    rules = _rules(read, desk)
    if handed.signature is None:
        result = replay(handed.bundle, rules, signed=seal(handed.bundle))
        return "none in the file 无; only the computation is checked", result
    # The statement names what was changed even where its signature cannot be checked here.
    signed = _statement(handed.signature)
    said, forged = _check_signature(handed.signature, read, desk)
    result = replay(handed.bundle, rules, signed=signed)
    found = [*forged, *_digest(handed), *result.differences]
    return said, ReplayResult(not found, result.mode, result.bundle_sha256, tuple(found))


def _rules(read: DecisionBundle, desk: DecisionDesk) -> Rules:
    """Return the rules the bundle names, else those in force: the replay names what differs."""
    try:
        return desk.rule_book.rules(read.rules.get("policy_id", desk.policy_id))
    except ScorecardMalformed:
        return desk.rule_book.rules(desk.policy_id)


def _statement(signature: str) -> dict[str, Any]:
    _, payload, _ = jose.split_compact(signature)
    return jose.parse_json_object(jose.from_b64u(payload), "signed statement")


def _check_signature(
    signature: str, read: DecisionBundle, desk: DecisionDesk
) -> tuple[str, list[Difference]]:
    bank_code = read.application.get("bank_code", "")
    try:
        desk.identity.verify_signature_of(bank_code, signature, typ=SIGNATURE_TYP)
    except (InvalidSignature, MalformedToken) as error:
        found = Difference("/signature", Cause.CHANGED_SINCE_SIGNING, signature, error.detail)
        return f"not that of {bank_code} 无效", [found]
    except OrganisationNotFound:
        return f"cannot be checked 无法核验: {bank_code} is not known here", []
    except (IdentityError, SQLAlchemyError) as error:
        return f"cannot be checked 无法核验: no key at hand ({type(error).__name__})", []
    return f"valid 有效, {bank_code}", []


def _digest(handed: BundleFile) -> list[Difference]:
    actual = sha256_hex(handed.bundle)
    if handed.bundle_sha256 == actual:
        return []
    return [Difference("/bundle_sha256", Cause.CHANGED_SINCE_SIGNING, handed.bundle_sha256, actual)]


def _text(value: Any) -> str:
    plain = dict(value) if isinstance(value, Mapping) else value
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()
