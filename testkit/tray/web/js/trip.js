// One visit: screens as they come, how it ended, the steps and the paper.
import { el, t, has, two, ms, verdict, pictures } from "./page.js";

function screen(s, last) {
  const notes = [];
  if (s.tries) notes.push(el("span", { class: "tag wait" }, ...t("tries"), ` ${s.tries}`));
  if (s.fee) notes.push(el("span", { class: "tag" }, `¥${s.fee}`));
  if (s.code) notes.push(el("span", { class: "tag bad" }, `${s.code} ${s.words.name}`));
  return el("li", { class: last ? "now" : "" },
    el("span", { class: "n" }, ms(s.at)), el("span", {}, ...t(`screen-${s.screen}`), " ", el("span", { class: "mono step" }, s.name), " ", ...notes));
}

function words(w) {
  return el("div", { class: "two" }, ...["ja", "en"].map((l) =>
    el("div", { lang: l }, el("p", {}, el("b", {}, w[l].what)), el("p", {}, w[l].why), el("p", {}, w[l].next))));
}

function sum(n, key) { return el("div", {}, el("b", {}, String(n)), el("span", {}, ...t(key))); }

function end(v) {
  const printed = v.papers?.length > 0;
  const good = v.code === 0 && printed;
  const grave = v.code === 606 || v.code === 205 || Boolean(v.fault);
  const e = el("div", { class: `end ${good ? "good" : grave ? "bad" : ""}` },
    el("h3", {}, ...t(v.fault ? "fault" : good ? "ended-well" : "ended-none"), v.code ? el("span", { class: "quiet mono" }, ` ${v.code} ${v.words.name}`) : ""));
  if (v.fault) e.append(el("p", { class: "mono small" }, v.fault));
  if (v.words) e.append(words(v.words));
  if (v.reason) e.append(el("p", { class: "small" }, el("b", {}, ...t("reason")), ": ", ...(has(`reason-${v.reason}`) ? t(`reason-${v.reason}`) : [String(v.reason)])));
  e.append(el("div", { class: "sums" }, sum(printed ? v.pages || "…" : 0, "pages"), sum(v.charged, "yen"), sum((v.took / 1e6).toFixed(1), "seconds")));
  return e;
}

function steps(v) {
  const all = v.steps ?? [];
  if (all.length === 0) return null;
  const most = Math.max(...all.map((s) => s.micros), 1);
  const rows = el("div", { class: "took" });
  const row = (s, where) => {
    const bar = el("span", { class: `bar ${where}` });
    bar.style.setProperty("--w", `${Math.max(0.5, 100 * s.micros / most)}%`);
    rows.append(el("span", { class: where }, s.name), el("span", {}, bar), el("span", { class: "n" }, ms(s.micros)));
  };
  for (const s of all) {
    row(s, "");
    if (s.name === "answer") for (const c of v.centre ?? []) row(c, "centre");
  }
  return el("details", {}, el("summary", {}, ...t("steps")), rows);
}

/** trip gives what stands in a visit's sheet. */
export function trip(v, place) {
  const list = v.screens ?? [];
  const story = el("div", { class: "story" },
    el("header", {},
      el("span", { class: "who", lang: "ja" }, v.name), el("span", { class: "tag" }, ...t(v.kind)),
      el("span", { class: "quiet small" }, ...two(place.ja, place.en)), el("span", { class: "mono small quiet" }, v.kiosk)),
    el("ol", { class: "screens" }, ...list.map((s, i) => screen(s, !v.ended && i === list.length - 1))),
    v.ended ? end(v) : null, v.ended ? steps(v) : null);
  const papers = (v.papers ?? []).map((p) => el("div", { class: "out" },
    el("div", {}, verdict(p)), el("div", {}, el("a", { href: `/paper/${p.n}.pdf`, target: "_blank", rel: "noopener" }, ...t("pdf"))), ...pictures(p)));
  return papers.length ? [story, el("div", { class: "outs" }, ...papers)] : [story];
}
