// The card tray: cards, the robot's visit, the switch, the alarm.
import { el, t, plain, watch, post } from "./page.js";
import { trip } from "./trip.js";
import { unit } from "./unit.js";

const $ = (id) => document.getElementById(id);
const { people, places } = await (await fetch("/api/residents")).json();
const placeOf = Object.fromEntries(places.map((p) => [p.code, p]));
const cards = new Map();
let state = { kiosks: [], visits: [], tries: {}, alarms: [] };
let chosen = people[0];

function expected(key, e) {
  const good = e.code === 0;
  return el("span", { class: `tag ${good ? "good" : "bad"}`, title: good ? "" : `${e.words.ja.what} ${e.words.en.what}` },
    ...t(key), good ? " ✓" : ` ${e.code} ${e.words.name}`);
}

function birth(s) { return `${s.slice(0, 4)}-${s.slice(4, 6)}-${s.slice(6)}`; }

function card(p) {
  const radio = el("input", { type: "radio", name: "card", value: p.id, onchange: () => choose(p) });
  const pull = el("button", { type: "button", hidden: true, onclick: () => tell(post("/api/pull", { kiosk: where(p).id })) }, ...t("take"));
  const lay = el("button", { type: "button", onclick: () => tell(post("/api/insert", { kiosk: state.kiosks[0].id, resident: p.id })) }, ...t("insert"));
  const anew = el("button", { type: "button", hidden: true, onclick: () => tell(post("/api/reissue", { resident: p.id })) }, ...t("reissue"));
  const tries = el("span", { class: "tag", hidden: true });
  const place = placeOf[p.place];
  const e = el("article", { class: `card${p.name.length > 20 ? " long" : ""}` },
    el("label", {}, radio, el("h3", { lang: "ja" }, p.name)),
    el("p", { class: "line" }, el("span", { class: "mono" }, p.id), el("span", {}, birth(p.birth), " ", el("span", { lang: "ja" }, "生")), el("span", {}, el("span", { lang: "ja" }, place.ja))),
    el("p", { class: "line" }, el("span", {}, "PIN ", el("span", { class: "pin" }, p.pin)), tries),
    el("p", { class: "why" }, el("span", { lang: "ja" }, p.ja), el("span", { lang: "en" }, p.en)),
    el("p", { class: "ends" }, expected("domestic", p.domestic), expected("overseas", p.overseas)),
    el("div", { class: "do" }, lay, pull, anew));
  cards.set(p.id, { e, radio, lay, pull, anew, tries });
  return e;
}

function where(p) { return state.kiosks.find((k) => k.card === p.id); }

function choose(p) {
  chosen = p;
  for (const [id, c] of cards) {
    c.e.classList.toggle("chosen", id === p.id);
    c.radio.checked = id === p.id;
  }
  $("who").textContent = p.name;
  $("pin").value = p.pin;
  $("place").value = p.ask;
  kinds();
}

// kinds offers what the kiosk's menu has for the municipality.
function kinds() {
  const overseas = document.querySelector('input[value="overseas"]');
  overseas.disabled = placeOf[$("place").value].domestic_only;
  if (overseas.disabled && overseas.checked) document.querySelector('input[value="domestic"]').checked = true;
}

async function tell(answer) {
  const why = await answer;
  $("say").textContent = why;
  $("say").hidden = !why;
}

function machine(k) {
  const who = people.find((p) => p.id === k.card);
  return el("div", { class: "machine" },
    el("div", {}, el("b", { class: "mono" }, k.id), " ",
      el("span", { class: `tag ${k.code === 0 ? "good" : "bad"}` }, ...(k.code === 0 ? t("serving") : [`${k.code} ${k.name}`]))),
    el("div", { class: "reader", lang: "ja" }, who ? who.name : el("span", { class: "quiet small" }, ...t("empty"))),
    who ? el("button", { type: "button", onclick: () => tell(post("/api/pull", { kiosk: k.id })) }, ...t("take")) : null);
}

function alarm(a) {
  const at = new Date(a.at * 1000).toLocaleTimeString("ja-JP");
  return el("li", {}, el("span", { class: "mono" }, `${at} ${a.kiosk} / ${a.node}`), ` — ${plain("alarm-at")} `, el("span", { class: "mono" }, `${a.id} (${a.code})`));
}

