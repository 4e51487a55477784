// Runs the page's verifier, without the page, over cases on standard input: [{bundle, trust, judgement}].
// argv[2] is the script's text in a file; prints the reports as JSON, null for a document that cannot be read.
const { readFileSync } = require("node:fs");
const core = readFileSync(process.argv[2], "utf8");
const { parseBundle, parseTrust, verifyBundle } = new Function(
  `"use strict"; ${core}; return { parseBundle, parseTrust, verifyBundle };`,
)();

async function run({ bundle, trust, judgement }) {
  try {
    const bytes = (document) => new TextEncoder().encode(document);
    return await verifyBundle(parseBundle(bytes(bundle)), parseTrust(bytes(trust)), judgement);
  } catch (error) {
    if (error.constructor.name !== "Malformed") throw error;
    return null;
  }
}

const cases = JSON.parse(readFileSync(0, "utf8"));
Promise.all(cases.map(run)).then((reports) => process.stdout.write(JSON.stringify(reports)));
