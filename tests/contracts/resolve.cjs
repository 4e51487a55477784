// Resolves DID URLs with the published ethr-did-resolver: node resolve.cjs <rpc url> <registry> <DID URL>...
// Prints one resolution result a line, as JSON.
"use strict";

const { Resolver } = require("did-resolver");
const { getResolver } = require("ethr-did-resolver");

const [rpcUrl, registry, ...urls] = process.argv.slice(2);
const networks = [{ name: "qilian", chainId: 1337, rpcUrl, registry }];
const resolver = new Resolver(getResolver({ networks }));

(async () => {
  for (const url of urls) {
    process.stdout.write(`${JSON.stringify(await resolver.resolve(url))}\n`);
  }
  process.exit(0);
})();
