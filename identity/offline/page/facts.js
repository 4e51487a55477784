// What a bundle's blocks prove: events, each with its place in the chain and its time.

function readChain(bundle, trust) {
  const blocks = new Map();
  for (const block of listOrNone(bundle, "blocks")) {
    if (isObject(block) && typeof block.hash === "string") blocks.set(block.hash, block);
  }
  const encoded = [...[...blocks.values()].map(({ header }) => header), ...listOrNone(bundle, "headers")];
  return { blocks, contracts: trust.contracts, trusted: trustedBlocks(encoded, trust.checkpoints) };
}

// The checkpoints, and every ancestor of one that headers lead to.
function trustedBlocks(encoded, checkpoints) {
  const parents = new Map();
  for (const text of encoded) {
    try {
      const { hash, parent } = parseHeader(fromHex(text, "header"));
      parents.set(hash, parent);
    } catch {
      // It leads nowhere; a block that needs it says so.
    }
  }
  const trusted = new Set();
  for (const checkpoint of checkpoints) {
    for (let hash = checkpoint; hash !== undefined && !trusted.has(hash); hash = parents.get(hash))
      trusted.add(hash);
  }
  return trusted;
}

// Requires that events stand in proved receipts of trusted blocks; what is wrong is said before what is unknown.
function requirePlaces(chain, places) {
  let unknown = null;
  for (const place of places) {
    try {
      receiptAt(chain, place);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      unknown ??= error;
    }
  }
  if (unknown) throw unknown;
}

function eventsAt(chain, places) {
  return places.map((place) => eventAt(chain, place)).sort((one, other) => compare(one.order, other.order));
}

function eventAt(chain, place) {
  const { header, logs } = receiptAt(chain, place);
  const [receipt, index] = [integer(place, "receipt"), integer(place, "log")];
  if (index >= logs.length) throw new Wrong("receipt_not_proved");
  let event = null;
  try {
    event = readEvent(logs[index]);
  } catch {
    // Not an event of ours.
  }
  if (event === null || chain.contracts[event.contract] !== logs[index].address)
    throw new Wrong("event_foreign");
  return { ...event, at: header.at, block: header.number, order: [header.number, receipt, index] };
}

function receiptAt(chain, place) {
  let header, logs;
  try {
    const block = chain.blocks.get(string(place, "block"));
    const index = integer(place, "receipt");
    if (block === undefined) throw new Absent("block");
    header = headerOf(block);
    logs = logsOf(block, header, index);
  } catch (error) {
    if (error instanceof Absent) throw new Unknown("block_missing");
    throw error instanceof Malformed ? new Wrong("receipt_not_proved") : error;
  }
  if (!chain.trusted.has(header.hash)) throw new Unknown("block_not_trusted");
  return { header, logs };
}

function headerOf(block) {
  let data;
  try {
    data = octets(block, "header");
  } catch (error) {
    throw error instanceof Absent ? new Unknown("header_missing") : new Wrong("receipt_not_proved");
  }
  try {
    const header = parseHeader(data);
    requireThat(
      header.hash === block.hash && header.number === integer(block, "number"),
      "the block's own header",
    );
    return header;
  } catch (error) {
    throw error instanceof Absent ? error : new Wrong("block_hash_differs");
  }
}

function logsOf(block, header, index) {
  for (const receipt of list(block, "receipts")) {
    if (integer(receipt, "index") !== index) continue;
    const nodes = list(receipt, "proof").map((node) => fromHex(node, "proof"));
    return parseLogs(valueAt(header.receiptsRoot, receiptKey(index), nodes));
  }
  throw new Absent("receipt");
}
