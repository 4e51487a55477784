// The callbacks by which @openid4vc/* leaves cryptography to the wallet, over a ring of keys in memory.

import { createHash, randomBytes } from "node:crypto";

import { checkedLeaf } from "./certificates.mjs";
import { decoded, encryptJwe, isJwtSigned, newKey, publicJwk, signJwt, thumbprint } from "./keys.mjs";

/** Private P-256 keys by thumbprint. */
export class Keyring {
  #keys = new Map();

  constructor({ trustedCa } = {}) {
    this.callbacks = {
      fetch,
      hash: (data, algorithm) => createHash(algorithm.replace("-", "")).update(data).digest(),
      generateRandom: (length) => randomBytes(length),
      signJwt: ({ publicJwk: jwk }, { header, payload }) => ({
        jwt: signJwt(header, payload, this.#find(jwk)),
        signerJwk: jwk,
      }),
      verifyJwt: (signer, { compact }) => {
        const jwk = signerKey(signer, trustedCa);
        return isJwtSigned(compact, jwk) ? { verified: true, signerJwk: jwk } : { verified: false };
      },
      encryptJwe: ({ publicJwk: jwk, enc, apu, apv }, data) => ({
        jwe: encryptJwe(data, jwk, { enc, apu, apv }),
        encryptionJwk: jwk,
      }),
      getX509CertificateMetadata: (certificate) => ({
        sanDnsNames: checkedLeaf([certificate], trustedCa).dnsNames,
        sanUriNames: [],
      }),
    };
  }

  /** Make a key and return it as the libraries' signer. */
  newSigner() {
    const jwk = newKey();
    this.#keys.set(thumbprint(jwk), jwk);
    return { method: "jwk", alg: "ES256", publicJwk: publicJwk(jwk) };
  }

  /** Return the private key to which an SD-JWT VC is bound. */
  boundTo(compact) {
    return this.#find(decoded(compact.split(".")[1]).cnf.jwk);
  }

  #find(jwk) {
    const key = this.#keys.get(thumbprint(jwk));
    if (!key) throw new Error("this wallet has no such key");
    return key;
  }
}

function signerKey({ method, publicJwk: jwk, x5c }, trustedCa) {
  if (method === "jwk") return jwk;
  if (method === "x5c") return checkedLeaf(x5c, trustedCa).jwk;
  throw new Error(`this wallet does not verify signers by ${method}`);
}
