// The person's part of an authorization-code flow: a browser that is signed in and follows no redirect.

import { Refused } from "./driver.mjs";

export const CLIENT_ID = "qilian-test-wallet";
export const REDIRECT_URI = "http://localhost/wallet/callback"; // nothing listens: the code is read off the redirect

/** Visit the authorization endpoint with a session's headers; return the address it redirects to. */
export async function visit(authorizationUrl, signIn = {}) {
  const page = await fetch(authorizationUrl, { redirect: "manual", headers: signIn });
  const target = page.headers.get("location");
  if (!target?.startsWith(REDIRECT_URI)) {
    throw new Refused("the authorization request", page.status, target ?? (await page.text()).slice(0, 2000));
  }
  return target;
}
