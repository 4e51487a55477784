#!/usr/bin/env node
// The npm compiler behind the two options of the native `solc` that py-solc-x and forge use.
// solcjs itself ends with process.exit, which cuts output to a pipe at its buffer's size.
"use strict";

const fs = require("fs");
const path = require("path");
const solc = require("solc");

/** Finds an imported file of an npm package, for the compiler. */
function readImport(name) {
  try {
    return {
      contents: fs.readFileSync(
        path.join(__dirname, "..", "node_modules", name),
        "utf8",
      ),
    };
  } catch (error) {
    return { error: error.message };
  }
}

if (process.argv.includes("--version")) {
  process.stdout.write(
    `solc, the solidity compiler\nVersion: ${solc.version()}\n`,
  );
} else {
  const input = fs.readFileSync(0, "utf8");
  process.stdout.write(solc.compile(input, { import: readImport }));
}
