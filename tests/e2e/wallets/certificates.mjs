// The certificate profile that wallets rely on: one leaf, signed by the trusted CA, which is not in x5c itself.

import { X509Certificate } from "node:crypto";

/** Return {jwk, dnsNames} of the leaf; throws unless the CA issued it and it is valid now. */
export function checkedLeaf(x5c, trustedCa) {
  const leaf = new X509Certificate(Buffer.from(x5c[0], "base64"));
  const ca = new X509Certificate(trustedCa);
  const problem = Object.entries({
    "holds more than the leaf": x5c.length !== 1,
    "is not issued by the trusted CA": !leaf.checkIssued(ca) || !leaf.verify(ca.publicKey),
    "is self-signed": leaf.checkIssued(leaf),
    "was issued by a certificate that is no CA": !ca.ca,
    "is outside its validity": new Date() < new Date(leaf.validFrom) || new Date() > new Date(leaf.validTo),
  }).find(([, holds]) => holds);
  if (problem) throw new Error(`the certificate in x5c ${problem[0]}`);
  const names = (leaf.subjectAltName ?? "").split(", ").filter((name) => name.startsWith("DNS:"));
  return { jwk: leaf.publicKey.export({ format: "jwk" }), dnsNames: names.map((name) => name.slice(4)) };
}

// RFC 5280 §4.2.1.1 in DER: the extension's OID, OCTET STRING, SEQUENCE, then [0] keyIdentifier of 20 bytes.
const AUTHORITY_KEY_ID = /0603551d2304..30..8014([0-9a-f]{40})/;

/** Return a certificate's authority key identifier in base64url, as DCQL's `aki` names it. */
export function authorityKeyId(certificate) {
  const [, hex] = AUTHORITY_KEY_ID.exec(Buffer.from(certificate, "base64").toString("hex")) ?? [];
  if (!hex) throw new Error("the certificate has no authority key identifier of 20 bytes");
  return Buffer.from(hex, "hex").toString("base64url");
}
