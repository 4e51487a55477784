// Status lists (draft-ietf-oauth-status-list §4, §8.3) and where a credential's status lies in them.

const SHARD_SIZE = 2 ** 20;
const INFLATED_BYTES_MAX = 8 * SHARD_SIZE;

// The place that a credential's `status` claim names in its issuer's lists.
function claimedPlace(claim, issuer) {
  const entry = isObject(claim) ? claim.status_list : null;
  requireThat(
    isObject(entry) && Number.isInteger(entry.idx) && typeof entry.uri === "string",
    "a status claim",
  );
  const start = `${issuer}/status-lists/`;
  const shard = entry.uri.startsWith(start) ? entry.uri.slice(start.length) : "";
  requireThat(/^(0|[1-9][0-9]{0,11})$/.test(shard), "a list of the issuer");
  requireThat(entry.idx >= 0 && entry.idx < SHARD_SIZE, "an index within the list");
  return { shard: Number(shard), idx: entry.idx, index: Number(shard) * SHARD_SIZE + entry.idx };
}

async function statusAt({ bits, lst }, idx) {
  requireThat([1, 2, 4, 8].includes(bits) && typeof lst === "string", "a status list");
  const data = await inflate(fromBase64url(lst));
  const start = idx * bits;
  requireThat(start + bits <= 8 * data.length, "an index within the list");
  return (data[start >> 3] >> (start & 7)) & ((1 << bits) - 1);
}

async function inflate(data) {
  const parts = [];
  let size = 0;
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return concat(...parts);
    size += value.length;
    requireThat(size <= INFLATED_BYTES_MAX, "a list within bounds");
    parts.push(value);
  }
}
