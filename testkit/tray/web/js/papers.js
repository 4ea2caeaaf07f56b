// The papers that came out, newest first; a new one appears by itself.
import { el, t, watch, post, verdict, pictures } from "./page.js";

const drawn = new Map();

/** taken is the municipality's way to take a certificate back, at VRS. */
function taken(p) {
  if (!p.id) return null;
  if (p.revoked) return el("p", { class: "small quiet pair", role: "status" }, ...t(p.verdict === "valid" ? "revoking" : "revoked"));
  const said = el("p", { class: "small", role: "alert" });
  return el("div", {}, el("button", { type: "button", onclick: async (e) => {
    e.target.disabled = true;
    said.textContent = await post("/api/revoke", { paper: p.n });
    e.target.disabled = false;
  } }, ...t("revoke")), said);
}

function paper(p) {
  return el("figure", { class: "sheet" },
    el("figcaption", {},
      el("p", { class: "who", lang: "ja" }, p.name || t("by-hand")),
      el("p", { class: "small quiet" }, ...(p.kind ? t(p.kind) : [`${p.n}`]), ` · ${new Date(p.at).toLocaleTimeString("ja-JP")} · `, el("span", { class: "mono" }, p.kiosk)),
      el("p", {}, verdict(p)), taken(p), el("p", {}, el("a", { href: `/paper/${p.n}.pdf`, target: "_blank", rel: "noopener" }, ...t("pdf")))),
    ...pictures(p));
}

async function show() {
  const all = (await (await fetch("/api/papers")).json()) ?? [];
  document.getElementById("none").hidden = all.length > 0;
  for (const p of all) {
    const json = JSON.stringify(p);
    if (drawn.get(p.n)?.json !== json) drawn.set(p.n, { json, e: paper(p) });
  }
  document.getElementById("gallery").replaceChildren(...all.map((p) => drawn.get(p.n).e));
}

let last = "";
watch("/api/tray", (s) => {
  const now = JSON.stringify([s.papers, (s.visits ?? []).map((v) => v.papers)]);
  if (now !== last) show();
  last = now;
});
