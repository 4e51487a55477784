// RLP, the receipts' Merkle-Patricia trie, headers and logs (Ethereum Yellow Paper §4.3, Appendices B to D).

const RLP_DEPTH_MAX = 16;

function decodeRLP(data) {
  const [item, end] = decodeAt(data, 0, 0);
  requireThat(end === data.length, "one RLP item");
  return item;
}

function decodeAt(data, start, depth) {
  requireThat(start < data.length && depth <= RLP_DEPTH_MAX, "RLP within bounds");
  const first = data[start];
  if (first < 0x80) return [data.slice(start, start + 1), start + 1];
  const isList = first >= 0xc0;
  let [begin, end] = payloadOf(data, start, first - (isList ? 0xc0 : 0x80));
  if (!isList) {
    requireThat(end - begin !== 1 || data[begin] >= 0x80, "RLP in its canonical form");
    return [data.slice(begin, end), end];
  }
  const inside = data.subarray(0, end);
  const parts = [];
  while (begin < end) {
    const [item, next] = decodeAt(inside, begin, depth + 1);
    parts.push(item);
    begin = next;
  }
  return [parts, end];
}

function payloadOf(data, start, length) {
  let begin = start + 1;
  if (length > 55) {
    const size = data.slice(begin, begin + length - 55);
    begin += length - 55;
    length = toNumber(size);
    requireThat(length > 55 && size[0] !== 0, "RLP in its canonical form");
  }
  requireThat(begin + length <= data.length, "RLP that is whole");
  return [begin, begin + length];
}

// The key of a receipt in its block's trie: the RLP of its index.
function receiptKey(index) {
  const digits = [];
  for (let rest = index; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return digits.length === 1 && digits[0] < 0x80
    ? Uint8Array.from(digits)
    : Uint8Array.from([0x80 + digits.length, ...digits]);
}

function nibbles(data) {
  return Array.from(data).flatMap((byte) => [byte >> 4, byte & 15]);
}

function valueAt(root, key, nodes) {
  const left = [...nodes];
  const take = (wanted) => {
    const node = left.shift();
    requireThat(node !== undefined && wanted.length === 32 && isSame(keccak(node), wanted), "the node named");
    return decodeRLP(node);
  };
  let path = nibbles(key);
  let child = take(root);
  let isValue = false;
  while (!isValue) {
    if (!Array.isArray(child)) child = take(child);
    [path, child, isValue] = descend(child, path);
  }
  requireThat(left.length === 0 && !Array.isArray(child) && child.length > 0, "a value at the end");
  return child;
}

function descend(node, path) {
  requireThat(node.length === 2 || node.length === 17, "a trie node");
  if (node.length === 17) {
    return path.length ? [path.slice(1), node[path[0]], false] : [[], node[16], true];
  }
  requireThat(!Array.isArray(node[0]) && node[0].length > 0 && node[0][0] >> 4 <= 3, "a path");
  const marked = nibbles(node[0]);
  const own = marked.slice(marked[0] & 1 ? 1 : 2);
  const isLeaf = (marked[0] & 2) !== 0;
  const isOnWay = own.every((nibble, i) => path[i] === nibble) && (!isLeaf || own.length === path.length);
  requireThat(isOnWay, "a node on the way");
  return [path.slice(own.length), node[1], isLeaf];
}

function fixed(item, size) {
  requireThat(!Array.isArray(item) && item.length === size, `${size} bytes`);
  return item;
}

function quantity(item) {
  requireThat(!Array.isArray(item) && item.length <= 8 && item[0] !== 0, "a number");
  return toNumber(item);
}

function parseHeader(data) {
  const fields = decodeRLP(data);
  requireThat(Array.isArray(fields) && fields.length >= 15 && fields.length <= 31, "a header");
  return {
    hash: toHex(keccak(data)),
    parent: toHex(fixed(fields[0], 32)),
    receiptsRoot: fixed(fields[5], 32),
    number: quantity(fields[8]),
    at: quantity(fields[11]),
  };
}

function parseLogs(receipt) {
  const fields = decodeRLP(receipt[0] < 0x80 ? receipt.slice(1) : receipt);
  requireThat(Array.isArray(fields) && fields.length === 4 && Array.isArray(fields[3]), "a receipt");
  return fields[3].map((log) => {
    requireThat(Array.isArray(log) && log.length === 3, "a log");
    requireThat(Array.isArray(log[1]) && !Array.isArray(log[2]), "a log");
    return {
      address: toHex(fixed(log[0], 20)),
      topics: log[1].map((topic) => fixed(topic, 32)),
      data: log[2],
    };
  });
}
