// @sphereon/oid4vci-client as a wallet of draft 15 against our 1.0 issuer: metadata at the appended well-known
// place, offer, token without DPoP, nonce and proof are the library's.
//
//   node sphereon.mjs '{"link": "openid-credential-offer://...", "tx_code"?}'
//   → {"credentials": [{"type", "compact", "key"}], "token_type", "requests": ["1.0" | "draft 15"]}
//
// The library sends draft 15's singular `proof`. Where the issuer refuses that, the driver sends the library's
// proof as 1.0's `proofs`.

import { OpenID4VCIClientV1_0_15, ProofOfPossessionBuilder } from "@sphereon/oid4vci-client";

import { drive, parsed, Refused } from "./driver.mjs";
import { newKey, publicJwk, signJwt } from "./keys.mjs";

console.log = () => {}; // the library talks on standard output, which is the driver's answer

/** The library tells a refusal's status in its message only. */
const statusIn = (error) => Number(/failed with status: (\d+)/.exec(error.message)?.[1]) || undefined;

function refusal(error) {
  throw statusIn(error) ? new Refused("the token request", statusIn(error)) : error;
}

const signerOf = (key) => ({
  signCallback: ({ header, payload }) => signJwt({ ...header, jwk: publicJwk(key) }, payload, key),
});

async function askAsDraft15(client, type, key) {
  const options = {
    credentialConfigurationId: type,
    proofCallbacks: signerOf(key),
    jwk: publicJwk(key),
    alg: "ES256",
    format: "dc+sd-jwt",
  };
  try {
    return { request: "draft 15", answer: await client.acquireCredentials(options) };
  } catch (error) {
    if (statusIn(error) !== 400) throw error;
    return undefined;
  }
}

async function askAs10(client, token, type, key) {
  const c_nonce = await client.acquireNonce();
  const proof = await ProofOfPossessionBuilder.fromAccessTokenResponse({
    accessTokenResponse: { ...token, c_nonce },
    callbacks: signerOf(key),
    version: client.version(),
  })
    .withIssuer(client.getIssuer())
    .withAlg("ES256")
    .withJWK(publicJwk(key))
    .withAccessTokenNonce(c_nonce)
    .build();
  const response = await fetch(client.getCredentialEndpoint(), {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token.access_token}` },
    body: JSON.stringify({ credential_configuration_id: type, proofs: { jwt: [proof.jwt] } }),
  });
  const body = parsed(await response.text());
  if (!response.ok) throw new Refused("the credential request", response.status, body);
  return { request: "1.0", answer: body };
}

await drive(async ({ link, tx_code: pin }) => {
  const key = newKey();
  const client = await OpenID4VCIClientV1_0_15.fromURI({ uri: link, alg: "ES256" });
  const token = await client.acquireAccessToken(pin ? { pin } : {}).catch(refusal);
  const [credentials, requests] = [[], []];
  for (const type of client.getCredentialOfferConfigurationIds()) {
    const taken = (await askAsDraft15(client, type, key)) ?? (await askAs10(client, token, type, key));
    requests.push(taken.request);
    for (const { credential } of taken.answer.credentials)
      credentials.push({ type, compact: credential, key });
  }
  return { credentials, token_type: token.token_type, requests };
});
