// Keys, JWS and JWE on node:crypto alone, for libraries that leave cryptography to the wallet.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

const CONTENT_KEYS = { A128GCM: 16, A192GCM: 24, A256GCM: 32 }; // bytes
const TAG = 16; // bytes

export const base64url = (data) => Buffer.from(data).toString("base64url");
export const encoded = (value) => base64url(JSON.stringify(value));
export const decoded = (part) => JSON.parse(Buffer.from(part, "base64url"));
export const sha256 = (data) => createHash("sha256").update(data).digest();

/** Return a new private P-256 JWK. */
export function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
}

/** Return the public part of a JWK. */
export function publicJwk({ kty, crv, x, y }) {
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}

/** Return the JWK thumbprint (RFC 7638) of an EC key. */
export function thumbprint({ crv, kty, x, y }) {
  return base64url(sha256(JSON.stringify({ crv, kty, x, y })));
}

/** Sign bytes with ES256 (RFC 7518 §3.4). */
export function signBytes(data, jwk) {
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  return sign("sha256", data, { key, dsaEncoding: "ieee-p1363" });
}

/** Tell whether an ES256 signature holds. */
export function isSigned(data, signature, jwk) {
  const key = createPublicKey({ key: publicJwk(jwk), format: "jwk" });
  return verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** Return a compact JWS with ES256. */
export function signJwt(header, payload, jwk) {
  const input = `${encoded({ alg: "ES256", ...header })}.${encoded(payload)}`;
  return `${input}.${base64url(signBytes(Buffer.from(input), jwk))}`;
}

/** Tell whether a compact JWS is signed with ES256 by a key. */
export function isJwtSigned(jwt, jwk) {
  const [header, payload, signature] = jwt.split(".");
  const input = Buffer.from(`${header}.${payload}`);
  return decoded(header).alg === "ES256" && isSigned(input, Buffer.from(signature, "base64url"), jwk);
}

/** Return the proof of possession of OpenID4VCI 1.0 §F.1 for a key. */
export function keyProof(jwk, { audience, nonce, issuer }) {
  const payload = { aud: audience, iat: now(), nonce, iss: issuer };
  return signJwt({ typ: "openid4vci-proof+jwt", jwk: publicJwk(jwk) }, payload, jwk);
}

export const now = () => Math.floor(Date.now() / 1000);

/** Derive a content key by ECDH-ES with the Concat KDF (RFC 7518 §4.6.2); one SHA-256 round is enough. */
export function agreedKey({ privateJwk, peerJwk, enc, apu, apv }) {
  const secret = diffieHellman({
    privateKey: createPrivateKey({ key: privateJwk, format: "jwk" }),
    publicKey: createPublicKey({ key: publicJwk(peerJwk), format: "jwk" }),
  });
  const size = CONTENT_KEYS[enc];
  const info = [prefixed(enc), prefixed(apu ?? ""), prefixed(apv ?? ""), uint32(size * 8)];
  return sha256(Buffer.concat([uint32(1), secret, ...info])).subarray(0, size);
}

const uint32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const prefixed = (data) => Buffer.concat([uint32(Buffer.from(data).length), Buffer.from(data)]);

/** Encrypt with AES-GCM; return {encrypted, iv, tag}. */
export function encryptBytes(data, key, { iv = randomBytes(12), aad = Buffer.alloc(0) }) {
  const cipher = createCipheriv(`aes-${key.length * 8}-gcm`, key, iv).setAAD(aad);
  const encrypted = Buffer.concat([cipher.update(data), cipher.final()]);
  return { encrypted, iv, tag: cipher.getAuthTag() };
}

/** Decrypt with AES-GCM; throws when the tag does not hold. */
export function decryptBytes(encrypted, key, { iv, tag, aad = Buffer.alloc(0) }) {
  const options = { authTagLength: TAG };
  const cipher = createDecipheriv(`aes-${key.length * 8}-gcm`, key, iv, options).setAAD(aad);
  return Buffer.concat([cipher.setAuthTag(tag).update(encrypted), cipher.final()]);
}

/** Return a compact JWE by ECDH-ES to a public key (RFC 7516 §7.1). */
export function encryptJwe(plaintext, peerJwk, { enc, apu, apv }) {
  const ephemeral = newKey();
  const header = { alg: "ECDH-ES", enc, kid: peerJwk.kid, epk: publicJwk(ephemeral), apu, apv };
  const part = encoded(header);
  const [partyU, partyV] = [apu, apv].map((value) => value && Buffer.from(value, "base64url"));
  const key = agreedKey({ privateJwk: ephemeral, peerJwk, enc, apu: partyU, apv: partyV });
  const { encrypted, iv, tag } = encryptBytes(plaintext, key, { aad: Buffer.from(part) });
  return [part, "", base64url(iv), base64url(encrypted), base64url(tag)].join(".");
}
