"""Status lists: places, packing, bit orders, and lists that a verifier must refuse."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.errors import InvalidSignature, MalformedToken, StatusIndexOutOfRange
from identity.model import jose
from identity.model.status_list import (
    INFLATED_BYTES_MAX,
    SHARD_SIZE,
    Status,
    StatusList,
    StatusPlace,
    claimed_place,
    decode_bitstring,
    decode_lst,
    encode_bitstring,
    encode_lst,
    place_of,
    purpose_bits,
    shard_bytes,
    status_claim,
)
from identity.model.status_token import TOKEN_TYP, Lifetime, read_token, token_payload

URI = "https://example.com/issuers/tax/status-lists/0"
KEY = jose.generate_key()


def words_with(statuses: dict[int, Status]) -> dict[int, int]:
    """Return the chain's words for statuses by index on chain."""
    words: dict[int, int] = {}
    for index, status in statuses.items():
        words[index // 128] = words.get(index // 128, 0) | status << 2 * (index % 128)
    return words


@given(st.integers(0, 1 << 40))
def test_a_place_and_its_index_on_chain_are_one_to_one(index: int) -> None:
    place = place_of(index)
    assert place.chain_index == index
    assert 0 <= place.idx < SHARD_SIZE


def test_the_first_shard_counts_as_before() -> None:
    assert place_of(SHARD_SIZE - 1) == StatusPlace(0, SHARD_SIZE - 1)
    assert place_of(SHARD_SIZE) == StatusPlace(1, 0)


ISSUER_URL = "https://example.com/issuers/tax"


@given(st.integers(0, (1 << 40) - 1))
def test_a_credentials_claim_leads_back_to_its_index_on_chain(index: int) -> None:
    claim = status_claim(ISSUER_URL, index)
    assert claimed_place(claim, ISSUER_URL).chain_index == index


BAD_CLAIMS: dict[str, tuple[object, type[Exception]]] = {
    "none": (None, MalformedToken),
    "a list": ([], MalformedToken),
    "another mechanism": ({"status_attestation": {}}, MalformedToken),
    "an entry in words": ({"status_list": "0"}, MalformedToken),
    "no idx": ({"status_list": {"uri": URI}}, MalformedToken),
    "idx in words": ({"status_list": {"idx": "5", "uri": URI}}, MalformedToken),
    "idx true": ({"status_list": {"idx": True, "uri": URI}}, MalformedToken),
    "no uri": ({"status_list": {"idx": 5}}, MalformedToken),
    "another issuer's list": (
        {"status_list": {"idx": 5, "uri": URI.replace("tax", "samr")}},
        MalformedToken,
    ),
    "another host's list": (
        {"status_list": {"idx": 5, "uri": URI.replace("example", "evil")}},
        MalformedToken,
    ),
    "a path below": ({"status_list": {"idx": 5, "uri": URI + "/0"}}, MalformedToken),
    "a query": ({"status_list": {"idx": 5, "uri": URI + "?x"}}, MalformedToken),
    "a leading zero": ({"status_list": {"idx": 5, "uri": URI + "1"}}, MalformedToken),
    "digits of another script": (
        {"status_list": {"idx": 5, "uri": URI[:-1] + "٣"}},
        MalformedToken,
    ),
    "a shard beyond numbers": (
        {"status_list": {"idx": 5, "uri": URI[:-1] + "9" * 400}},
        MalformedToken,
    ),
    "a negative idx": ({"status_list": {"idx": -1, "uri": URI}}, StatusIndexOutOfRange),
    "an idx of the next shard": (
        {"status_list": {"idx": SHARD_SIZE, "uri": URI}},
        StatusIndexOutOfRange,
    ),
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_a_claim_that_names_no_place_of_the_issuer_is_refused(name: str) -> None:
    claim, error = BAD_CLAIMS[name]
    with pytest.raises(error):
        claimed_place(claim, ISSUER_URL)


@given(
    st.dictionaries(
        st.integers(0, SHARD_SIZE - 1), st.sampled_from(Status), min_size=1, max_size=200
    ),
    st.integers(0, 3),
)
@settings(max_examples=20, deadline=None)
def test_both_encodings_say_what_the_chain_says(statuses: dict[int, Status], shard: int) -> None:
    on_chain = {StatusPlace(shard, idx).chain_index: s for idx, s in statuses.items()}
    data = shard_bytes(shard, words_with(on_chain))
    token = decode_lst(encode_lst(data), 2)
    revoked = decode_bitstring(encode_bitstring(purpose_bits(data, "revocation")))
    suspended = decode_bitstring(encode_bitstring(purpose_bits(data, "suspension")))
    assert len(token) == len(revoked) == len(suspended) == SHARD_SIZE
    for idx, status in statuses.items():
        assert token.status(idx) == status
        assert revoked.status(idx) == (status is Status.REVOKED)
        assert suspended.status(idx) == (status is Status.SUSPENDED)
    assert sum(byte.bit_count() for byte in revoked.data) == sum(
        status is Status.REVOKED for status in statuses.values()
    )


def test_the_two_lists_count_bits_from_opposite_ends() -> None:
    data = shard_bytes(0, words_with({0: Status.REVOKED, 9: Status.SUSPENDED}))
    assert data[:3] == bytes([0b00000001, 0, 0b00001000])  # token: from the right
    assert purpose_bits(data, "revocation")[:2] == bytes([0b10000000, 0])  # bitstring: the left
    assert purpose_bits(data, "suspension")[:2] == bytes([0, 0b01000000])


def test_reading_a_list_in_the_wrong_order_gives_other_statuses() -> None:
    data = bytes([0xB9, 0xA3])
    right = [StatusList(data, 1, is_msb_first=False).status(idx) for idx in range(16)]
    assert right == [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    assert right != [StatusList(data, 1, is_msb_first=True).status(idx) for idx in range(16)]


def test_the_drafts_example_compresses_to_the_drafts_bytes() -> None:
    compressed = bytes.fromhex("78dadbb918000217015d")
    assert decode_lst(jose.b64u(compressed), 1).data == bytes([0xB9, 0xA3])
    ours = jose.from_b64u(encode_lst(bytes([0xB9, 0xA3])))
    assert ours[2:] == compressed[2:]  # the first two say, for information, how it was compressed


@pytest.mark.parametrize("idx", [-1, 16, 1 << 20, 1 << 63, 1 << 400])
def test_an_index_beyond_the_list_is_refused(idx: int) -> None:
    for is_msb_first in (True, False):
        with pytest.raises(StatusIndexOutOfRange, match="expected 0 to 15"):
            StatusList(bytes(2), 1, is_msb_first).status(idx)


def test_a_list_of_a_million_entries_is_built_in_a_moment() -> None:
    statuses = {i * 199 % SHARD_SIZE: Status.REVOKED for i in range(5_000)}
    words = words_with(statuses)
    best = min(_seconds(lambda: encode_lst(shard_bytes(0, words))) for _ in range(5))
    assert best < 0.05


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _b64u(data: bytes) -> str:
    return jose.b64u(data)


BOMB = zlib.compress(bytes(INFLATED_BYTES_MAX + 1), 9)
BAD_LST = {
    "empty": ("", 1),
    "not base64url": ("a+b/", 1),
    "padded": (_b64u(zlib.compress(bytes(16))) + "=", 1),
    "multibase prefix": ("u" + _b64u(zlib.compress(bytes(9))), 1),
    "gzip instead of zlib": (_b64u(gzip.compress(bytes(16))), 1),
    "raw deflate": (_b64u(zlib.compress(bytes(16))[2:-4]), 1),
    "cut short": (_b64u(zlib.compress(bytes(16))[:-3]), 1),
    "more after the end": (_b64u(zlib.compress(bytes(16)) + b"x"), 1),
    "checksum off": (_b64u(zlib.compress(bytes(16))[:-1] + b"\x7f"), 1),
    "a bomb": (_b64u(BOMB), 1),
    "3 bits": (_b64u(zlib.compress(bytes(16))), 3),
    "no bits": (_b64u(zlib.compress(bytes(16))), 0),
    "true for bits": (_b64u(zlib.compress(bytes(16))), True),
}


@pytest.mark.parametrize("name", BAD_LST)
def test_a_bad_token_status_list_is_refused(name: str) -> None:
    lst, bits = BAD_LST[name]
    with pytest.raises(MalformedToken):
        decode_lst(lst, bits)


GOOD_BITS = gzip.compress(bytes(16_384))
BAD_BITSTRING = {
    "empty": ("", 1),
    "no multibase prefix": (_b64u(GOOD_BITS), 1),
    "another multibase": ("z" + _b64u(GOOD_BITS), 1),
    "zlib instead of gzip": ("u" + _b64u(zlib.compress(bytes(16_384))), 1),
    "fewer than 131,072 entries": ("u" + _b64u(gzip.compress(bytes(16_383))), 1),
    "cut short": ("u" + _b64u(GOOD_BITS[:-9]), 1),
    "a second member": ("u" + _b64u(GOOD_BITS + GOOD_BITS), 1),
    "a bomb": ("u" + _b64u(gzip.compress(bytes(INFLATED_BYTES_MAX + 1))), 1),
    "status size 0": ("u" + _b64u(GOOD_BITS), 0),
    "status size 9": ("u" + _b64u(GOOD_BITS), 9),
}


@pytest.mark.parametrize("name", BAD_BITSTRING)
def test_a_bad_bitstring_is_refused(name: str) -> None:
    encoded, size = BAD_BITSTRING[name]
    with pytest.raises(MalformedToken):
        decode_bitstring(encoded, size)


def token(key: jose.PrivateKey = KEY, typ: str = TOKEN_TYP, **changes: object) -> str:
    data = shard_bytes(0, words_with({5: Status.REVOKED}))
    payload = {**token_payload(URI, data, Lifetime(1_000, 4_600, 60)), **changes}
    header = jose.encode_header({"alg": "ES256", "typ": typ})
    kept = {name: value for name, value in payload.items() if value is not ...}
    return jose.sign_compact(key, header, orjson.dumps(kept))


def test_a_token_reads_as_it_was_written() -> None:
    found = read_token(token(), KEY.public_key(), uri=URI)
    assert (found.iat, found.exp, found.ttl) == (1_000, 4_600, 60)
    assert (found.statuses.status(5), found.statuses.status(6)) == (1, 0)


BAD_TOKENS: dict[str, tuple[Callable[[], str], type[Exception]]] = {
    "another key": (lambda: token(jose.generate_key()), InvalidSignature),
    "plain JWT": (lambda: token(typ="JWT"), MalformedToken),
    "another list": (lambda: token(sub=URI[:-1] + "1"), MalformedToken),
    "list with a slash more": (lambda: token(sub=URI + "/"), MalformedToken),
    "no sub": (lambda: token(sub=...), MalformedToken),
    "no iat": (lambda: token(iat=...), MalformedToken),
    "iat in words": (lambda: token(iat="yesterday"), MalformedToken),
    "exp true": (lambda: token(exp=True), MalformedToken),
    "ttl negative": (lambda: token(ttl=-1), MalformedToken),
    "ttl beyond numbers": (lambda: token(ttl=1e300), MalformedToken),
    "no list": (lambda: token(status_list=...), MalformedToken),
    "list in words": (lambda: token(status_list="none"), MalformedToken),
    "no bits": (lambda: token(status_list={"lst": "eNrbuRgAAhcBXQ"}), MalformedToken),
    "bits in words": (
        lambda: token(status_list={"bits": "1", "lst": "eNrbuRgAAhcBXQ"}),
        MalformedToken,
    ),
}


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_token_is_refused(name: str) -> None:
    make, error = BAD_TOKENS[name]
    with pytest.raises(error):
        read_token(make(), KEY.public_key(), uri=URI)
