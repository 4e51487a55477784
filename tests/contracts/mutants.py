"""Ways to break the rules of the contracts, each of which a test must notice.

A mutant is one edit of one source. ``make mutants`` compiles each in a copy and runs the tests of
its contract on it; `contracts_sol/README.md` numbers the invariants.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One broken rule.

    Attributes:
        invariant: its number; zero where a rule of the interface is broken instead.
        contract: the deployed contract whose code changes.
        source: the file that is edited, in `contracts_sol`.
        old: text that occurs once in the source, as a statement of the rule.
    """

    name: str
    invariant: int
    contract: str
    source: str
    old: str
    new: str


def _in(contract: str, *mutants: tuple[str, int, str, str], source: str = "") -> list[Mutant]:
    path = source or f"{contract}.sol"
    return [Mutant(name, number, contract, path, old, new) for name, number, old, new in mutants]


MUTANTS: list[Mutant] = [
    *_in(
        "EnterpriseRegistry",
        (
            "a dissolved enterprise registers again",
            1,
            "if (enterprise.state != State.NONE) {",
            "if (enterprise.state == State.ACTIVE || enterprise.state == State.SUSPENDED) {",
        ),
        (
            "a dissolved enterprise is revived",
            1,
            "if (actual == State.DISSOLVED || actual == item.state",
            "if (actual == item.state",
        ),
        (
            "a recovery is executed at once",
            2,
            "if (block.timestamp < recovery.executableAt) {",
            "if (recovery.executableAt == 0) {",
        ),
        ("one guardian is enough", 2, "if (signed < item.threshold) {", "if (signed == 0) {"),
        (
            "any set of guardians will do",
            2,
            "if (digest != recorded) revert",
            "if (recorded == 0) revert",
        ),
        (
            "a cancelled recovery goes on",
            2,
            "delete _recoveries[item.fingerprint];",
            "",
        ),
        (
            "a sequence is used twice",
            17,
            "enterprise.sequence = actual + 1;",
            "enterprise.sequence = actual;",
        ),
        ("anybody registers", 0, "if (!isRegistrar[msg.sender]) revert", "if (false) revert"),
    ),
    *_in(
        "AccreditationRegistry",
        (
            "ancestors are not asked",
            3,
            "if (end < until) until = end;\n            node = _parent(version);",
            "if (end < until) until = end;\n            node = address(0);",
        ),
        (
            "a suspended ancestor does not count",
            3,
            "if (version == 0 || _suspended(version)) return 0;",
            "if (version == 0) return 0;",
        ),
        (
            "a narrower scope leaves permits",
            5,
            "if (replaced) listener.invalidatePermits();",
            "replaced;",
        ),
        (
            "a suspension leaves permits",
            5,
            "if (narrowed) listener.invalidatePermits();",
            "narrowed;",
        ),
        (
            "a permit outlives a scope that is about to be replaced",
            5,
            "uint40 end = latest == scope ? uint40(scope >> 40) : uint40(latest);",
            "latest; uint40 end = uint40(scope >> 40);",
        ),
        (
            "a parent gives what it has not",
            3,
            "if (parent != address(0)) _requireWithin(parent",
            "if (parent == address(1)) _requireWithin(parent",
        ),
        ("the tree grows without end", 0, "if (depth > MAX_DEPTH)", "if (depth > MAX_DEPTH + 1)"),
    ),
    *_in(
        "AccreditationRegistry",
        ("the past is forgotten", 4, "self.past.push(latest);", "self.past;"),
        (
            "the past is searched one too late",
            4,
            "if (begins(past[middle]) <= time) low",
            "if (begins(past[middle]) < time) low",
        ),
        source="base/History.sol",
    ),
    *_in(
        "CredentialRegistry",
        (
            "anybody anchors",
            3,
            "if (until == 0) revert CredentialRegistry_NotAccredited",
            "if (until == 1) revert CredentialRegistry_NotAccredited",
        ),
        ("an epoch does not end", 5, "PermitsInvalidated(++epoch)", "PermitsInvalidated(epoch)"),
        (
            "a permit does not expire",
            5,
            "permit >> 40 == present && block.timestamp < uint40(permit)",
            "permit >> 40 == present",
        ),
        (
            "revoked is not final",
            6,
            "if (status != _REVOKED && _statusIn(word, index) == _REVOKED) {",
            "if (status == 3) {",
        ),
        (
            "revoked is not final in a word",
            6,
            "& ~_revokedIn(word);",
            "& ~_revokedIn(word) & 0;",
        ),
        (
            "statuses are everybody's",
            7,
            "storage words = _words[msg.sender];\n        uint256 wordIndex = 0;",
            "storage words = _words[address(0)];\n        uint256 wordIndex = 0;",
        ),
        (
            "a suspended issuer sets statuses",
            7,
            "if (!ACCREDITATION_REGISTRY.isStanding(msg.sender)) revert",
            "if (msg.sender == address(0)) revert",
        ),
        ("a status is three", 8, "if (status > _SUSPENDED)", "if (status > 3)"),
        ("a status of a word is three", 8, "if (bad != 0) revert", "if (bad == 2) revert"),
        (
            "an inner node passes for a leaf",
            15,
            "return keccak256(bytes.concat(inner));",
            "return inner;",
        ),
    ),
    *_in(
        "ConsentRegistry",
        (
            "anybody revokes",
            9,
            "_requireOwner(consent.did, structHash, item.deadline, item.signature);",
            "structHash;",
        ),
        (
            "revoked is resumed",
            9,
            "return actual == State.PAUSED;",
            "return actual == State.PAUSED || actual == State.REVOKED;",
        ),
        (
            "a change is signed for any sequence",
            17,
            "consent.sequence = sequence + 1;",
            "consent.sequence = sequence;",
        ),
        ("the log stands still", 10, "item.size <= head.size", "item.size < head.size"),
        ("the log forks", 10, "item.previousRoot != head.root || ", ""),
    ),
    *_in(
        "CreditRegistry",
        ("any bank moves a loan", 11, "if (loan.bank != msg.sender) revert", "if (false) revert"),
        (
            "a loan granted is settled",
            11,
            "return requested == Status.DRAWN;",
            "return requested == Status.DRAWN || requested == Status.SETTLED;",
        ),
        (
            "an attestation is corrected twice",
            12,
            "if (status == Status.CORRECTED) {",
            "if (false) {",
        ),
        (
            "a correction leaves the old one",
            12,
            "loan.status = Status.CORRECTED;",
            "loan.status = status;",
        ),
        (
            "a dispute has no window",
            0,
            "if (block.timestamp > windowEnd) {",
            "if (windowEnd == 0) {",
        ),
    ),
    *_in(
        "PledgeRegistry",
        (
            "shares exceed the whole",
            13,
            "if (already + shareBps > AssetShares.WHOLE_BPS) {",
            "if (already > AssetShares.WHOLE_BPS) {",
        ),
        (
            "reservations do not count",
            13,
            "shares.pledgedBps() + shares.reservedBps(block.timestamp);",
            "shares.pledgedBps();",
        ),
        (
            "an expired reservation frees another's",
            13,
            "} else if (block.timestamp < lien.expiresAt) {",
            "} else {",
        ),
        (
            "a reservation becomes a pledge of nothing",
            14,
            ".setLane(lien.lane, 0, 0).addPledged(item.shareBps);",
            ".setLane(lien.lane, 0, 0);",
        ),
        (
            "an enforced share is free again",
            14,
            "if (lien.state == State.PLEDGED) {\n            _shares",
            "if (uint8(lien.state) == 2 || uint8(lien.state) == 4) {\n            _shares",
        ),
        (
            "any proof will do",
            15,
            "if (!CREDENTIAL_REGISTRY.verifyInclusion(inclusion)) {",
            "if (inclusion.root == 0) {",
        ),
        ("a suspended credential will do", 15, "if (status != 0) {", "if (status == 1) {"),
        (
            "any credential is about an asset",
            15,
            " || !isAssetType[inclusion.credentialType]",
            "",
        ),
    ),
    *_in(
        "PledgeRegistry",
        ("ranks are not counted", 16, "return shares + (1 << 16);", "return shares;"),
        (
            "reservations never expire",
            13,
            "if (_expiry(lane) > time) total += lane >> 40;",
            "if (time > 0) total += lane >> 40;",
        ),
        source="base/AssetShares.sol",
    ),
    *_in(
        "DIDRegistry",
        (
            "a signature works twice",
            17,
            'nonce[owner]++,\n            identity,\n            "setAttribute"',
            'nonce[owner],\n            identity,\n            "setAttribute"',
        ),
        (
            "a deactivated identity owns itself",
            0,
            "newOwner == address(0) ? _NOBODY : newOwner",
            "newOwner",
        ),
    ),
    *_in(
        "ConsentRegistry",
        ("a deadline is no end", 17, "if (block.timestamp > deadline)", "if (deadline == 1)"),
        (
            "a malformed signature is nobody's",
            17,
            " || recovered == address(0)) revert",
            ") revert",
        ),
        (
            "any signature will do",
            9,
            "if (recovered != expected || recovered == address(0)) revert",
            "if (recovered == address(0)) revert",
        ),
        source="base/SignedActions.sol",
    ),
    *_in(
        "ConsentRegistry",
        (
            "a change is not told",
            18,
            "emit ConsentChanged(item.consentId, requested, sequence + 1);",
            "",
        ),
    ),
    *_in(
        "DIDRegistry",
        (
            "a change does not name the one before",
            18,
            "previousChange = changed[identity];",
            "previousChange = 0;",
        ),
    ),
]
