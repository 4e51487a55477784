"""Names of signers and the keys behind them."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from eth_account import Account
from eth_account.signers.local import LocalAccount

from chain.errors import UnknownSigner

# Published by every development chain: whoever can reach the chain can sign with its keys.
DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk"


class Signers:
    """Keys by signer name, made from one mnemonic at first use (BIP-44, m/44'/60'/0'/0/index)."""

    def __init__(self, indexes: Mapping[str, int], *, mnemonic: str = DEVELOPMENT_MNEMONIC) -> None:
        self._indexes = dict(indexes)
        self._mnemonic = mnemonic
        self._accounts: dict[str, LocalAccount] = {}
        self._lock = Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._indexes

    @property
    def names(self) -> tuple[str, ...]:
        """All signer names, in the order of their indexes."""
        return tuple(sorted(self._indexes, key=self._indexes.__getitem__))

    def account(self, name: str) -> LocalAccount:
        """Return the signer's account.

        Raises:
            UnknownSigner: the name has no index.
        """
        if name not in self._indexes:
            raise UnknownSigner(f"there is no key for the signer {name!r}", signer=name)
        with self._lock:
            if name not in self._accounts:
                self._accounts[name] = _derive(self._mnemonic, self._indexes[name])
            return self._accounts[name]

    def address(self, name: str) -> str:
        """Return the signer's checksummed address."""
        return str(self.account(name).address)


def _derive(mnemonic: str, index: int) -> LocalAccount:
    Account.enable_unaudited_hdwallet_features()
    account: LocalAccount = Account.from_mnemonic(mnemonic, account_path=f"m/44'/60'/0'/0/{index}")
    return account
