"""Directory beside its model: versions are numbered without a gap and never altered."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from .machine import ContractMachine, first

NAMES = tuple("0x" + name.ljust(32, b"\0").hex() for name in (b"One", b"Two", b""))
PLACES = ("DIDRegistry", "ConsentRegistry", "Directory", None)
DELAY_TICKS = 18  # the first tick behind the governor's two days
ERROR = "Directory_"


class DirectoryMachine(ContractMachine):
    """The governor announces, waits and publishes; others try without."""

    contracts = ("Directory",)

    @initialize()
    def begin(self) -> None:
        self.versions: dict[str, list[str]] = defaultdict(list)

    @rule(
        name=st.sampled_from((*NAMES[:2], *NAMES)),
        place=st.sampled_from(PLACES),
        may=st.sampled_from((True, True, True, False)),
    )
    def publish(self, name: str, place: str | None, may: bool) -> None:
        address = self.world.contract(place).address if place else self.world.stranger
        call = self.world.directory.publishBatch([[name, address]])
        if not may:
            self.attempt(call, self.world.stranger, "AccessManagedUnauthorized")
            return
        refusal = first(
            (name == NAMES[2], ERROR + "NoName"),
            (place is None, ERROR + "NoCode"),
            (self.versions[name][-1:] == [address], ERROR + "AlreadyLatest"),
        )
        manager = self.world.manager
        manager.schedule(self.world.directory.address, call.data, 0).by(self.world.deployer)
        self.let_time_pass(DELAY_TICKS)
        execute = manager.execute(self.world.directory.address, call.data)
        if self.attempt(execute, self.world.deployer, refusal):
            self.versions[name].append(address)
        elif refusal is not None:
            manager.cancel(self.world.deployer, self.world.directory.address, call.data).by(
                self.world.deployer
            )
        assert self.world.directory.versionsOf(name).read() == len(self.versions[name])
        for number, published in enumerate(self.versions[name], 1):
            assert self.world.directory.versionOf(name, number).read()[0] == published
