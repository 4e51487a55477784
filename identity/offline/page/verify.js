// Takes the steps of an offline verification in order, and judges by them.

const STEPS = {
  structure,
  issuer_signature: issuerSignature,
  blocks,
  inclusion,
  issuer_key: issuerKey,
  accreditation,
  validity,
  status,
  holder_binding: holderBinding,
};

// The reason given where a part has another form than it should, and where it is absent.
const BROKEN = {
  structure: ["structure_broken", "digest_only"],
  issuer_signature: ["signature_wrong", "digest_only"],
  blocks: ["receipt_not_proved", "block_missing"],
  inclusion: ["leaf_not_in_batch", "inclusion_missing"],
  issuer_key: ["key_differs", "key_missing"],
  accreditation: ["event_foreign", "accreditation_missing"],
  validity: ["times_wrong", "digest_only"],
  status: ["status_broken", "status_missing"],
  holder_binding: ["holder_wrong", "holder_missing"],
};
const ABOUT_CONTENT = new Set(["structure", "issuer_signature", "validity"]);

function parseBundle(data) {
  const bundle = parseObject(data);
  requireThat(bundle.type === "urn:qilian:evidence:1", "an evidence bundle");
  return bundle;
}

function parseTrust(data) {
  const document = parseObject(data);
  requireThat(document.type === "urn:qilian:trust:1", "trust anchors");
  try {
    const contracts = part(part(document, "chain"), "contracts");
    const names = ["AccreditationRegistry", "CredentialRegistry", "DIDRegistry"];
    return {
      isSimulated: document.simulated === true,
      authorities: list(document, "ca_certificates").map((text) => fromBase64(text)),
      contracts: Object.fromEntries(names.map((name) => [name, toHex(octets(contracts, name, 20))])),
      regulators: new Set(list(document, "regulators").map((text) => toHex(fromHex(text, "regulators", 20)))),
      checkpoints: list(document, "checkpoints").map((block) => toHex(octets(block, "hash", 32))),
    };
  } catch (error) {
    throw error instanceof Malformed ? error : new Malformed("trust anchors");
  }
}

async function verifyBundle(bundle, trust, judgement) {
  const chain = readChain(bundle, trust);
  const credentials = [];
  for (const item of listOrNone(bundle, "credentials")) {
    credentials.push(
      await reportOn({ item, chain, trust, judgement, facts: {}, claims: {}, passed: new Set() }),
    );
  }
  const verdicts = credentials.map(({ verdict }) => verdict);
  const verdict =
    ["invalid", "cannot_check", "valid"].find((found) => verdicts.includes(found)) ?? "cannot_check";
  return { verdict, at: judgement.at, credentials };
}

async function reportOn(check) {
  const shown = isObject(check.item) ? (check.item.presentation ?? null) : null;
  check.scope = shown === null ? "digest" : "credential";
  const { nonce, audience } = check.judgement;
  const isBound = typeof shown === "string" && !shown.endsWith("~");
  const steps = [];
  for (const [index, name] of Object.keys(STEPS).entries()) {
    if (name === "holder_binding" && !isBound && nonce === null && audience === null) continue;
    const step = { number: index + 1, name, ...(await take(name, check)) };
    if (step.outcome === "passed") check.passed.add(name);
    steps.push(step);
  }
  const { scope, facts, claims } = check;
  return { scope, ...judge(steps, scope), steps, facts, claims };
}

// The verdict, and the first step that led to it.
function judge(steps, scope) {
  const failed = steps.find(({ outcome }) => outcome === "failed");
  if (failed) return { verdict: "invalid", decisive: failed };
  const required = steps.filter(({ name }) => scope === "credential" || !ABOUT_CONTENT.has(name));
  const unsure = required.find(({ outcome }) => outcome !== "passed") ?? null;
  return { verdict: unsure ? "cannot_check" : "valid", decisive: unsure };
}

async function take(name, check) {
  const [broken, absent] = BROKEN[name];
  try {
    return { outcome: "passed", reason: await STEPS[name](check) };
  } catch (error) {
    if (error instanceof Unknown) return { outcome: "cannot_check", reason: error.message };
    if (error instanceof Absent) return { outcome: "cannot_check", reason: absent };
    return { outcome: "failed", reason: error instanceof Wrong ? error.message : broken };
  }
}
