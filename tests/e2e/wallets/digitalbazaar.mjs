// @digitalbazaar/oid4-client as a wallet that answers a request by x509_san_dns (OpenID4VP 1.0).
//
//   node digitalbazaar.mjs '{"credentials": [{"compact", "key"}], "request": "openid4vp://...", "trusted_ca": PEM}'
//   → {"body", "client_id", "response_mode", "queries"}
//
// Its OpenID4VCI side takes https only, so it cannot be driven against loopback; it sends no `state` either, so the
// verifier has to know the transaction by its response_uri.

import { oid4vp } from "@digitalbazaar/oid4-client";

import { drive, Refused } from "./driver.mjs";
import { vpToken } from "./holder.mjs";

await drive(async ({ credentials, request, trusted_ca: trustedCa }) => {
  const { authorizationRequest } = await oid4vp.authzRequest.get({
    url: request,
    getTrustedCertificates: () => [trustedCa],
  });
  const { client_id, nonce, response_mode, dcql_query } = authorizationRequest;
  const token = await vpToken(dcql_query, credentials, { audience: client_id, nonce });
  const isEncrypted = response_mode === "direct_post.jwt";
  const { result } = await oid4vp.authzResponse
    .send({
      authorizationRequest,
      vpToken: isEncrypted ? token : JSON.stringify(token),
      vpTokenMediaType: "application/vp-token", // any value keeps it from adding a draft's presentation_submission
    })
    .catch(({ cause, ...error }) => {
      throw cause?.status
        ? new Refused("the authorization response", cause.status, cause.data)
        : (cause ?? error);
    });
  return { body: result, client_id, response_mode, queries: Object.keys(token) };
});
