// The steps of an offline verification, as `identity/offline/verifier.py` numbers and describes them.

const CLOCK_SKEW_S = 60;
const KEY_LAG_S = 600;
const TIME_MAX = 253402300799;

function toTime(value, reason) {
  if (!Number.isInteger(value) || value < 0 || value > TIME_MAX) throw new Wrong(reason);
  return value;
}

function shownToken(check) {
  if (check.token) return check.token;
  throw new Unknown(check.scope === "digest" ? "digest_only" : "earlier_step");
}

function requireStep(check, name) {
  if (!check.passed.has(name)) throw new Unknown("earlier_step");
}

// The leaf of x5c, checked at a time against the trusted CAs.
async function certified({ header }, at, trust) {
  if (!("x5c" in header)) throw new Unknown("certificate_missing");
  let data;
  try {
    data = fromBase64(header.x5c[0]);
  } catch {
    throw new Wrong("certificate_untrusted");
  }
  for (const authority of trust.authorities) {
    const leaf = await checkLeaf(data, authority, at);
    if (leaf) return leaf;
  }
  throw new Wrong("certificate_untrusted");
}

async function structure(check) {
  const digest = octets(check.item, "digest", 32);
  check.facts.digest = toHex(digest).slice(2);
  const token = await parseSDJWT(string(check.item, "presentation"));
  if (!isSame(token.digest, digest)) throw new Wrong("digest_differs");
  check.token = token;
  check.claims = token.claims;
  Object.assign(check.facts, {
    vct: token.payload.vct,
    issuer: token.payload.iss,
    issued_at: token.payload.iat,
  });
  return "structure_ok";
}

async function issuerSignature(check) {
  const token = shownToken(check);
  const at = toTime(token.payload.iat, "certificate_untrusted");
  const leaf = await certified(token, at, check.trust);
  const identifier = String(token.payload.iss);
  if (!leaf.uris.includes(identifier) && !leaf.hosts.includes(hostOf(identifier))) {
    throw new Wrong("certificate_untrusted");
  }
  await verifyPoint(token, leaf.point);
  check.signedBy = leaf.multikey;
  return "signature_ok";
}

function blocks(check) {
  const { item } = check;
  const inside = isObject(item) && isObject(item.inclusion) ? (item.inclusion.event ?? null) : null;
  const places = [
    ...(inside === null ? [] : [inside]),
    ...listOrNone(isObject(item) ? item.key : null, "events"),
    ...accreditationPlaces(item),
  ];
  if (places.length === 0) throw new Unknown("block_missing");
  requirePlaces(check.chain, places);
  return "blocks_ok";
}

function accreditationPlaces(item) {
  return listOrNone(item, "accreditation").flatMap((node) => listOrNone(node, "events"));
}

function inclusion(check) {
  const given = part(check.item, "inclusion");
  const issuer = octets(given, "issuer", 20);
  const type = octets(given, "credential_type", 32);
  const index = integer(given, "status_index");
  if (check.token && !isLeafOf(check.token.payload, type, index)) throw new Wrong("leaf_differs");
  const position = fromHex("0x" + index.toString(16).padStart(64, "0"));
  const asset = octets(given, "asset_fingerprint", 32);
  let node = keccak(keccak(concat(octets(check.item, "digest", 32), type, position, asset)));
  for (const text of list(given, "proof")) {
    const sibling = fromHex(text, "proof", 32);
    node = keccak(compare(node, sibling) < 0 ? concat(node, sibling) : concat(sibling, node));
  }
  const root = octets(given, "root", 32);
  if (!isSame(node, root)) throw new Wrong("leaf_not_in_batch");
  requireStep(check, "blocks");
  const event = eventAt(check.chain, part(given, "event"));
  const isAnchor = event.name === "BatchAnchored" && event.root === toHex(root);
  if (!isAnchor || event.issuer !== toHex(issuer) || event.type !== toHex(type))
    throw new Wrong("anchor_differs");
  check.anchor = event;
  Object.assign(check.facts, { issuer_account: toHex(issuer), anchored_at: event.at, block: event.block });
  return "inclusion_ok";
}

function isLeafOf(payload, type, index) {
  if (!isSame(keccak(utf8.encode(String(payload.vct))), type)) return false;
  return claimedPlace(payload.status, String(payload.iss)).index === index;
}

function issuerKey(check) {
  const key = part(check.item, "key");
  const multikey = toHex(octets(key, "multikey"));
  if (check.signedBy && check.signedBy !== multikey) throw new Wrong("key_differs");
  const places = list(key, "events");
  requireStep(check, "inclusion");
  const changes = eventsAt(check.chain, places);
  for (const change of changes) {
    const isOfKey = change.name === "DIDAttributeChanged" && change.identity === check.anchor.issuer;
    if (!isOfKey || !isSame(change.attribute, KEY_ATTRIBUTE) || toHex(change.value) !== multikey) {
      throw new Wrong("key_differs");
    }
  }
  if (changes.length === 0) throw new Unknown("key_missing");
  if (!isPublished(changes, check.anchor.at)) throw new Wrong("key_not_valid");
  check.provedKey = multikey;
  return "key_ok";
}

