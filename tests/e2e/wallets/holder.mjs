// A holder's part that protocol libraries leave to the wallet: choosing credentials for a DCQL query, and
// presenting them with @sd-jwt/sd-jwt-vc. A credential here is {"compact", "key": private JWK}.

import { randomBytes } from "node:crypto";

import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { DcqlQuery } from "dcql";

import { authorityKeyId } from "./certificates.mjs";
import { base64url, decoded, isSigned, newKey, now, sha256, signBytes } from "./keys.mjs";

const DAY = 86_400; // seconds

/** Ways to answer wrongly, which a verifier must notice (OpenID4VP 1.0 §8.6, RFC 9901 §7.3). */
const FAULTS = {
  nonce: { payload: { nonce: "the-nonce-of-another-request" } },
  audience: { payload: { aud: "x509_san_dns:another.example" } },
  "old key binding": { payload: { iat: now() - DAY } },
  "another key": { key: newKey() },
  "no key binding": { bare: true },
  "too little": { paths: () => [] },
  "too much": { paths: (_paths, claims) => Object.keys(claims).map((name) => [name]) },
};

/** Return an instance of the library with our cryptography. */
export function sdJwtVc(config = {}) {
  return new SDJwtVcInstance({
    hashAlg: "sha-256",
    hasher: (data) => new Uint8Array(sha256(typeof data === "string" ? data : Buffer.from(data))),
    saltGenerator: (length) => base64url(randomBytes(length)).slice(0, length),
    ...config,
  });
}

/** Return the library's verifying function for a key. */
export const verifierOf = (jwk) => (data, signature) =>
  isSigned(Buffer.from(data), Buffer.from(signature, "base64url"), jwk);

const signerOf = (jwk) => (data) => base64url(signBytes(Buffer.from(data), jwk));

/**
 * Answer a DCQL query (OpenID4VP 1.0 §6).
 *
 * Returns {"<query id>": [presentation]}; `fault` names one of FAULTS to commit. Throws when the wallet lacks
 * what is asked for.
 */
export async function vpToken(query, credentials, { audience, nonce, fault }) {
  const held = await Promise.all(credentials.map(claimsOf));
  const parsed = DcqlQuery.parse(query);
  DcqlQuery.validate(parsed);
  const found = DcqlQuery.query(
    parsed,
    credentials.map(({ compact }, index) => forDcql(compact, held[index])),
  );
  if (!found.can_be_satisfied) throw new Error("the wallet lacks what the DCQL query asks for");
  const token = {};
  for (const { id, claims } of parsed.credentials) {
    const [match] = found.credential_matches[id].valid_credentials ?? [];
    if (!match) continue; // an optional member of a credential set
    const asked = match.claims.valid_claim_sets[0].valid_claim_indexes ?? [];
    const paths = asked.map((index) => claims[index].path);
    const index = match.input_credential_index;
    token[id] = [await present(credentials[index], held[index], paths, { audience, nonce, fault })];
  }
  return token;
}

async function claimsOf({ compact }) {
  return sdJwtVc().getClaims(compact);
}

function forDcql(compact, claims) {
  const { x5c } = decoded(compact.split(".")[0]);
  return {
    credential_format: "dc+sd-jwt",
    vct: claims.vct,
    claims,
    cryptographic_holder_binding: true,
    authority: { type: "aki", values: [authorityKeyId(x5c[0])] }, // §6.1.1.1
  };
}

async function present({ compact, key }, claims, paths, { audience, nonce, fault }) {
  const wrong = FAULTS[fault] ?? {};
  if (fault && !FAULTS[fault]) throw new Error(`no fault is called ${fault}: ${Object.keys(FAULTS)}`);
  const shown = wrong.paths?.(paths, claims) ?? paths;
  const holder = sdJwtVc({ kbSigner: signerOf(wrong.key ?? key), kbSignAlg: "ES256" });
  const payload = { iat: now(), aud: audience, nonce, ...wrong.payload };
  return holder.present(compact, frameOf(claims, shown), wrong.bare ? {} : { kb: { payload } });
}

/** Return the presentation frame that discloses what the claims path pointers select, with all below it. */
function frameOf(claims, paths) {
  return paths.reduce((frame, path) => merged(frame, claims, path), {});
}

function merged(frame, value, [head, ...rest]) {
  const frameNow = { ...frame };
  const keys = head === undefined || head === null ? Object.keys(value) : [String(head)];
  for (const key of keys.filter((name) => value[name] !== undefined)) {
    const inner = value[key];
    frameNow[key] =
      typeof inner === "object" && inner !== null ? merged(frameNow[key] ?? {}, inner, rest) : true;
  }
  return frameNow;
}
