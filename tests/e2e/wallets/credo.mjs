// Credo as an enterprise's wallet: takes offers (OpenID4VCI 1.0), answers requests (OpenID4VP 1.0).
//
//   node credo.mjs '{"offers": [{"link", "tx_code"?}], "requests": ["openid4vp://..."], "trusted_ca": PEM,
//                    "binding"?: "jwk" | "did:jwk" | "did:key", "copies"?: 1,
//                    "network"?: {name, chainId, rpcUrl, registry}}'
//   → {"credentials": [{"type", "compact", "claims", "copies"}], "responses": [{"status", "body", "verifier", "encrypted", "queries"}]}
//
// Credo uses DPoP wherever the authorization server advertises it, checks the status of what it receives, and
// takes credentials and requests only from certificates of the trusted CA.

import "reflect-metadata";

import { Agent, DidsModule, JwkDidResolver, KeyDidResolver, Kms, X509Module } from "@credo-ts/core";
import { OpenId4VcModule } from "@credo-ts/openid4vc";

import { dependencies, MemoryKeys, MemoryStorage } from "./credo_store.mjs";
import { EthrResolver } from "./did_ethr.mjs";
import { drive, Refused } from "./driver.mjs";

await drive(async ({ offers = [], requests = [], trusted_ca, binding = "jwk", copies = 1, network }) => {
  const agent = await newAgent(trusted_ca, network);
  const credentials = [];
  for (const offer of offers) credentials.push(...(await accept(agent, offer, { binding, copies })));
  const responses = [];
  for (const request of requests) responses.push(await answer(agent, request));
  return { credentials, responses };
});

async function newAgent(trustedCa, network) {
  const resolvers = [new JwkDidResolver(), new KeyDidResolver()];
  if (network) resolvers.push(new EthrResolver(network));
  const agent = new Agent({
    config: { allowInsecureHttpUrls: true, autoUpdateStorageOnStartup: true },
    dependencies,
    modules: {
      storage: new MemoryStorage(),
      keys: new Kms.KeyManagementModule({ backends: [new MemoryKeys()] }),
      dids: new DidsModule({ resolvers }),
      x509: new X509Module({ trustedCertificates: trustedCa ? [trustedCa] : [] }),
      openid4vc: new OpenId4VcModule(),
    },
  });
  await agent.initialize();
  return agent;
}

/** Take everything an offer holds and put it into the wallet. */
async function accept(agent, { link, tx_code: txCode }, wanted) {
  const { holder } = agent.openid4vc;
  const offer = await holder.resolveCredentialOffer(link);
  const token = await holder.requestToken({ resolvedCredentialOffer: offer, txCode });
  const taken = [];
  let dpop = token.dpop;
  // One type a call: within a call Credo drops the nonce after the first type and sends the next proof without.
  for (const type of offer.credentialOfferPayload.credential_configuration_ids) {
    const received = await holder.requestCredentials({
      resolvedCredentialOffer: offer,
      accessToken: token.accessToken,
      dpop,
      credentialConfigurationIds: [type],
      credentialBindingResolver: (options) => newBinding(agent, wanted, options),
      verifyCredentialStatus: true,
    });
    dpop = received.dpop;
    for (const { record } of received.credentials) {
      await agent.sdJwtVc.store({ record });
      const { compact, prettyClaims } = record.firstCredential;
      taken.push({ type, compact, claims: prettyClaims, copies: record.credentialInstances.length });
    }
  }
  return taken;
}

/** Make the key or DID to which the issuer shall bind, one for each copy of a batch. */
async function newBinding(agent, { binding, copies }, { issuerMaxBatchSize }) {
  const made = [];
  for (let copy = 0; copy < Math.min(copies, issuerMaxBatchSize); copy += 1) {
    const { keyId, publicJwk } = await agent.kms.createKey({ type: { kty: "EC", crv: "P-256" } });
    made.push(
      binding === "jwk" ? Kms.PublicJwk.fromPublicJwk(publicJwk) : await didUrl(agent, binding, keyId),
    );
  }
  return binding === "jwk" ? { method: "jwk", keys: made } : { method: "did", didUrls: made };
}

async function didUrl(agent, binding, keyId) {
  const { didState } = await agent.dids.create({ method: binding.slice("did:".length), options: { keyId } });
  if (didState.state !== "finished") throw new Error(`${binding} was not made: ${didState.reason}`);
  return didState.didDocument.verificationMethod[0].id;
}

/** Answer a presentation request with what its DCQL query finds in the wallet. */
async function answer(agent, link) {
  const { holder } = agent.openid4vc;
  const request = await holder.resolveOpenId4VpAuthorizationRequest(link);
  const { queryResult } = request.dcql;
  if (!queryResult.can_be_satisfied) throw new Error("the wallet lacks what the DCQL query asks for");
  const selected = holder.selectCredentialsForDcqlRequest(queryResult);
  const { ok, serverResponse, authorizationResponse } = await holder.acceptOpenId4VpAuthorizationRequest({
    authorizationRequestPayload: request.authorizationRequestPayload,
    dcql: { credentials: selected },
    transactionData: request.transactionData?.map(({ matchedCredentialIds: [credentialId] }) => ({
      credentialId,
    })),
  });
  if (!ok) throw new Refused("the authorization response", serverResponse.status, serverResponse.body);
  return {
    status: serverResponse.status,
    body: serverResponse.body,
    verifier: request.verifier,
    encrypted: "response" in authorizationResponse,
    queries: Object.keys(selected),
  };
}
