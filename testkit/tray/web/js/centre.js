// The centre's events, newest first.
import { el, t, ms, watch } from "./page.js";

const kinds = { 1: "domestic", 2: "overseas" };

function row(r, steps) {
  const [name, e] = Object.entries(r.event)[0];
  const what = [];
  if (e.kind) what.push(...t(kinds[e.kind] ?? String(e.kind)), " ");
  if (e.municipality) what.push(el("span", { class: "mono" }, String(e.municipality).padStart(6, "0")), " ");
  if (name === "ended" && e.code) what.push(el("span", { class: "quiet" }, steps[e.at] ?? ""));
  if (name === "alarmed") what.push(el("span", { class: "mono" }, `${e.alarm.id} ${e.alarm.node}`));
  if (name === "cleared") what.push(el("span", { class: "mono" }, `${e.alarm} — ${e.operator}`));
  if (name === "keys") what.push(el("span", { class: "mono" }, ["attest", "receipt", "shc", "vdsnc", "pdf", "vrs_tls", "refused"].map((k) => `${k} ${e[k]}`).join(", ")));
  const code = name === "alarmed" ? e.alarm.code : e.code;
  return el("tr", {},
    el("td", { class: "mono" }, new Date(r.at).toLocaleTimeString("ja-JP")),
    el("td", {}, el("span", { class: `tag ${name === "alarmed" ? "bad" : ""}` }, ...t(name))),
    el("td", { class: "mono" }, e.kiosk ?? e.alarm?.kiosk ?? ""),
    el("td", {}, ...what),
    el("td", {}, code === undefined ? "" : el("span", { class: `tag ${code === 0 ? "good" : "bad"}` }, code === 0 ? "OK" : String(code))),
    el("td", { class: "n" }, e.micros ? ms(e.micros.reduce((a, b) => a + b, 0)) : ""));
}

watch("/api/centre", (s) => {
  const all = s.events ?? [];
  document.getElementById("none").hidden = all.length > 0;
  document.getElementById("events").replaceChildren(...all.toReversed().map((r) => row(r, s.steps ?? [])));
});
