// @openid4vc/openid4vp as a wallet that answers a request (OpenID4VP 1.0), rightly or with one named fault.
//
//   node openid4vp.mjs '{"credentials": [{"compact", "key"}], "request": "openid4vp://...", "trusted_ca": PEM,
//                        "fault"?: see holder.mjs, or "state" | "not an array"}'
//   → {"status", "body", "client_id", "queries"}

import { setGlobalConfig } from "@openid4vc/oauth2";
import { Openid4vpClient } from "@openid4vc/openid4vp";

import { drive, parsed, Refused } from "./driver.mjs";
import { vpToken } from "./holder.mjs";
import { Keyring } from "./keyring.mjs";

/** Faults of the response as a whole; those of a presentation are in holder.mjs. */
const RESPONSE_FAULTS = {
  state: (payload) => ({ ...payload, state: "of-another-request" }),
  "not an array": ({ vp_token, ...payload }) => ({
    ...payload,
    vp_token: Object.fromEntries(Object.entries(vp_token).map(([id, [only]]) => [id, only])),
  }),
};

setGlobalConfig({ allowInsecureUrls: true });

await drive(async ({ credentials, request, trusted_ca: trustedCa, fault }) => {
  const client = new Openid4vpClient({ callbacks: new Keyring({ trustedCa }).callbacks });
  const { params } = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: request });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params });
  const { authorizationRequestPayload, client: verifier, dcql } = resolved;
  const token = await vpToken(dcql.query, credentials, {
    audience: authorizationRequestPayload.client_id,
    nonce: authorizationRequestPayload.nonce,
    fault: fault in RESPONSE_FAULTS ? undefined : fault,
  });
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload,
    authorizationResponsePayload: { vp_token: token },
    jarm: encryption(authorizationRequestPayload),
  });
  const payload = (RESPONSE_FAULTS[fault] ?? ((same) => same))(made.authorizationResponsePayload);
  const { response } = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload,
    authorizationResponsePayload: payload,
    jarm: made.jarm && { responseJwt: made.jarm.responseJwt },
  });
  const body = parsed(await response.text());
  if (!response.ok) throw new Refused("the authorization response", response.status, body);
  return { status: response.status, body, client_id: verifier.effective, queries: Object.keys(token) };
});

/** Return what the library wants to encrypt the response (§8.3), or nothing for a plain direct_post. */
function encryption({ response_mode, client_metadata }) {
  if (response_mode !== "direct_post.jwt") return undefined;
  return {
    encryption: { jwk: client_metadata.jwks.keys.find(({ use }) => use === "enc"), nonce: "" },
    serverMetadata: {
      authorization_signing_alg_values_supported: [],
      authorization_encryption_alg_values_supported: ["ECDH-ES"],
      authorization_encryption_enc_values_supported: ["A256GCM", "A128GCM"],
    },
  };
}
