// The page: takes two files, shows the verdict and every step, in Chinese or English. Nothing leaves it.

const TEXTS = {
  brand: ["企链", "Qilian"],
  skip: ["跳到正文", "Skip to content"],
  title: ["离线核验证据包", "Check evidence offline"],
  lead: [
    "在本机核验凭证的签名、上链记录、签发资格与状态，不连接网络，文件不会离开您的浏览器。",
    "Signatures, anchoring, accreditation and status are checked on this machine. No network is used; files never leave your browser.",
  ],
  bundle: ["证据包", "Evidence bundle"],
  bundle_hint: ["拖放 JSON 文件到此处，或选择文件", "Drop a JSON file here, or choose one"],
  anchors: ["信任锚", "Trust anchors"],
  anchors_own: [
    "已内置 {0} 的信任锚（{1}）；也可选择自己保存的文件",
    "Those of {0} are built in ({1}); choose a file to use your own",
  ],
  anchors_none: [
    "选择您事先取得并核对过的 qilian-trust.json",
    "Choose the qilian-trust.json that you took and compared beforehand",
  ],
  at: ["按此时间判断", "Judge for this time"],
  at_hint: ["本地时间；留空为现在", "Your local time; now if left empty"],
  more: ["核对出示请求", "Compare with a presentation request"],
  nonce: ["请求的 nonce", "The request's nonce"],
  audience: ["验证方标识（client_id）", "The verifier's client_id"],
  check: ["核验", "Check"],
  checking: ["正在核验…", "Checking …"],
  foot: ["企链 · 可验证的企业数字身份", "Qilian · verifiable enterprise identity"],
  download: ["下载本核验页", "Download this page"],
  download_trust: ["下载信任锚", "Download the trust anchors"],
  no_bundle: ["请先选择证据包文件", "Choose an evidence bundle first"],
  no_anchors: ["请先选择信任锚文件", "Choose a file of trust anchors first"],
  no_crypto: [
    "此处无法使用浏览器的加密功能；请下载本页并从磁盘打开",
    "This address gives the page no cryptography; download the page and open it from disk",
  ],
  choose: ["选择文件", "Choose a file"],
  no_file: ["未选择文件", "No file chosen"],
  simulated: [
    "沙箱信任锚：所有机构均为模拟，不产生真实效力。",
    "Sandbox trust anchors: every authority is simulated; nothing has real effect.",
  ],
  judged: ["判断时间", "Judged for"],
  step: ["第 {0} 步 {1}：{2}", "Step {0}, {1}: {2}"],
  found: ["凭证与链上记录", "Credential and chain"],
  steps: ["核验步骤", "Steps"],
  credential: ["凭证 {0}", "Credential {0}"],
};
const DIGESTS = new Set(["digest", "issuer_account", "path"]);
const TIMES = new Set(["issued_at", "anchored_at", "status_at", "presented_at"]);
const MARKS = {
  valid: "M4 12.500l5 5L20 6.500",
  invalid: "M6 6l12 12M18 6L6 18",
  cannot_check: "M8.500 9a3.500 3.500 0 1 1 5.200 3c-1.100.7-1.700 1.300-1.700 2.500M12 18.300v.2",
};
const MARK_OF = { passed: "valid", failed: "invalid", cannot_check: "cannot_check" };

const byId = (id) => document.getElementById(id);
const builtIn = JSON.parse(byId("trust").textContent);
let dropped = null;
let answer = null;
let language =
  document.documentElement.dataset.language ?? (navigator.language.startsWith("zh") ? "zh" : "en");

function pick([zh, en]) {
  return language === "en" ? en : zh;
}

