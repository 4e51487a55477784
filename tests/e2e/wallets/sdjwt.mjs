// @sd-jwt/sd-jwt-vc as a verifier of our credentials and presentations, with their status list.
//
//   node sdjwt.mjs '{"compact": "...", "issuer_jwk": JWK | "trusted_ca": PEM, "nonce"?, "audience"?}'
//   → {"header", "payload" (disclosed claims in place), "kb"?}; refused with the library's reason

import { checkedLeaf } from "./certificates.mjs";
import { drive } from "./driver.mjs";
import { sdJwtVc, verifierOf } from "./holder.mjs";
import { decoded } from "./keys.mjs";

await drive(async ({ compact, issuer_jwk, trusted_ca: trustedCa, nonce, audience }) => {
  const { x5c } = decoded(compact.split(".")[0]);
  const issuer = issuer_jwk ?? checkedLeaf(x5c, trustedCa).jwk;
  const verifier = sdJwtVc({
    verifier: verifierOf(issuer),
    kbVerifier: (data, signature, payload) => verifierOf(payload.cnf.jwk)(data, signature),
  });
  const options = { requiredClaimKeys: ["vct"], keyBindingNonce: nonce };
  const { header, payload, kb } = await verifier.verify(compact, options);
  if (audience !== undefined && kb.payload.aud !== audience) {
    throw new Error(`the key binding is for ${kb.payload.aud}, not for ${audience}`);
  }
  return { header, payload, kb: kb?.payload };
});
