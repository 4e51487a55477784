// Compact JWS (RFC 7515) and SD-JWT (RFC 9901), as strict as the issuing side.

const TOKEN_CHARS_MAX = 1000000;
const NEVER_DISCLOSABLE = new Set([
  "iss",
  "nbf",
  "exp",
  "cnf",
  "vct",
  "vct#integrity",
  "status",
  "_sd",
  "_sd_alg",
  "...",
]);
const RESERVED = new Set(["_sd", "_sd_alg", "..."]);
const ALGORITHMS = { ES256: "P-256", EdDSA: "Ed25519", Ed25519: "Ed25519" };

function parseJWS(token, typ) {
  const parts = token.split(".");
  requireThat(token.length <= TOKEN_CHARS_MAX && parts.length === 3 && parts.every(Boolean), "a compact JWS");
  const header = parseObject(fromBase64url(parts[0]));
  requireThat(Object.hasOwn(ALGORITHMS, header.alg) && header.typ === typ, "alg and typ");
  requireThat(!["crit", "jku", "x5u"].some((name) => name in header), "a header without crit, jku, x5u");
  requireThat(!("kid" in header) || typeof header.kid === "string", "kid");
  const isChain =
    Array.isArray(header.x5c) && header.x5c.length > 0 && header.x5c.every((c) => typeof c === "string");
  requireThat(!("x5c" in header) || isChain, "x5c");
  return {
    header,
    input: utf8.encode(parts[0] + "." + parts[1]),
    content: fromBase64url(parts[1]),
    signature: fromBase64url(parts[2]),
  };
}

async function verifyPoint(jws, point) {
  requireThat(ALGORITHMS[jws.header.alg] === "P-256" && jws.signature.length === 64, "ES256");
  const key = await crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, [
    "verify",
  ]);
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  requireThat(await crypto.subtle.verify(algorithm, key, jws.signature, jws.input), "its signature");
}

// Checks a holder's signature by the key in `cnf`; browsers without Ed25519 cannot check that one.
async function verifyJWK(jws, jwk) {
  requireThat(isObject(jwk) && !("d" in jwk), "a public JWK");
  if (jwk.kty === "EC" && jwk.crv === "P-256") {
    const [x, y] = [fromBase64url(string(jwk, "x")), fromBase64url(string(jwk, "y"))];
    requireThat(x.length === 32 && y.length === 32, "a point");
    requireThat(!("alg" in jwk) || jwk.alg === "ES256", "a key for ES256");
    return verifyPoint(jws, concat(Uint8Array.from([4]), x, y));
  }
  requireThat(jwk.kty === "OKP" && jwk.crv === "Ed25519", "a key on P-256 or Ed25519");
  requireThat(ALGORITHMS[jws.header.alg] === "Ed25519" && jws.signature.length === 64, "EdDSA");
  let key;
  try {
    key = await crypto.subtle.importKey("raw", fromBase64url(string(jwk, "x")), "Ed25519", false, ["verify"]);
  } catch (error) {
    throw error.name === "NotSupportedError" ? new Unknown("algorithm_unknown") : error;
  }
  requireThat(await crypto.subtle.verify("Ed25519", key, jws.signature, jws.input), "its signature");
}

async function parseSDJWT(compact) {
  requireThat(
    compact.length <= TOKEN_CHARS_MAX && compact.includes("~") && /^[\x00-\x7f]*$/.test(compact),
    "an SD-JWT",
  );
  const parts = compact.split("~");
  const [jwt, binding, encoded] = [parts[0], parts[parts.length - 1], parts.slice(1, -1)];
  const signed = parseJWS(jwt, "dc+sd-jwt");
  const bound = binding ? parseJWS(binding, "kb+jwt") : null;
  const payload = parseObject(signed.content);
  requireThat((payload._sd_alg ?? "sha-256") === "sha-256", "_sd_alg");
  const disclosures = new Map();
  for (const text of encoded) {
    const digest = await digestText(text);
    requireThat(text !== "" && !disclosures.has(digest), "disclosures that differ");
    disclosures.set(digest, parseDisclosure(fromBase64url(text)));
  }
  return {
    ...signed,
    presented: compact.slice(0, compact.lastIndexOf("~") + 1),
    digest: await sha256(utf8.encode(jwt)),
    payload,
    binding: bound,
    claims: reveal(payload, disclosures),
  };
}

function parseDisclosure(data) {
  const content = parseJSON(data);
  requireThat(Array.isArray(content) && (content.length === 2 || content.length === 3), "a disclosure");
  requireThat(content.length === 2 || typeof content[1] === "string", "a claim name");
  return { name: content.length === 3 ? content[1] : null, value: content[content.length - 1] };
}

// Puts the disclosures in place (RFC 9901 §7.1) and returns the top-level claims of which anything was disclosed.
function reveal(payload, disclosures) {
  const met = new Set();
  const used = new Set();
  const tops = new Set();
  const take = (digest) => {
    requireThat(!met.has(digest), "digests that differ");
    met.add(digest);
    return disclosures.get(digest);
  };
  const valueOf = (value, top, depth) => {
    requireThat(depth <= DEPTH_MAX, "disclosures within bounds");
    if (Array.isArray(value)) return elementsOf(value, top, depth);
    return isObject(value) ? membersOf(value, top, depth) : value;
  };
  const membersOf = (holder, top, depth) => {
    const shown = {};
    for (const [name, value] of Object.entries(holder)) {
      requireThat(name !== "_sd_alg" && name !== "...", "no reserved member");
      if (name !== "_sd") set(shown, name, valueOf(value, top ?? name, depth + 1));
    }
    const digests = Object.hasOwn(holder, "_sd") ? holder._sd : [];
    requireThat(Array.isArray(digests) && digests.every((digest) => typeof digest === "string"), "_sd");
    for (const digest of digests) {
      const found = take(digest);
      if (found === undefined) continue;
      const { name, value } = found;
      const reserved = top === null ? NEVER_DISCLOSABLE : RESERVED;
      requireThat(name !== null && !reserved.has(name) && !Object.hasOwn(shown, name), "a new claim");
      used.add(digest);
      tops.add(top ?? name);
      set(shown, name, valueOf(value, top ?? name, depth + 1));
    }
    return shown;
  };
  const elementsOf = (values, top, depth) => {
    const shown = [];
    for (const item of values) {
      if (!isObject(item) || !Object.hasOwn(item, "...")) {
        shown.push(valueOf(item, top, depth + 1));
        continue;
      }
      requireThat(Object.keys(item).length === 1 && typeof item["..."] === "string", "an element's digest");
      const found = take(item["..."]);
      if (found === undefined) continue;
      requireThat(found.name === null, "the disclosure of an element");
      used.add(item["..."]);
      tops.add(top);
      shown.push(valueOf(found.value, top, depth + 1));
    }
    return shown;
  };
  const { _sd_alg, ...rest } = payload;
  const shown = membersOf(rest, null, 0);
  requireThat(used.size === disclosures.size, "disclosures that have a digest");
  return Object.fromEntries(Object.entries(shown).filter(([name]) => tops.has(name)));
}

// As an own member, whatever its name.
function set(holder, name, value) {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}
