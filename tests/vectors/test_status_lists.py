"""Published status lists: every file is used, or counted as not applicable with its reason.

The lists of the walt.id project are signed with keys of their own; here they are read for their
encoding and their verdict, and the draft's own token for its signature too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from identity.errors import MalformedToken
from identity.model import jose
from identity.model.freshness import FreshnessRule
from identity.model.status_list import StatusList, decode_bitstring, decode_lst, encode_lst
from identity.model.status_token import read_token
from identity.model.verification import Outcome

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "standards_vectors"
TOKEN, BITSTRING = VECTORS / "token_status_list", VECTORS / "bitstring_status_list"
pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the published vectors are not beside this checkout"
)

TOKEN_VERDICTS = (
    "waltid_tokenstatuslist_revoked.json",
    "waltid_tokenstatuslist_unrevoked.json",
)
TOKEN_REFUSED = ("waltid_tokenstatuslist_wrong-list-encoding.json",)
BITSTRING_VERDICTS = (
    "waltid_bitstringstatuslist_custom-invalid.json",
    "waltid_bitstringstatuslist_custom-valid.json",
    "waltid_bitstringstatuslist_multi-status-all-valid.json",
    "waltid_bitstringstatuslist_multi-status-first-not-valid.json",
    "waltid_bitstringstatuslist_multi-status-last-not-valid.json",
    "waltid_bitstringstatuslist_revoked.json",
    "waltid_bitstringstatuslist_unrevoked.json",
)
BITSTRING_REFUSED = ("waltid_bitstringstatuslist_wrong-list-encoding.json",)
# The same bits, in plain base64 without the multibase prefix.
STATUS_LIST_2021 = (
    "waltid_statuslist2021_revoked.07.ebsi.json",
    "waltid_statuslist2021_revoked.42.ebsi.json",
    "waltid_statuslist2021_revoked.waltid.json",
    "waltid_statuslist2021_unrevoked.waltid.json",
)
NOT_APPLICABLE = {
    "waltid_revocationlist2020_revoked.json": "ZLIB in plain base64: superseded, we read GZIP only",
    "waltid_revocationlist2020_unrevoked.json": "the same superseded encoding",
}


def test_every_file_is_used_or_not_applicable_for_a_reason() -> None:
    token = {"vectors.json", *TOKEN_VERDICTS, *TOKEN_REFUSED}
    assert {file.name for file in TOKEN.iterdir()} == token
    bitstring = {"w3c_rec_examples.json", *BITSTRING_VERDICTS, *BITSTRING_REFUSED}
    found = {file.name for file in BITSTRING.iterdir()}
    assert found == bitstring | {*STATUS_LIST_2021} | NOT_APPLICABLE.keys()
    assert (len(token), len(found), len(NOT_APPLICABLE)) == (4, 15, 2)


def load(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def payload_of(jws: str) -> dict[str, Any]:
    """Return a token's payload, whoever signed it."""
    found: dict[str, Any] = orjson.loads(jose.from_b64u(jws.split(".")[1]))
    return found