function say(name, ...values) {
  return values.reduce((text, value, i) => text.replace(`{${i}}`, value), pick(TEXTS[name]));
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

function icon(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", MARKS[kind]);
  svg.append(path);
  return svg;
}

function localTime(at) {
  if (!Number.isInteger(at)) return String(at);
  const options = { dateStyle: "medium", timeStyle: "long" };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", options).format(at * 1000);
}

function showTexts() {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = `${say("title")} · ${say("brand")}`;
  for (const place of document.querySelectorAll("[data-t]")) place.textContent = say(place.dataset.t);
  byId("language").textContent = language === "en" ? "中文" : "English";
  byId("language").lang = language === "en" ? "zh-CN" : "en";
  byId("anchors-hint").textContent = builtIn
    ? say("anchors_own", builtIn.made_by, localTime(builtIn.made_at))
    : say("anchors_none");
  showNames();
  if (answer) show();
}

function showNames() {
  byId("bundle-name").textContent = chosenBundle()?.name ?? say("no_file");
  byId("anchors-name").textContent = byId("anchors").files[0]?.name ?? say("no_file");
}

function chosenBundle() {
  return dropped ?? byId("bundle").files[0];
}

function show() {
  const place = byId("result");
  const { problem, report } = answer;
  place.replaceChildren(...(problem ? [verdictBox("cannot_check", problem())] : reportParts(report)));
  place.hidden = false;
}

function reportParts(report) {
  const several = report.credentials.length > 1;
  const first = report.credentials.findIndex(({ verdict }) => verdict === report.verdict);
  const reason = reasonOf(report.credentials[first]);
  const why = several && report.verdict !== "valid" ? `${say("credential", first + 1)} · ${reason}` : reason;
  const parts = [verdictBox(report.verdict, why, `${say("judged")} ${localTime(report.at)}`)];
  report.credentials.forEach((credential, index) =>
    parts.push(credentialPart(credential, several ? index + 1 : null)),
  );
  return parts;
}

function verdictBox(verdict, why, note = null) {
  const box = element("div", `verdict verdict--${verdict}`);
  const words = element("div", "", element("h2", "verdict__word", pick(MESSAGES.verdicts[verdict])));
  words.append(element("p", "verdict__why", why), ...(note ? [element("p", "hint", note)] : []));
  box.append(element("span", "verdict__mark", icon(verdict)), words);
  return box;
}

function reasonOf(credential) {
  if (credential === undefined) return pick(MESSAGES.documents.not_evidence);
  const { decisive, scope } = credential;
  if (decisive === null) return pick(MESSAGES.scopes[scope]);
  return say(
    "step",
    decisive.number,
    pick(MESSAGES.steps[decisive.name]),
    pick(MESSAGES.reasons[decisive.reason]),
  );
}

function credentialPart(credential, number) {
  const section = element("section", "card");
  if (number !== null) {
    const title = `${say("credential", number)} · ${pick(MESSAGES.verdicts[credential.verdict])}`;
    section.append(element("h2", "", title), element("p", "hint", reasonOf(credential)));
  }
  const heading = (text) => element(number === null ? "h2" : "h3", "", text);
  section.append(heading(say("steps")), stepList(credential.steps));
  const facts = Object.entries(credential.facts).filter(([, value]) => value !== undefined && value !== null);
  const rows = facts.map(([name, value]) => [
    pick(MESSAGES.facts[name]),
    factText(name, value),
    DIGESTS.has(name),
  ]);
  section.append(heading(say("found")), pairs(rows));
  const claims = Object.entries(credential.claims);
  if (claims.length) {
    const title = MESSAGES.contents[credential.verdict === "valid" ? "verified" : "unverified"];
    section.append(
      heading(pick(title)),
      pairs(claims.map(([name, value]) => [name, claimText(value), false])),
    );
  }
  return section;
}

function stepList(steps) {
  const rows = steps.map(({ number, name, outcome, reason }) => {
    const [zh, en, reference] = MESSAGES.steps[name];
    const body = element("div", "step__body", element("p", "step__name", pick([zh, en])));
    body.append(
      element("p", "step__detail", pick(MESSAGES.reasons[reason])),
      element("p", "step__reference", reference),
    );
    const badge = element(
      "span",
      `badge badge--${outcome}`,
      icon(MARK_OF[outcome]),
      pick(MESSAGES.outcomes[outcome]),
    );
    return element(
      "li",
      `step step--${outcome}`,
      element("span", "step__number", String(number)),
      body,
      badge,
    );
  });
  return element("ol", "steps", ...rows);
}

function pairs(found) {
  const rows = found.map(([name, text, isMono]) =>
    element("div", "", element("dt", "", name), element("dd", isMono ? "mono" : "", text)),
  );
  return element("dl", "facts", ...rows);
}

function factText(name, value) {
  return TIMES.has(name) ? localTime(value) : claimText(value);
}

// One line for each element of an array; the members of an object side by side.
function claimText(value) {
  if (Array.isArray(value)) return value.map(claimText).join("\n");
  if (!isObject(value)) return String(value);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${claimText(member)}`)
    .join(" · ");
}

async function check() {
  const file = chosenBundle();
  if (!globalThis.crypto?.subtle) return { problem: () => say("no_crypto") };
  if (!file) return { problem: () => say("no_bundle") };
  const chosen = byId("anchors").files[0];
  if (!chosen && !builtIn) return { problem: () => say("no_anchors") };
  let trust, bundle;
  try {
    const data = chosen ? await bytesOf(chosen) : utf8.encode(byId("trust").textContent);
    trust = parseTrust(data);
    byId("simulated").hidden = !trust.isSimulated;
  } catch {
    return { problem: () => pick(MESSAGES.documents.not_trust) };
  }
  try {
    bundle = parseBundle(await bytesOf(file));
  } catch {
    return { problem: () => pick(MESSAGES.documents.not_evidence) };
  }
  return { report: await verifyBundle(bundle, trust, judgement()) };
}

async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}

function judgement() {
  const at = byId("at").value ? new Date(byId("at").value) : new Date();
  return {
    at: Math.floor(at.getTime() / 1000),
    statusAge: null,
    nonce: byId("nonce").value || null,
    audience: byId("audience").value || null,
  };
}

async function run() {
  answer = null;
  byId("result").replaceChildren(element("p", "hint", say("checking")));
  byId("result").hidden = false;
  answer = await check();
  show();
  byId("result").focus({ preventScroll: true });
  byId("result").scrollIntoView({ block: "nearest" });
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
function runIfComplete() {
  showNames();
  if (chosenBundle() && (builtIn || byId("anchors").files[0])) run();
}

byId("bundle").addEventListener("change", () => {
  dropped = null;
  runIfComplete();
});
byId("anchors").addEventListener("change", runIfComplete);
byId("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  showTexts();
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  byId("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    byId("drop").classList.toggle("drop--over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files[0]) return;
    dropped = event.dataTransfer.files[0];
    runIfComplete();
  });
}
byId("downloads").hidden = builtIn === null;
byId("simulated").hidden = builtIn?.simulated !== true;
showTexts();