function showCards() {
  for (const p of people) {
    const c = cards.get(p.id);
    const on = where(p);
    c.e.classList.toggle("on", Boolean(on));
    c.lay.hidden = Boolean(on);
    c.pull.hidden = !on;
    const left = (state.tries ?? {})[p.id];
    c.tries.hidden = left === undefined;
    c.tries.className = `tag ${left === 0 ? "bad" : "wait"}`;
    if (left !== undefined) c.tries.replaceChildren(...t("tries"), ` ${left}`);
    c.anew.hidden = left === undefined || left === 3;
  }
}

const drawn = new Map(); // visits by number, so that pictures stay as they are

function showTrips() {
  const now = new Set((state.visits ?? []).map((v) => v.n));
  for (const [n, d] of drawn) if (!now.has(n)) { d.e.remove(); drawn.delete(n); }
  for (const v of state.visits ?? []) {
    let d = drawn.get(v.n);
    if (!d) {
      d = { e: el("article", { class: "trip sheet" }), json: "" };
      drawn.set(v.n, d);
      $("trips").append(d.e);
    }
    const json = JSON.stringify(v);
    if (json === d.json) continue;
    d.json = json;
    const open = d.e.querySelector("details")?.open;
    d.e.replaceChildren(...trip(v, placeOf[v.place]));
    if (open) d.e.querySelector("details").open = true;
  }
}

const units = new Map(); // by kiosk, so that an open one stays as it is

function showUnits() {
  for (const k of state.kiosks) {
    if (units.has(k.id)) continue;
    units.set(k.id, unit(k.id, (on) => tell(post("/api/device", { kiosk: k.id, device: "unit", do: on ? "on" : "off" }))));
    $("units").append(units.get(k.id));
  }
}

function show(s) {
  state = s;
  const alarms = s.alarms ?? [];
  const stopped = alarms.length > 0 || s.kiosks.some((k) => k.code === 205);
  $("halt").hidden = !stopped && s.doing !== "clear";
  $("alarms").replaceChildren(...alarms.map(alarm), s.stopped ? el("li", {}, ...t("halt-all")) : "");
  $("clear-note").hidden = s.doing !== "clear";
  $("clear-go").disabled = Boolean(s.doing);
  $("machines").replaceChildren(...s.kiosks.map(machine));
  $("swap").setAttribute("aria-checked", String(s.swap));
  $("swap").disabled = Boolean(s.doing);
  $("swap-note").hidden = s.doing !== "swap";
  $("walk").disabled = Boolean(s.doing);
  $("leave").disabled = s.doing !== "walk";
  $("lacks").hidden = !s.lacks;
  $("lacks-why").textContent = s.lacks ?? "";
  if (s.fault) tell(s.fault);
  showCards();
  showTrips();
  showUnits();
}

$("cards").append(...people.map(card));
$("place").append(...places.filter((p) => p.menu).map((p) => el("option", { value: p.code }, `${p.ja} ${p.en}`)));
$("place").addEventListener("change", kinds);
$("order").addEventListener("submit", async (e) => {
  e.preventDefault();
  await tell(post("/api/walk", {
    resident: chosen.id, pin: $("pin").value, kind: document.querySelector('input[name="kind"]:checked').value,
    municipality: $("place").value, copies: Number($("copies").value), hand: $("hand").checked, slow: $("slow").checked,
  }));
  $("trips").scrollIntoView({ block: "start", behavior: "smooth" });
});
$("leave").addEventListener("click", () => tell(post("/api/leave", {})));
$("swap").addEventListener("click", () => tell(post("/api/swap", { on: !state.swap })));
$("clear").addEventListener("submit", (e) => { e.preventDefault(); tell(post("/api/clear", { operator: Number($("operator").value) })); });
$("find").addEventListener("input", () => {
  const want = $("find").value.trim().toLowerCase();
  let n = 0;
  for (const p of people) {
    const hit = [p.id, p.name, p.ja, p.en].some((s) => s.toLowerCase().includes(want));
    cards.get(p.id).e.hidden = !hit;
    n += hit;
  }
  $("count").textContent = `${n} / ${people.length}`;
});
$("count").textContent = `${people.length}`;
choose(people.find((p) => p.domestic.code === 0 && p.overseas.code === 0) ?? people[0]);
watch("/api/tray", show);
