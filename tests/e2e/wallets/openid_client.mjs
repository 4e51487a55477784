// openid-client, a general OAuth client that knows nothing of wallets, takes an offer by the authorization code:
// RFC 8414 metadata, PAR (RFC 9126), PKCE (RFC 7636), DPoP (RFC 9449), issuer in the response (RFC 9207).
//
//   node openid_client.mjs '{"link": "openid-credential-offer://...", "agent"?: token, "fault"?: "verifier"}'
//   → {"credentials": [{"type", "compact", "key"}], "token_type", "scope"}

import * as oauth from "openid-client";

import { drive, parsed, Refused } from "./driver.mjs";
import { keyProof, newKey } from "./keys.mjs";
import { CLIENT_ID, REDIRECT_URI, visit } from "./visit.mjs";

await drive(async ({ link, agent, fault }) => {
  const offer = await fetchJson(new URL(link).searchParams.get("credential_offer_uri"));
  const { credential_issuer: issuer, credential_configuration_ids: types } = offer;
  const metadata = await fetchJson(inserted(issuer, "openid-credential-issuer"));
  const config = await oauth.discovery(new URL(issuer), CLIENT_ID, undefined, oauth.None(), {
    algorithm: "oauth2",
    execute: [oauth.allowInsecureRequests],
  });
  const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair("ES256"));
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const expectedState = oauth.randomState();
  const authorizationUrl = await oauth.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: REDIRECT_URI,
      scope: types.map((type) => metadata.credential_configurations_supported[type].scope).join(" "),
      state: expectedState,
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      issuer_state: offer.grants.authorization_code.issuer_state,
    },
    { DPoP },
  );
  const redirected = new URL(await visit(authorizationUrl, agent));
  const verifier = fault === "verifier" ? oauth.randomPKCECodeVerifier() : pkceCodeVerifier;
  const checks = { pkceCodeVerifier: verifier, expectedState };
  const token = await oauth.authorizationCodeGrant(config, redirected, checks, undefined, { DPoP });

  const credentials = [];
  for (const type of types) {
    const key = newKey();
    const { c_nonce: nonce } = await fetchJson(metadata.nonce_endpoint, { method: "POST" });
    const jwt = keyProof(key, { audience: issuer, nonce, issuer: CLIENT_ID });
    const response = await oauth.fetchProtectedResource(
      config,
      token.access_token,
      new URL(metadata.credential_endpoint),
      "POST",
      JSON.stringify({ credential_configuration_id: type, proofs: { jwt: [jwt] } }),
      new Headers({ "Content-Type": "application/json" }),
      { DPoP },
    );
    const answer = await response.json();
    credentials.push(...answer.credentials.map(({ credential }) => ({ type, compact: credential, key })));
  }
  return { credentials, token_type: token.token_type, scope: token.scope };
});

/** Return the well-known address for an identifier with a path (RFC 8414 §3: inserted before the path). */
function inserted(identifier, document) {
  const { origin, pathname } = new URL(identifier);
  return `${origin}/.well-known/${document}${pathname}`;
}

async function fetchJson(url, options) {
  const response = await fetch(url, options);
  const body = parsed(await response.text());
  if (!response.ok) throw new Refused(url, response.status, body);
  return body;
}
