"""The strict parser of request bodies."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.request_input import DEPTH_MAX, INTEGER_MAX, StrictJSON

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@pytest.fixture
def high_recursion_limit() -> Iterator[None]:
    """Let Python recurse further than the C stack reaches, as some libraries do."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**7)
    yield
    sys.setrecursionlimit(limit)


@given(VALUES)
def test_whatever_can_be_stored_is_read_as_it_was_written(value: object) -> None:
    for ascii_only in (True, False):
        assert StrictJSON.loads(json.dumps(value, ensure_ascii=ascii_only)) == value


def test_depth_is_limited_whatever_the_recursion_limit(high_recursion_limit: None) -> None:
    for opening in ("[", '{"a":', '[{"a":'):
        with pytest.raises(ValueError, match="nested"):
            StrictJSON.loads(opening * 1_000_000)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "gb18030"])
def test_only_utf_8_is_read(encoding: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence depends on the encoding
        StrictJSON.loads('["∀", [[1]]]'.encode(encoding))


def test_depth_counts_nesting_not_brackets_in_texts() -> None:
    deepest = "[" * DEPTH_MAX + "]" * DEPTH_MAX
    assert StrictJSON.loads(deepest) is not None
    assert StrictJSON.loads(json.dumps("[{" * 1000 + '"\\'))
    assert StrictJSON.loads("[" + "[]," * 1000 + "[]]")
    with pytest.raises(ValueError, match="nested"):
        StrictJSON.loads(f"[{deepest}]")


def test_an_unfinished_text_is_refused_in_linear_time() -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match="Unterminated"):
        StrictJSON.loads('"' + "\\\\" * 1_000_000)
    assert time.monotonic() - started < 5


def test_many_quotes_are_read_in_linear_time() -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match="delimiter"):
        StrictJSON.loads("[" + '""' * 500_000)
    assert time.monotonic() - started < 5
