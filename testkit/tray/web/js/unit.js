// The payment unit beside each kiosk: the resident's hands and the service key.
import { el, t, plain } from "./page.js";

// How often an open unit is looked at, in milliseconds.
const looking = 1000;

async function press(kiosk, panel) {
  try {
    const r = await fetch("/api/unit", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ kiosk, panel }) });
    return r.ok ? await r.json() : null;
  } catch {
    return null;
  }
}

const faults = {
  refuse: () => t("unit-refuse"), "no-change": () => t("unit-no-change"), jam: () => t("unit-jam"), deaf: () => t("unit-deaf"),
  "cannot-pay": () => t("unit-cannot-pay"), "no-paper": () => t("unit-no-paper"), silent: () => t("unit-silent"),
};

/** unit makes the panel of one kiosk's unit; it is looked at while it is open. */
export function unit(kiosk) {
  const now = el("p", { class: "line", role: "status" });
  const slip = el("pre", { class: "receipt small", hidden: true });
  const auto = el("input", { type: "checkbox", onchange: () => go({ do: "auto", auto: auto.checked }) });
  const plays = Object.entries(faults).map(([how, name]) => {
    const box = el("input", { type: "checkbox", value: how });
    box.addEventListener("change", async () => {
      const on = plays.filter((p) => p.box.checked).map((p) => p.box.value);
      await press(kiosk, { do: "calm" });
      for (const h of on) await press(kiosk, { do: "play", play: { how: h, millis: 5000 } });
      go({ do: "look" });
    });
    return { box, e: el("label", {}, box, " ", el("span", {}, ...name())) };
  });
  const coins = [10, 50, 100, 500].map((c) => el("button", { type: "button", onclick: () => go({ do: "insert", coin: c }) }, `¥${c}`));
  const card = el("button", { type: "button", onclick: () => go({ do: "touch", card: "card", balance: 1000 }) }, ...t("unit-touch"));
  const take = el("button", { type: "button", onclick: () => go({ do: "empty" }) }, ...t("unit-empty"));
  const box = el("details", { class: "unit", ontoggle: () => look() },
    el("summary", {}, ...t("unit-title")), now, el("div", { class: "row" }, ...coins, card, take),
    el("label", { class: "small" }, auto, " ", el("span", {}, ...t("unit-auto"))),
    el("div", { class: "row small", role: "group", "aria-label": plain("unit-faults") }, ...plays.map((p) => p.e)), slip);

  function show(s) {
    if (!s) return;
    const open = Object.values(s.memory.payments ?? {}).find((p) => p.state === "waiting" || p.state === "authorised");
    const put = (open?.inserted ?? []).reduce((a, b) => a + b, 0);
    const slot = (s.memory.slot ?? []).reduce((a, b) => a + b, 0);
    now.replaceChildren(
      ...(open ? [...(open.state === "waiting" ? t("unit-waiting") : t("unit-held")), ` ¥${open.amount} (¥${put})`] : t("unit-idle")), " · ",
      ...t("unit-charged"), ` ¥${s.memory.captured - s.memory.paid_back}`, " · ", ...t("unit-slot"), ` ¥${slot}`);
    auto.checked = s.auto;
    for (const p of plays) p.box.checked = (s.plays ?? []).some((x) => x.how === p.box.value);
    const last = (s.memory.receipts ?? []).at(-1);
    slip.hidden = !last;
    slip.textContent = (last ?? []).join("\n");
  }
  async function go(panel) { show(await press(kiosk, panel)); }
  async function look() {
    while (box.open && box.isConnected) {
      await go({ do: "look" });
      await new Promise((r) => setTimeout(r, looking));
    }
  }
  return box;
}