def listed(statuses: StatusList) -> dict[int, int]:
    """Return all statuses that are not 0, by index."""
    found = {}
    for byte, value in enumerate(statuses.data):
        if value:
            first = byte * 8 // statuses.bits
            for idx in range(first, first + 8 // statuses.bits):
                found[idx] = statuses.status(idx)
    return {idx: status for idx, status in found.items() if status}


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_the_drafts_large_lists(bits: int) -> None:
    [case] = [case for case in load(TOKEN / "vectors.json")["large"] if case["bits"] == bits]
    statuses = decode_lst(case["json"]["lst"], case["json"]["bits"])
    expected = {int(idx): status for idx, status in case["nonzero_or_named"].items()}
    assert len(statuses) == case["size"]
    assert listed(statuses) == {idx: status for idx, status in expected.items() if status}
    assert {idx: statuses.status(idx) for idx in expected} == expected
    assert decode_lst(encode_lst(statuses.data), bits) == statuses
    # CBOR wraps the same compressed bytes as a byte string at the end of its map.
    assert bytes.fromhex(case["cbor_hex"]).endswith(jose.from_b64u(case["json"]["lst"]))


def test_the_drafts_small_lists() -> None:
    cases = load(TOKEN / "vectors.json")["small"]
    assert len(cases) == 2
    for case in cases:
        statuses = decode_lst(case["lst"], case["bits"])
        assert list(statuses.data) == case["byte_array"]
        ours = jose.from_b64u(encode_lst(statuses.data))
        assert decode_lst(jose.b64u(ours), case["bits"]) == statuses


def test_the_drafts_token() -> None:
    vectors = load(TOKEN / "vectors.json")
    expected, jws = vectors["status_list_token_payload"], vectors["status_list_token_jwt"]
    key = jose.key_of_jwk(vectors["status_list_token_public_jwk"])
    found = read_token(jws, key, uri=expected["sub"])
    assert (found.iat, found.exp, found.ttl) == (expected["iat"], expected["exp"], expected["ttl"])
    assert found.statuses == decode_lst(expected["status_list"]["lst"], 1)
    times = {"iat": found.iat, "exp": found.exp, "ttl": found.ttl, "fetched_at": expected["iat"]}
    rule = FreshnessRule(age_s_max=3_600)
    assert rule.of_token(**times, now=expected["iat"] + 60).outcome is Outcome.PASSED
    assert rule.of_token(**times, now=expected["exp"]).outcome is Outcome.CANNOT_CHECK


@pytest.mark.parametrize("name", TOKEN_VERDICTS)
def test_a_token_status_list_gives_its_verdict(name: str) -> None:
    case = load(TOKEN / name)
    body = payload_of(case["status-credential"])["status_list"]
    idx = case["holder-credential"]["status"]["status_list"]["idx"]
    status = decode_lst(body["lst"], body["bits"]).status(idx)
    assert (status == case["attribute"]["value"]) is case["valid"]


@pytest.mark.parametrize("name", TOKEN_REFUSED)
def test_a_token_status_list_of_another_encoding_is_refused(name: str) -> None:
    body = payload_of(load(TOKEN / name)["status-credential"])["status_list"]
    with pytest.raises(MalformedToken):
        decode_lst(body["lst"], body["bits"])


def entries(case: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, int]]:
    """Yield (status entry, encoded list, the value that means valid) for each status of a case."""
    wanted = case["holder-credential"]["credentialStatus"]
    lists, values = case["status-credential"], case["attribute"]
    if case["type"] == "single":
        wanted, lists, values = [wanted], [{"content": lists}], [values]
    for entry, signed, value in zip(wanted, lists, values, strict=True):
        subject = payload_of(signed["content"])["vc"]["credentialSubject"]
        assert subject["statusPurpose"] == entry["statusPurpose"]
        yield entry, subject["encodedList"], value["value"]


def is_valid(case: dict[str, Any], prefix: str = "") -> bool:
    found = []
    for entry, encoded, valid_value in entries(case):
        text = prefix + encoded.rstrip("=").translate(str.maketrans("+/", "-_"))
        statuses = decode_bitstring(text, entry.get("statusSize", 1))
        found.append(statuses.status(int(entry["statusListIndex"])) == valid_value)
    return all(found)


@pytest.mark.parametrize("name", BITSTRING_VERDICTS)
def test_a_bitstring_status_list_gives_its_verdict(name: str) -> None:
    case = load(BITSTRING / name)
    assert is_valid(case) is case["valid"]


@pytest.mark.parametrize("name", STATUS_LIST_2021)
def test_a_status_list_2021_is_read_once_it_has_its_prefix(name: str) -> None:
    case = load(BITSTRING / name)
    with pytest.raises(MalformedToken, match="multibase"):
        is_valid(case)
    assert is_valid(case, prefix="u") is case["valid"]


@pytest.mark.parametrize("name", BITSTRING_REFUSED)
def test_a_bitstring_of_another_encoding_is_refused(name: str) -> None:
    with pytest.raises(MalformedToken, match="multibase"):
        is_valid(load(BITSTRING / name))


def test_the_recommendations_example_is_all_valid() -> None:
    case = load(BITSTRING / "w3c_rec_examples.json")["encodedList_all_zero"]
    statuses = decode_bitstring(case["encodedList"])
    assert len(statuses) == case["bits"] == 131_072
    assert statuses.data == bytes(case["decoded_bytes"])