function isPublished(changes, at) {
  let until = null;
  for (const change of changes) {
    if (change.at <= at || (until === null && change.at <= at + KEY_LAG_S)) until = change.validTo;
  }
  return until !== null && until > at;
}

function accreditation(check) {
  const nodes = list(check.item, "accreditation");
  requireStep(check, "inclusion");
  const before = nodes
    .flatMap((node) => changesOf(check, node))
    .filter((event) => compare(event.order, check.anchor.order) < 0)
    .sort((one, other) => compare(one.order, other.order));
  requireKnownRegulators(check, before);
  const stood = standing(before, check.anchor, check.anchor.at);
  if (stood === "issuer_unknown") throw new Unknown("accreditation_missing");
  if (stood !== "accredited") throw new Wrong(stood);
  check.facts.path = pathOf(before, check.anchor);
  return stood;
}

function changesOf(check, node) {
  const account = toHex(octets(node, "account", 20));
  const events = eventsAt(check.chain, listOrNone(node, "events"));
  if (events.some(({ contract, issuer }) => contract !== "AccreditationRegistry" || issuer !== account)) {
    throw new Wrong("event_foreign");
  }
  return events;
}

function requireKnownRegulators(check, events) {
  const isParent = (change) =>
    events.some(
      ({ name, issuer, parent }) => name === "Accredited" && issuer === change.issuer && parent === change.by,
    );
  for (const event of events) {
    if (event.name === "SuspensionChanged" && !check.trust.regulators.has(event.by) && !isParent(event)) {
      throw new Unknown("unknown_regulator");
    }
  }
}

function validity(check) {
  const { payload } = shownToken(check);
  const issued = toTime(payload.iat, "times_wrong");
  const from = toTime("nbf" in payload ? payload.nbf : issued, "times_wrong");
  if (from > check.judgement.at + CLOCK_SKEW_S) throw new Wrong("not_yet_valid");
  if ("exp" in payload && check.judgement.at >= toTime(payload.exp, "times_wrong"))
    throw new Wrong("expired");
  return "in_period";
}

async function status(check) {
  const token = parseJWS(string(part(check.item, "status"), "token"), "statuslist+jwt");
  const payload = parseObject(token.content);
  const issued = toTime(payload.iat, "status_broken");
  const { idx, uri, issuer } = statusPlace(check, payload);
  const leaf = await certified(token, issued, check.trust);
  const isIssuer =
    check.provedKey === leaf.multikey || (check.token !== undefined && leaf.uris.includes(issuer));
  if (!isIssuer) throw check.provedKey ? new Wrong("status_broken") : new Unknown("earlier_step");
  await verifyPoint(token, leaf.point);
  requireThat(payload.sub === uri && isObject(payload.status_list), "the credential's list");
  const expires = (payload.exp ?? null) === null ? null : toTime(payload.exp, "status_broken");
  check.facts.status_at = issued;
  return judgeStatus(await statusAt(payload.status_list, idx), issued, expires, check.judgement);
}

function statusPlace(check, payload) {
  if (check.token) {
    const issuer = String(check.token.payload.iss);
    const { shard, idx } = claimedPlace(check.token.payload.status, issuer);
    return { idx, uri: `${issuer}/status-lists/${shard}`, issuer };
  }
  const index = integer(part(check.item, "inclusion"), "status_index");
  const end = `/status-lists/${Math.floor(index / SHARD_SIZE)}`;
  const uri = String(payload.sub);
  if (!uri.endsWith(end)) throw new Wrong("status_broken");
  return { idx: index % SHARD_SIZE, uri, issuer: uri.slice(0, -end.length) };
}

// A revocation is final, however old the list.
function judgeStatus(value, issued, expires, { at, statusAge }) {
  if (expires !== null && expires <= issued) throw new Wrong("status_broken");
  if (issued > at + CLOCK_SKEW_S) throw new Unknown("status_later");
  if (value === 1) throw new Wrong("status_revoked");
  const isOld = (expires !== null && at >= expires) || (statusAge !== null && at - issued > statusAge);
  if (isOld) throw new Unknown("status_old");
  if (value === 2) throw new Wrong("status_suspended");
  if (value !== 0) throw new Wrong("status_unknown");
  return "status_valid";
}

async function holderBinding(check) {
  const { binding, payload, presented } = shownToken(check);
  if (binding === null) throw new Wrong("holder_missing");
  await verifyJWK(binding, isObject(payload.cnf) ? payload.cnf.jwk : null);
  const { nonce, audience, at } = check.judgement;
  const said = parseObject(binding.content);
  if (said.sd_hash !== (await digestText(presented))) throw new Wrong("holder_wrong");
  if (nonce !== null && said.nonce !== nonce) throw new Wrong("holder_wrong");
  if (audience !== null && said.aud !== audience) throw new Wrong("holder_wrong");
  const presentedAt = toTime(said.iat, "holder_wrong");
  if (presentedAt > at + CLOCK_SKEW_S) throw new Wrong("holder_wrong");
  Object.assign(check.facts, { audience: said.aud ?? null, presented_at: presentedAt });
  return "holder_ok";
}
