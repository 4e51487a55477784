// did:ethr for Credo, by the published resolver.

import { DidDocument, JsonTransformer } from "@credo-ts/core";
import { Resolver } from "did-resolver";
import { getResolver } from "ethr-did-resolver";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Return Multibase base58btc of bytes given as hex. */
function multibase(hex) {
  let [number, text] = [BigInt(`0x${hex}`), ""];
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  return `z${text}`;
}

/** The resolver gives a Multikey's bytes as publicKeyHex; the Multikey suite, and Credo, want multibase. */
function withMultibase({ publicKeyHex, ...method }) {
  if (!publicKeyHex) return method;
  return method.type === "Multikey"
    ? { ...method, publicKeyMultibase: multibase(publicKeyHex) }
    : { ...method, publicKeyHex };
}

/** Resolves did:ethr on one network: {name, chainId, rpcUrl, registry}. */
export class EthrResolver {
  supportedMethods = ["ethr"];
  allowsCaching = false;

  constructor(network) {
    this.resolver = new Resolver(getResolver({ networks: [network] }));
  }

  async resolve(_context, did) {
    const { didDocument, ...result } = await this.resolver.resolve(did);
    if (!didDocument) return { didDocument: null, ...result };
    const verificationMethod = didDocument.verificationMethod.map(withMultibase);
    // OpenID4VP 1.0 §5.9.3 takes any verification method; Credo looks for a verifier's among `authentication`.
    const document = {
      ...didDocument,
      verificationMethod,
      authentication: verificationMethod.map(({ id }) => id),
    };
    return { didDocument: JsonTransformer.fromJSON(document, DidDocument), ...result };
  }
}
