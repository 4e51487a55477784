// What the verifier needs of X.509 (RFC 5280): a leaf on P-256, signed by a CA on P-256 with SHA-256.

const SEQUENCE = 0x30;
const ECDSA_SHA256 = "0x2a8648ce3d040302";
const EC_KEY = "0x2a8648ce3d0201";
const P256 = "0x2a8648ce3d030107";
const [BASIC_CONSTRAINTS, KEY_USAGE, ALTERNATIVE_NAMES] = ["0x551d13", "0x551d0f", "0x551d11"];

function readDER(data, start = 0) {
  requireThat(start + 2 <= data.length && (data[start] & 31) !== 31, "DER");
  let length = data[start + 1];
  let begin = start + 2;
  if (length >= 0x80) {
    const size = length - 0x80;
    requireThat(size >= 1 && size <= 3, "a DER length");
    requireThat(data[begin] !== 0, "a DER length in its shortest form");
    length = toNumber(data.slice(begin, begin + size));
    begin += size;
    requireThat(length >= 0x80, "a DER length in its shortest form");
  }
  requireThat(begin + length <= data.length, "DER that is whole");
  return {
    tag: data[start],
    content: data.slice(begin, begin + length),
    whole: data.slice(start, begin + length),
  };
}

function childrenDER({ content }) {
  const found = [];
  for (let at = 0; at < content.length; at += found[found.length - 1].whole.length)
    found.push(readDER(content, at));
  return found;
}

function oidIn(sequence) {
  return toHex(childrenDER(sequence)[0].content);
}

function parseCertificate(data) {
  const outer = readDER(data);
  requireThat(outer.whole.length === data.length, "one certificate");
  const [tbs, algorithm, signature, ...more] = childrenDER(outer);
  requireThat(outer.tag === SEQUENCE && more.length === 0, "a certificate's three parts");
  requireThat(signature.tag === 0x03 && signature.content[0] === 0, "a signature in whole bytes");
  const fields = childrenDER(tbs);
  if (fields[0].tag === 0xa0) fields.shift(); // version
  const [, inner, issuer, validity, subject, publicKey] = fields;
  const extensions = fields.find((field) => field.tag === 0xa3);
  return {
    tbs: tbs.whole,
    isECDSA: oidIn(inner) === ECDSA_SHA256 && isSame(algorithm.whole, inner.whole),
    signature: rawSignature(signature.content.slice(1)),
    issuer: issuer.whole,
    subject: subject.whole,
    validity: childrenDER(validity).map(timeDER),
    publicKey: publicKey.whole,
    point: pointOf(publicKey),
    extensions: new Map(extensions ? childrenDER(childrenDER(extensions)[0]).map(extensionDER) : []),
  };
}

function extensionDER(extension) {
  const parts = childrenDER(extension);
  return [toHex(parts[0].content), readDER(parts[parts.length - 1].content)];
}

function timeDER({ tag, content }) {
  const text = String.fromCharCode(...content);
  const full = tag === 0x17 ? (text < "50" ? "20" : "19") + text : text;
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  requireThat(found, "a time");
  const [, year, month, day, hour, minute, second] = found.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

// r and s, 32 bytes each, from the DER of an ECDSA signature.
function rawSignature(data) {
  const outer = readDER(data);
  const numbers = childrenDER(outer);
  const isWhole = outer.tag === SEQUENCE && outer.whole.length === data.length && numbers.length === 2;
  requireThat(isWhole, "an ECDSA signature");
  return concat(...numbers.map(positiveDER));
}

function positiveDER({ tag, content }) {
  const isPadded = content[0] === 0;
  requireThat(tag === 0x02 && content.length > 0 && content[0] < 0x80, "a positive integer");
  requireThat(!isPadded || content[1] >= 0x80, "an integer in its shortest form");
  const digits = isPadded ? content.slice(1) : content;
  requireThat(digits.length <= 32, "an integer of 32 bytes");
  return concat(new Uint8Array(32 - digits.length), digits);
}

function pointOf(publicKey) {
  const [algorithm, bits] = childrenDER(publicKey);
  const [kind, curve] = childrenDER(algorithm);
  requireThat(toHex(kind.content) === EC_KEY && toHex(curve.content) === P256, "a key on P-256");
  const point = bits.content.slice(1);
  requireThat(point.length === 65 && point[0] === 4, "an uncompressed point");
  return point;
}

// The leaf's key, hosts and identifiers, after checking it against a CA at a time; null where it is not the CA's.
async function checkLeaf(data, ca, at) {
  try {
    const [leaf, authority] = [parseCertificate(data), parseCertificate(ca)];
    const key = await crypto.subtle.importKey(
      "spki",
      authority.publicKey,
      { name: "ECDSA", namedCurve: "P-256" },
      false,
      ["verify"],
    );
    const isSigned = await crypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" },
      key,
      leaf.signature,
      leaf.tbs,
    );
    const isItsOwn = leaf.isECDSA && isSame(leaf.issuer, authority.subject) && isSigned;
    return isItsOwn && maySign(leaf, at) ? leafFacts(leaf) : null;
  } catch {
    return null;
  }
}

function maySign({ extensions, validity }, at) {
  const constraints = childrenDER(extensions.get(BASIC_CONSTRAINTS));
  const isCA = constraints.some(({ tag, content }) => tag === 0x01 && content[0] !== 0);
  const usage = extensions.get(KEY_USAGE).content;
  return !isCA && (usage[1] & 0x80) !== 0 && validity[0] <= at && at <= validity[1];
}

function leafFacts({ point, extensions }) {
  const names = childrenDER(extensions.get(ALTERNATIVE_NAMES));
  const texts = (kind) =>
    names.filter(({ tag }) => tag === kind).map(({ content }) => String.fromCharCode(...content));
  return { point, multikey: toHex(multikeyOf(point)), hosts: texts(0x82), uris: texts(0x86) };
}

// Multikey (Controlled Identifiers 1.0 §2.2.2): p256-pub as a varint, then the compressed point.
function multikeyOf(point) {
  return concat(Uint8Array.from([0x80, 0x24, 2 + (point[64] & 1)]), point.slice(1, 33));
}

function hostOf(identifier) {
  try {
    return new URL(identifier).hostname;
  } catch {
    return null;
  }
}
