"""The one place that decodes a contract's refusal, whatever shape it arrives in.

The same custom error reaches us as:

- eth-tester: ``TransactionFailed`` whose arguments hold the bytes, or their text;
- Ganache ``eth_call``: an error object whose ``data`` is hex; web3.py turns it into
  ``ContractCustomError.data``, or ``Web3RPCError.rpc_response`` when a reason string was given;
- Ganache ``eth_estimateGas`` and ``eth_sendTransaction``: ``data["result"]``;
- anvil and Besu: ``data`` is hex.
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterable, Mapping
from typing import Any

from eth_abi.exceptions import DecodingError

from chain.abi import Entry, decode_arguments, selector_of
from chain.errors import ContractReverted

_BUILT_IN: tuple[Entry, ...] = (
    {"name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
_OUT_OF_GAS = ("out of gas", "outofgas", "gas required exceeds")
_REVERTED = ("revert", "invalid opcode", "stack underflow", "invalid jump", *_OUT_OF_GAS)


class ErrorTable:
    """Custom errors by selector, gathered from the ABIs of every contract that may be called.

    One table serves all contracts, because a contract passes on the errors of those it calls.
    """

    def __init__(self, abis: Iterable[Iterable[Entry]] = ()) -> None:
        entries = [e for abi in abis for e in abi if e.get("type") == "error"]
        self._by_selector = {selector_of(entry): entry for entry in (*_BUILT_IN, *entries)}

    def decode(self, data: bytes) -> ContractReverted:
        """Return the refusal that revert data stands for; unknown data is named by its selector."""
        if not data:
            return ContractReverted("Revert")
        entry = self._by_selector.get(data[:4])
        if entry is None:
            return ContractReverted("0x" + data[:4].hex(), ("0x" + data[4:].hex(),))
        try:
            return ContractReverted(str(entry["name"]), decode_arguments(entry["inputs"], data[4:]))
        except DecodingError:
            return ContractReverted(str(entry["name"]), ("0x" + data[4:].hex(),))

    def from_exception(self, error: BaseException) -> ContractReverted | None:
        """Return the refusal inside an exception, or None when it is something else."""
        if isinstance(error, ContractReverted):
            return error
        data = revert_data(error)
        if data is not None and len(data) >= 4:
            return self.decode(data)
        told = _text(error).lower()
        if any(words in told for words in _OUT_OF_GAS):
            return ContractReverted("OutOfGas")
        if data is not None or any(words in told for words in _REVERTED):
            return ContractReverted("Revert")
        return None


def revert_data(error: BaseException) -> bytes | None:
    """Return the revert data that an exception carries in any of the shapes above, or None."""
    response = getattr(error, "rpc_response", None)
    candidates = [getattr(error, "data", None)]
    if isinstance(response, Mapping) and isinstance(response.get("error"), Mapping):
        candidates.append(response["error"].get("data"))
    candidates.extend(error.args)
    for candidate in candidates:
        data = _bytes_of(candidate)
        if data is not None:
            return data
    return None


def _bytes_of(value: Any) -> bytes | None:
    if isinstance(value, Mapping):
        return _bytes_of(value.get("result") or value.get("data"))
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str) and value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            return None
    if isinstance(value, str) and value.startswith(("b'", 'b"')):
        return _quoted_bytes(value)
    return None


def _quoted_bytes(text: str) -> bytes | None:
    """Return the bytes of a Python bytes literal quoted in an exception's text."""
    try:
        value = literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, bytes) else None


def _text(error: BaseException) -> str:
    return " ".join(str(part) for part in error.args) or str(error)
