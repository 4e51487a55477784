// Each driver is a command: one JSON object in (first argument, or standard input), one JSON object out.
// It exits with 0, or with 1 and {"error": message, "status"?, "body"?, "step"?} when it was refused.

import { readFileSync } from "node:fs";

/** What a server answered when it refused; the drivers throw it so that tests can see the answer. */
export class Refused extends Error {
  constructor(step, status, body) {
    super(`${step} was refused with ${status}`);
    Object.assign(this, { step, status, body });
  }
}

/** Run a driver's function on the command's JSON and print what it returns. */
export async function drive(run) {
  let answer, code;
  try {
    [answer, code] = [await run(JSON.parse(process.argv[2] ?? readFileSync(0, "utf8"))), 0];
  } catch (error) {
    [answer, code] = [await described(error), 1];
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(code));
}

/** Describe an error with the innermost answer of a server among its causes. */
async function described(error) {
  const found = { error: error?.message ?? String(error) };
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause !== error) found.error += ` < ${cause.message}`;
    Object.assign(found, await answerIn(cause));
  }
  return found;
}

async function answerIn(error) {
  if (error instanceof Refused) return { step: error.step, status: error.status, body: error.body };
  const response = error.response?.response ?? error.response;
  if (!(response instanceof Response)) return {};
  // oauth4webapi has read the body already and keeps it as the cause.
  const body = response.bodyUsed ? (error.errorResponse ?? error.cause) : parsed(await response.text());
  return { status: response.status, body };
}

/** Return a body as JSON if it is, else as text. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
