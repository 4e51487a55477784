// Bytes, their texts, and the outcomes by which a step ends. Every function refuses what it does not expect.

class Malformed extends Error {}
class Absent extends Error {}
class Wrong extends Error {}
class Unknown extends Error {}

const utf8 = new TextEncoder();

function requireThat(condition, what) {
  if (!condition) throw new Malformed(what);
}

function fromHex(text, what, size) {
  requireThat(typeof text === "string" && /^0x([0-9a-f]{2})*$/.test(text), what);
  const data = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < data.length; i++) data[i] = parseInt(text.substr(2 + 2 * i, 2), 16);
  requireThat(size === undefined || data.length === size, what);
  return data;
}

function toHex(data) {
  return "0x" + Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function compare(one, other) {
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    if (one[i] !== other[i]) return one[i] - other[i];
  }
  return one.length - other.length;
}

function isSame(one, other) {
  return compare(one, other) === 0;
}

function toNumber(data) {
  return data.length ? Number(BigInt(toHex(data))) : 0;
}

function fromBase64(text) {
  const binary = atob(text);
  requireThat(btoa(binary) === text, "base64 in its one canonical form");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toBase64(data) {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
}

// base64url without padding, in its one canonical form (RFC 7515 §2).
function fromBase64url(text) {
  requireThat(/^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1, "base64url");
  const filled = text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return fromBase64(filled);
}

function toBase64url(data) {
  return toBase64(data).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

async function digestText(text) {
  return toBase64url(await sha256(utf8.encode(text)));
}
