// The contracts' events (Solidity ABI, Events) and the accreditation tree that they make.

const REGULATOR = "0x" + "0".repeat(40);
const KEY_ATTRIBUTE = concat(utf8.encode("did/pub/Multikey/veriKey"), new Uint8Array(8));
const TREE_DEPTH_MAX = 4;

const EVENTS = new Map(
  [
    ["CredentialRegistry", "BatchAnchored(bytes32,address,bytes32,uint24)", 4, readAnchored],
    [
      "AccreditationRegistry",
      "Accredited(address,address,bytes32,uint24[],uint40,uint40)",
      4,
      readAccredited,
    ],
    ["AccreditationRegistry", "SuspensionChanged(address,address,bool,bytes32)", 3, readSuspension],
    ["DIDRegistry", "DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)", 2, readAttribute],
  ].map(([contract, signature, topics, read]) => [
    toHex(keccak(utf8.encode(signature))),
    { contract, topics, read },
  ]),
);

// The contract that would emit such a log, and the event; null for any other.
function readEvent(log) {
  const known = log.topics.length ? EVENTS.get(toHex(log.topics[0])) : undefined;
  if (known === undefined) return null;
  requireThat(log.topics.length === known.topics && log.data.length % 32 === 0, "an event's parts");
  return { contract: known.contract, ...known.read(log) };
}

function word(data, index) {
  const found = data.slice(32 * index, 32 * (index + 1));
  requireThat(found.length === 32, "data that are whole");
  return toNumber(found);
}

function account(topic) {
  requireThat(
    topic.slice(0, 12).every((byte) => byte === 0),
    "an address",
  );
  return toHex(topic.slice(12));
}

function readAnchored({ topics, data }) {
  const [, root, issuer, type] = topics;
  return {
    name: "BatchAnchored",
    root: toHex(root),
    issuer: account(issuer),
    type: toHex(type),
    jurisdiction: word(data, 0),
  };
}

function readAccredited({ topics, data }) {
  const [, issuer, parent, type] = topics;
  const count = word(data, 3);
  requireThat(word(data, 0) === 96 && data.length === (4 + count) * 32, "a list of jurisdictions");
  return {
    name: "Accredited",
    issuer: account(issuer),
    parent: account(parent),
    type: toHex(type),
    jurisdictions: Array.from({ length: count }, (_, i) => word(data, 4 + i)),
    begins: word(data, 1),
    until: word(data, 2),
  };
}

function readSuspension({ topics, data }) {
  return {
    name: "SuspensionChanged",
    issuer: account(topics[1]),
    by: account(topics[2]),
    isSuspended: word(data, 0) !== 0,
  };
}

function readAttribute({ topics, data }) {
  const size = word(data, 4);
  requireThat(word(data, 1) === 128 && data.length >= 160 + size, "an attribute's value");
  return {
    name: "DIDAttributeChanged",
    identity: account(topics[1]),
    attribute: data.slice(0, 32),
    value: data.slice(160, 160 + size),
    validTo: word(data, 2),
  };
}

// How an issuer stood at a time after events in chain order, as AccreditationRegistry.isAccredited would say.
function standing(events, { issuer, type, jurisdiction }, at) {
  const nodes = nodesOf(events, type);
  for (let depth = 0; depth < TREE_DEPTH_MAX; depth++) {
    const node = nodes.get(issuer);
    if (node === undefined) return "issuer_unknown";
    if (node.isSuspended) return "issuer_suspended";
    if (!holds(node.scopes, jurisdiction, at)) return "issuer_out_of_scope";
    if (node.parent === REGULATOR) return "accredited";
    issuer = node.parent;
  }
  return "issuer_unknown";
}

// The accounts from an issuer up to the one below the regulator.
function pathOf(events, { issuer, type }) {
  const nodes = nodesOf(events, type);
  const path = [];
  for (let at = issuer; nodes.has(at) && !path.includes(at); at = nodes.get(at).parent) path.push(at);
  return path;
}

function nodesOf(events, type) {
  const nodes = new Map();
  const suspended = new Map();
  for (const event of events) {
    if (event.name === "SuspensionChanged") {
      suspended.set(event.issuer, event.isSuspended);
    } else if (event.type === type) {
      if (!nodes.has(event.issuer)) nodes.set(event.issuer, { parent: event.parent, scopes: [] });
      addScope(nodes.get(event.issuer).scopes, event);
    }
  }
  for (const [issuer, node] of nodes) node.isSuspended = suspended.get(issuer) === true;
  return nodes;
}

// A version that never was in force is replaced (History.sol).
function addScope(scopes, event) {
  const latest = scopes[scopes.length - 1];
  if (latest && (latest.begins > event.at || latest.begins >= event.begins)) scopes.pop();
  scopes.push(event);
}

function holds(scopes, jurisdiction, at) {
  const inForce = scopes.filter((scope) => scope.begins <= at).pop();
  if (inForce === undefined || inForce.until <= at) return false;
  return inForce.jurisdictions.some((wide) => covers(wide, jurisdiction));
}

function covers(wide, code) {
  const within = (unit) => wide % unit === 0 && Math.floor(wide / unit) === Math.floor(code / unit);
  return wide === 0 || wide === code || within(10000) || within(100);
}
