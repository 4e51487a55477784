// @openid4vc/openid4vci as a wallet (OpenID4VCI 1.0), both grants, with what Credo does not show: PAR and PKCE,
// batches, deferred issuance, notification.
//
//   node openid4vci.mjs '{"link": "openid-credential-offer://...", "tx_code"?, "copies"?: 1, "agent"?: token,
//                         "notify"?: event, "replay"?: "proof" | "code"}'
//   → {"credentials": [{"type", "compact", "key"}], "token_type", "notified", "deferred": [transaction id]}
//
// The keys are private JWKs, so that another driver can present what this one received.

import {
  authorizationCodeGrantIdentifier,
  clientAuthenticationAnonymous,
  clientAuthenticationNone,
  Oauth2Client,
  preAuthorizedCodeGrantIdentifier,
  setGlobalConfig,
} from "@openid4vc/oauth2";
import { Openid4vciClient } from "@openid4vc/openid4vci";

import { drive, Refused } from "./driver.mjs";
import { Keyring } from "./keyring.mjs";
import { CLIENT_ID, REDIRECT_URI, visit } from "./visit.mjs";

const DEFERRED_TRIES = 20;

setGlobalConfig({ allowInsecureUrls: true });

/** One offer being taken. */
class Wallet {
  deferred = [];
  #notificationIds = [];

  static async open(link) {
    const keyring = new Keyring();
    const anonymous = { ...keyring.callbacks, clientAuthentication: clientAuthenticationAnonymous() };
    const offer = await new Openid4vciClient({ callbacks: anonymous }).resolveCredentialOffer(link);
    const isAnonymous = preAuthorizedCodeGrantIdentifier in offer.grants;
    const known = clientAuthenticationNone({ clientId: CLIENT_ID });
    const callbacks = isAnonymous ? anonymous : { ...keyring.callbacks, clientAuthentication: known };
    const client = new Openid4vciClient({ callbacks });
    const metadata = await client.resolveIssuerMetadata(offer.credential_issuer);
    const [server] = metadata.authorizationServers;
    const { supported } = new Oauth2Client({ callbacks }).isDpopSupported({
      authorizationServerMetadata: server,
    });
    return Object.assign(new Wallet(), {
      keyring,
      offer,
      client,
      issuer: { issuerMetadata: metadata },
      dpop: supported ? { signer: keyring.newSigner() } : undefined,
    });
  }

  async getToken({ txCode, agent }) {
    const common = { ...this.issuer, credentialOffer: this.offer, dpop: this.dpop };
    const answer =
      authorizationCodeGrantIdentifier in this.offer.grants
        ? await this.client.retrieveAuthorizationCodeAccessTokenFromOffer({
            ...common,
            ...(await this.#getCode(common, agent)),
          })
        : await this.client.retrievePreAuthorizedCodeAccessTokenFromOffer({ ...common, txCode });
    this.token = answer.accessTokenResponse;
    this.#keepNonce(answer.dpop);
  }

  /** Push the authorization request (RFC 9126), then visit the authorization endpoint as a signed-in person. */
  async #getCode(common, agent) {
    const { authorizationRequestUrl, pkce } = await this.client.initiateAuthorization({
      ...common,
      clientId: CLIENT_ID,
      redirectUri: REDIRECT_URI,
      scope: this.offer.credential_configuration_ids.map((id) => this.#configuration(id).scope).join(" "),
    });
    const target = await visit(authorizationRequestUrl, agent);
    const [authorizationServerMetadata] = this.issuer.issuerMetadata.authorizationServers;
    const { code, ...error } = this.client.parseAndVerifyAuthorizationResponseRedirectUrl({
      authorizationServerMetadata,
      url: target,
    });
    if (!code) throw new Refused("the authorization request", 302, error);
    return { authorizationCode: code, pkceCodeVerifier: pkce?.codeVerifier, redirectUri: REDIRECT_URI };
  }

  #configuration(type) {
    return this.issuer.issuerMetadata.credentialIssuer.credential_configurations_supported[type];
  }

  /** Request copies of one type, each bound to a key of its own. */
  async getCredentials(type, copies, again) {
    const { c_nonce: nonce } = await this.client.requestNonce(this.issuer);
    const signers = Array.from({ length: copies }, () => this.keyring.newSigner());
    const jwt = [];
    for (const signer of signers) {
      const made = await this.client.createCredentialRequestJwtProof({
        ...this.issuer,
        credentialConfigurationId: type,
        signer,
        nonce,
        issuedAt: new Date(),
      });
      jwt.push(made.jwt);
    }
    const request = { ...this.#authorized(), credentialConfigurationId: type, proofs: { jwt } };
    const first = await this.#retrieve(request);
    const answer = again ? await this.#retrieve({ ...request, ...this.#authorized() }) : first;
    const credentials = answer.credentials ?? (await this.#collect(answer.transaction_id));
    if (answer.notification_id) this.#notificationIds.push(answer.notification_id);
    return credentials.map(({ credential }) => ({
      type,
      compact: credential,
      key: this.keyring.boundTo(credential),
    }));
  }

  async #retrieve(request) {
    const { credentialResponse, dpop } = await this.client.retrieveCredentials(request);
    this.#keepNonce(dpop);
    return credentialResponse;
  }

  /** Ask for a deferred credential until it is there (OpenID4VCI 1.0 §9). */
  async #collect(transactionId) {
    this.deferred.push(transactionId);
    for (let tries = 0; tries < DEFERRED_TRIES; tries += 1) {
      const { deferredCredentialResponse: answer, dpop } = await this.client.retrieveDeferredCredentials({
        ...this.#authorized(),
        transactionId,
      });
      this.#keepNonce(dpop);
      if (answer.notification_id) this.#notificationIds.push(answer.notification_id);
      if (answer.credentials) return answer.credentials;
      await new Promise((resolve) => setTimeout(resolve, answer.interval * 1000));
    }
    throw new Error(`the deferred credential was not ready after ${DEFERRED_TRIES} requests`);
  }

  /** Tell the issuer what became of the credentials (OpenID4VCI 1.0 §11); return how many it heard of. */
  async notify(event) {
    for (const notificationId of this.#notificationIds) {
      await this.client.sendNotification({ ...this.#authorized(), notification: { notificationId, event } });
    }
    return this.#notificationIds.length;
  }

  #authorized() {
    return { ...this.issuer, accessToken: this.token.access_token, dpop: this.dpop };
  }

  #keepNonce(dpop) {
    if (this.dpop && dpop?.nonce) this.dpop = { ...this.dpop, nonce: dpop.nonce };
  }
}

await drive(async ({ link, tx_code: txCode, copies = 1, agent, notify, replay }) => {
  const wallet = await Wallet.open(link);
  await wallet.getToken({ txCode, agent });
  if (replay === "code") await wallet.getToken({ txCode, agent });
  const credentials = [];
  for (const type of wallet.offer.credential_configuration_ids) {
    credentials.push(...(await wallet.getCredentials(type, copies, replay === "proof")));
  }
  const notified = notify ? await wallet.notify(notify) : 0;
  const { token_type } = wallet.token;
  return { credentials, token_type, notified, deferred: wallet.deferred };
});
