"""Every simulated organisation of the sandbox: its names, people, chain account and powers."""

from __future__ import annotations

from dataclasses import dataclass

from authorities.model.authority import AUTHORITIES

BEIJING = 110000
LOAN_ACT, PLEDGE_ACT = "urn:qilian:act:loan-attestation", "urn:qilian:act:pledge"


@dataclass(frozen=True)
class Person:
    """A simulated member of staff; `role` is one of the web shell's roles."""

    login: str
    display_name: str
    role: str


@dataclass(frozen=True)
class SandboxOrganisation:
    """A simulated bank, authority or regulator.

    `signer_index` is its account under the published development mnemonic; `issues` are the
    credential types, `acts` the licensed acts, that the regulator accredits it for.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    signer_index: int
    issues: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()

    @property
    def signer(self) -> str:
        """The name of its chain account."""
        return f"{self.kind}:{self.code}"


def _bank(code: str, zh: str, en: str, signer_index: int) -> SandboxOrganisation:
    people = (
        Person(f"desk@{code}", "账户专员(模拟) Account desk (simulated)", "account_desk"),
        Person(f"credit@{code}", "信贷专员(模拟) Credit officer (simulated)", "credit_officer"),
    )
    return SandboxOrganisation(
        code=code,
        kind="bank",
        name_zh=f"{zh}(模拟)",
        name_en=f"{en} (simulated)",
        signer_index=signer_index,
        issues=("account-certificate",),
        acts=(LOAN_ACT, PLEDGE_ACT),
        people=people,
    )


REGULATOR = SandboxOrganisation(
    code="bj-finance",
    kind="regulator",
    name_zh="北京市地方金融监管局(模拟)",
    name_en="Beijing Financial Regulator (simulated)",
    signer_index=2,
    people=(
        Person(
            "reviewer@bj-finance",
            "监管审查员(模拟) Regulator reviewer (simulated)",
            "regulator_reviewer",
        ),
    ),
)

BANKS = (
    _bank("bank-a", "京华银行", "Jinghua Bank", 30),
    _bank("bank-b", "燕都银行", "Yandu Bank", 31),
)

ORGANISATIONS: tuple[SandboxOrganisation, ...] = (
    REGULATOR,
    *BANKS,
    *(
        SandboxOrganisation(
            code=item.code,
            kind="authority",
            name_zh=item.name_zh,
            name_en=item.name_en,
            signer_index=10 + position,
            issues=item.record_types,
            people=(
                Person(
                    f"operator@{item.code}",
                    "机构操作员(模拟) Authority operator (simulated)",
                    "authority_operator",
                ),
            ),
        )
        for position, item in enumerate(AUTHORITIES)
    ),
)

SIGNER_INDEXES: dict[str, int] = {
    "deployer": 0,
    "platform": 1,
    **{item.signer: item.signer_index for item in ORGANISATIONS},
}
