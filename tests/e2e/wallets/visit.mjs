// The person's part of an authorization-code flow: the enterprise's agent, signed in, reads the page and agrees.

import { Refused } from "./driver.mjs";

export const CLIENT_ID = "qilian-test-wallet";
export const REDIRECT_URI = "http://localhost/wallet/callback"; // nothing listens: the code is read off the address

/** Visit the authorization endpoint with the agent's token and agree; return the address that leads back. */
export async function visit(authorizationUrl, agentToken) {
  const headers = { Accept: "text/html", ...(agentToken && { Authorization: `Bearer ${agentToken}` }) };
  const asked = await page(authorizationUrl, { headers });
  const body = new URLSearchParams([...hiddenFields(asked), ["answer", "agree"]]);
  const answered = await page(authorizationUrl, { method: "POST", headers, body });
  const [, link] = new RegExp(`href="(${REDIRECT_URI}[^"]*)"`).exec(answered) ?? [];
  if (!link) throw new Error("the page has no link back to the wallet");
  return link.replaceAll("&amp;", "&");
}

async function page(url, options) {
  const response = await fetch(url, { redirect: "manual", ...options });
  const text = await response.text();
  if (response.status !== 200)
    throw new Refused("the authorization page", response.status, text.slice(0, 2000));
  return text;
}

function hiddenFields(html) {
  const fields = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return [...fields].map(([, name, value]) => [name, value.replaceAll("&amp;", "&")]);
}
