// JSON as signed texts need it: bounded, and no object repeats a member (parsers disagree on which one counts).

const DEPTH_MAX = 32;
const CONTAINERS_MAX = 10000;

function parseJSON(data) {
  let text, value;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    value = JSON.parse(text);
  } catch {
    throw new Malformed("JSON");
  }
  requireDistinctMembers(text);
  return value;
}

function parseObject(data) {
  const value = parseJSON(data);
  requireThat(isObject(value), "a JSON object");
  return value;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Walks over a text that is known to be JSON.
function requireDistinctMembers(text) {
  const open = [];
  let containers = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:[ \t\r\n]*:)?|[{}[\]]/g)) {
    if (token === "{" || token === "[") {
      open.push(new Set());
      requireThat(open.length <= DEPTH_MAX && ++containers <= CONTAINERS_MAX, "JSON within bounds");
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token.endsWith(":")) {
      const name = JSON.parse(token.slice(0, -1));
      requireThat(!open[open.length - 1].has(name), "members that differ");
      open[open.length - 1].add(name);
    }
  }
}

// Members of the bundle: absent is no contradiction, another form is.
function part(holder, name) {
  requireThat(isObject(holder), "an object");
  const value = Object.hasOwn(holder, name) ? holder[name] : null;
  if (value === null) throw new Absent(name);
  return value;
}

function octets(holder, name, size) {
  return fromHex(part(holder, name), name, size);
}

function integer(holder, name) {
  const value = part(holder, name);
  requireThat(Number.isSafeInteger(value) && value >= 0, name);
  return value;
}

function string(holder, name) {
  const value = part(holder, name);
  requireThat(typeof value === "string", name);
  return value;
}

function list(holder, name) {
  const value = part(holder, name);
  requireThat(Array.isArray(value), name);
  return value;
}

function listOrNone(holder, name) {
  return isObject(holder) && Array.isArray(holder[name]) ? holder[name] : [];
}
