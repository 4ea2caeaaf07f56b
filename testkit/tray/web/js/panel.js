// The panel: the kiosk's page in its panel's proportions, and beside it the
// simulated devices. What is pressed here is done at the device, not at the page.
import { el, t, two, watch, post } from "./page.js";
import { unit } from "./unit.js";

const $ = (id) => document.getElementById(id);
const { people, places, panel } = await (await fetch("/api/residents")).json();
const placeOf = Object.fromEntries(places.map((p) => [p.code, p]));
let state = { kiosks: [] };
let at = 0; // the kiosk that is shown
let now = {}; // what the framed page says of itself
const kiosk = () => state.kiosks[at];
const frame = $("frame");

async function tell(answer) {
  const why = await answer;
  $("say").textContent = why;
  $("say").hidden = !why;
}
const act = (device, what) => tell(post("/api/device", { kiosk: kiosk().id, device, do: what }));

// The frame is as large in CSS pixels as the panel is for the page, and shown
// as large as there is room: 4 pixels to the millimetre.
function size() {
  const upright = $("stand").dataset.turn === "upright";
  const long = 4 * Math.max(panel.width, panel.height), short = 4 * Math.min(panel.width, panel.height);
  const [w, h] = upright ? [short, long] : [long, short];
  const room = $("bezel").clientWidth - 24;
  const scale = Math.min(room / w, Math.max(560, innerHeight - 300) / h);
  frame.style.width = `${w}px`;
  frame.style.height = `${h}px`;
  frame.style.transform = `scale(${scale})`;
  $("glass").style.width = `${w * scale}px`;
  $("glass").style.height = `${h * scale}px`;
}

function say(what) { if (frame.contentWindow && kiosk()?.frame) frame.contentWindow.postMessage(what, new URL(kiosk().frame).origin); }

function pick(group, names, choose) {
  const all = names.map(([name, words]) => el("button", { type: "button", "aria-pressed": "false", "data-name": name, onclick: () => choose(name) }, ...t(words)));
  $(group).append(...all);
  return (now) => all.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.name === now)));
}

const showPrinter = [
  pick("printer-says", ["ok", "empty", "jam", "cover", "toner", "low", "off"].map((n) => [n, `printer-${n}`]), (n) => act("printer", n)),
  pick("printer-jobs", ["slow", "stuck", "abort", "unsure"].map((n) => [n, `printer-${n}`]), (n) => act("printer", n)),
];
pick("release", ["news", "shut", "hours", "unsigned", "whole"].map((n) => [n, `release-${n}`]), (n) => post("/api/release", { do: n }));
const showVRS = pick("vrs", ["up", "slow", "busy", "down"].map((n) => [n, `vrs-${n}`]), (n) => act("vrs", n));

// The tactile keypad: the keys of kiosk/screen's keypad path.
const keys = [
  ["1", "1"], ["2", "2"], ["3", "3"], ["Escape", "key-cancel", "red"],
  ["4", "4"], ["5", "5", "nib"], ["6", "6"], ["Backspace", "key-correct", "yellow"],
  ["7", "7"], ["8", "8"], ["9", "9"], ["Enter", "key-enter", "green"],
  ["ArrowUp", "↑"], ["0", "0"], ["ArrowDown", "↓"], ["F1", "key-help"],
  ["F2", "key-repeat", "wide"], ["F3", "key-volume", "wide"],
];
$("keypad").append(...keys.map(([key, words, kind]) => el("button", {
  type: "button", class: kind ?? "", "data-key": key, onpointerdown: (e) => e.preventDefault(),
  onclick: (e) => { say({ key }); if (e.detail > 0) frame.contentWindow?.focus(); },
}, ...(words.startsWith("key-") ? t(words) : [el("span", {}, words)]))));

function person() { return people.find((p) => p.id === $("who").value); }

function choose() {
  const p = person();
  $("who-name").textContent = p.name;
  $("who-pin").textContent = p.pin;
  $("who-place").replaceChildren(...two(placeOf[p.ask].ja, placeOf[p.ask].en));
  $("who-why").replaceChildren(...two(p.ja, p.en));
}

const units = new Map();
function showUnit() {
  if (!units.has(kiosk().id)) {
    const u = unit(kiosk().id, (on) => act("unit", on ? "on" : "off"));
    u.open = true;
    units.set(kiosk().id, u);
  }
  if ($("pay").firstChild !== units.get(kiosk().id)) $("pay").replaceChildren(units.get(kiosk().id));
}

