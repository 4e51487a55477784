// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Typed identifiers: each is 32 bytes in the ABI, and none can be passed for another.

/// @dev HMAC-SHA256 of a USCC under the consortium key; never a plain hash.
type Fingerprint is bytes32;

/// @dev keccak256 of a credential type (`vct`) or of a licensed act (`urn:qilian:act:…`).
type CredentialType is bytes32;

/// @dev Salted digest of a consent record kept off chain.
type ConsentId is bytes32;

/// @dev Content-derived identifier of a loan attestation, see `ICreditRegistry.loanIdOf`.
type LoanId is bytes32;

/// @dev HMAC-SHA256 of an asset's business key under the consortium key.
type AssetId is bytes32;

/// @dev Salted digest of a pledge agreement kept off chain.
type LienId is bytes32;
