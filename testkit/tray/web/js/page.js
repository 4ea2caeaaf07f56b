// What every page's script shares: the two catalogues, elements, streams.
// Nothing from the server is ever written as markup.

const languages = ["ja", "en"];
const texts = Object.fromEntries(await Promise.all(
  languages.map(async (l) => [l, await (await fetch(`/web/text/${l}.json`)).json()])));

/** el makes an element; children are elements, texts or nothing. */
export function el(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") e.className = value;
    else if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (value === true) e.setAttribute(key, "");
    else if (value !== false && value != null) e.setAttribute(key, value);
  }
  e.append(...children.flat().filter((c) => c != null && c !== false));
  return e;
}

/** t gives a text of the catalogues in both languages. */
export function t(key) {
  return languages.map((l, i) => [i ? " " : "", el("span", { lang: l }, texts[l][key] ?? key)]).flat();
}

/** plain gives a text where no element may stand. */
export function plain(key) { return languages.map((l) => texts[l][key] ?? key).join(" / "); }

/** has says whether the catalogues have a text. */
export function has(key) { return key in texts.ja; }

/** two gives words that the server has in both languages. */
export function two(ja, en) { return [el("span", { lang: "ja" }, ja), " ", el("span", { lang: "en" }, en)]; }

/** watch shows each state that comes, and whether the line stands. */
export function watch(address, show) {
  const line = new EventSource(address);
  const lost = el("p", { class: "say", role: "status", hidden: true }, ...t("gone"));
  document.querySelector("main").prepend(lost);
  line.onmessage = (m) => { lost.hidden = true; show(JSON.parse(m.data)); };
  line.onerror = () => { lost.hidden = false; };
  addEventListener("pagehide", () => line.close());
}

/** post tells the server to do something; it gives why not, or nothing. */
export async function post(address, body) {
  try {
    const r = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    return r.ok ? "" : (await r.json().catch(() => ({ error: String(r.status) }))).error;
  } catch {
    return plain("gone");
  }
}

/** ms writes microseconds as a person reads them. */
export function ms(micros) {
  return micros >= 1e6 ? `${(micros / 1e6).toFixed(2)} s` : `${(micros / 1e3).toFixed(1)} ms`;
}

/** verdict is the verifier's word on a paper. */
export function verdict(p) {
  if (!p.verdict) return el("span", { class: "tag verdict wait" }, ...t("verifying"));
  if (p.verdict !== "valid") return el("span", { class: "tag verdict bad" }, ...t("refused"), ` ${p.verdict}`);
  return el("span", { class: "tag verdict good" }, ...t("valid"), ` ${[...new Set(p.formats)].join(" + ")}`);
}

/** pictures are a paper's pages with the way to its PDF; a page that is still
    being drawn says so. */
export function pictures(p) {
  return Array.from({ length: Math.max(1, p.pages) }, (_, i) => {
    const wait = el("span", { class: "drawing", role: "status" }, el("span", {}, ...t("drawing")), el("i", {}));
    const img = el("img", { src: `/paper/${p.n}-${i + 1}.png`, alt: `${p.name}, ${p.kind}, ${i + 1}`, width: 910, height: 1287, onload: () => wait.remove() });
    return el("a", { class: "sheetpic", href: `/paper/${p.n}.pdf`, target: "_blank", rel: "noopener" }, img, wait);
  });
}