function slot(id, on, ...what) {
  $(id).classList.toggle("on", Boolean(on));
  $(id).querySelector(".what").replaceChildren(...what);
}

function show(s) {
  state = s;
  const k = kiosk();
  $("kiosks").replaceChildren(...s.kiosks.map((one, i) => el("button", {
    type: "button", "aria-pressed": String(i === at), onclick: () => { at = i; show(state); } }, el("span", { class: "mono" }, one.id))));
  if (k.frame && frame.src !== k.frame) { frame.src = k.frame; now = {}; }
  $("own").href = `/kiosk/${at + 1}`;
  const who = people.find((p) => p.id === k.card);
  slot("slot-card", who, who ? el("span", { lang: "ja" }, who.name) : el("span", {}, ...t("empty")));
  slot("slot-coin", k.unit, ...t(k.unit ? "unit-on" : "unit-off"));
  slot("slot-paper", k.papers > 0, ...(k.papers > 0 ? [`${k.papers} `, ...t("papers-lie")] : t("papers-empty")));
  $("card-now").replaceChildren(...(who ? [el("span", { lang: "ja" }, who.name)] : t("empty")));
  $("pull").disabled = !who;
  $("papers-now").replaceChildren(...(k.papers > 0 ? [`${k.papers} `, ...t("papers-lie")] : t("papers-empty")));
  for (const f of showPrinter) f(k.printer);
  $("printer-folder").hidden = k.printer !== "folder";
  document.querySelectorAll("#printer-says button, #printer-jobs button").forEach((b) => { b.disabled = k.printer === "folder"; });
  showVRS(s.vrs);
  $("release-now").replaceChildren(...t("release-now"), ` ${k.release || "–"} `, ...s.refused ? [el("span", { class: "tag bad" }, s.refused)] : []);
  $("headset").setAttribute("aria-checked", String(k.headset));
  $("cut").setAttribute("aria-checked", String(k.cut));
  $("swap").setAttribute("aria-checked", String(s.swap));
  $("swap").disabled = Boolean(s.doing);
  $("swap-note").hidden = s.doing !== "swap";
  $("robot").hidden = s.doing !== "walk";
  $("alarm").hidden = !(s.alarms?.length > 0 || k.code === 205);
  if (s.fault) tell(s.fault);
  showUnit();
}

addEventListener("message", (e) => {
  if (e.source !== frame.contentWindow || e.origin !== new URL(kiosk().frame).origin) return;
  now = e.data;
  const waits = now.wait > 0;
  $("left").textContent = waits ? `${Math.ceil(now.left / 1000)} s` : "–";
  $("left-bar").style.setProperty("--part", waits ? now.left / now.wait : 0);
  $("idle").disabled = !waits || now.idle;
});
frame.addEventListener("load", () => say({ hello: true }));
setInterval(() => say({ hello: true }), 1000); // a page that was loaded anew has to be told again
$("idle").addEventListener("click", () => say({ idle: true }));
$("lay").addEventListener("click", () => tell(post("/api/insert", { kiosk: kiosk().id, resident: person().id })));
const pull = () => tell(post("/api/pull", { kiosk: kiosk().id }));
$("pull").addEventListener("click", pull);
$("slot-card").addEventListener("click", () => (kiosk().card ? pull() : $("lay").click()));
$("slot-coin").addEventListener("click", () => $("pay").querySelector("button")?.focus());
$("slot-paper").addEventListener("click", () => act("papers", "take"));
$("cut").addEventListener("click", () => act("line", kiosk().cut ? "whole" : "cut"));
$("headset").addEventListener("click", () => act("headset", kiosk().headset ? "off" : "on"));
$("swap").addEventListener("click", () => tell(post("/api/swap", { on: !state.swap })));
$("robot-leave").addEventListener("click", () => tell(post("/api/leave", {})));
$("who").append(...people.map((p) => el("option", { value: p.id }, `${p.name}  (${p.id})`)));
$("who").value = (people.find((p) => p.domestic.code === 0 && p.overseas.code === 0) ?? people[0]).id;
$("who").addEventListener("change", choose);
choose();
for (const b of document.querySelectorAll("button[data-turn]")) {
  b.addEventListener("click", () => {
    $("stand").dataset.turn = b.dataset.turn;
    document.querySelectorAll("button[data-turn]").forEach((o) => o.setAttribute("aria-pressed", String(o === b)));
    size();
  });
}
new ResizeObserver(size).observe($("bezel"));
addEventListener("resize", size);
watch("/api/tray", show);
