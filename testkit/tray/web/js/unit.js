// The payment unit beside a kiosk: the resident's hands and the service key.
import { el, t, plain } from "./page.js";

// How often an open unit is looked at, in milliseconds.
const looking = 1000;

// money is what goes into the slot: coins, and one note.
const money = [10, 50, 100, 500, 1000];

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

/** unit makes the panel of one kiosk's unit; it is looked at while it is open.
    power switches it on and off. */
export function unit(kiosk, power) {
  const now = el("p", { class: "line", role: "status" });
  const slip = el("pre", { class: "receipt small", hidden: true });
  const auto = el("input", { type: "checkbox", onchange: () => go({ do: "auto", auto: auto.checked }) });
  const on = el("input", { type: "checkbox", checked: true, onchange: async () => { await power(on.checked); look(); } });
  const plays = Object.entries(faults).map(([how, name]) => {
    const box = el("input", { type: "checkbox", value: how });
    box.addEventListener("change", async () => {
      const all = plays.filter((p) => p.box.checked).map((p) => p.box.value);
      await press(kiosk, { do: "calm" });
      for (const h of all) await press(kiosk, { do: "play", play: { how: h, millis: 5000 } });
      go({ do: "look" });
    });
    return { box, e: el("label", {}, box, " ", el("span", {}, ...name())) };
  });
  const coins = money.map((c) => el("button", { type: "button", class: "coin", "data-coin": c, onclick: () => go({ do: "insert", coin: c }) }, `¥${c}`));
  const cards = [["rich", 1000, "unit-touch"], ["poor", 50, "unit-poor"]].map(([card, balance, words]) =>
    el("button", { type: "button", onclick: () => go({ do: "touch", card, balance }) }, ...t(words)));
  const take = el("button", { type: "button", onclick: () => go({ do: "empty" }) }, ...t("unit-empty"));
  const box = el("details", { class: "unit", ontoggle: () => look() },
    el("summary", {}, ...t("unit-title")), now, el("div", { class: "coins" }, ...coins), el("div", { class: "hands" }, ...cards, take),
    el("div", { class: "faults" },
      el("label", {}, auto, " ", el("span", {}, ...t("unit-auto"))), el("label", {}, on, " ", el("span", {}, ...t("unit-power")))),
    el("div", { class: "faults", role: "group", "aria-label": plain("unit-faults") }, ...plays.map((p) => p.e)), slip);

  function show(s) {
    if (!s) return;
    const open = Object.values(s.memory.payments ?? {}).find((p) => p.state === "waiting" || p.state === "authorised");
    const put = (open?.inserted ?? []).reduce((a, b) => a + b, 0);
    const slot = (s.memory.slot ?? []).reduce((a, b) => a + b, 0);
    now.replaceChildren(
      el("span", { class: `tag ${open?.state === "waiting" ? "wait" : open ? "good" : ""}` },
        ...(open ? [...(open.state === "waiting" ? t("unit-waiting") : t("unit-held")), ` ¥${open.amount} (¥${put})`] : t("unit-idle"))), " ",
      ...t("unit-charged"), ` ¥${s.memory.captured - s.memory.paid_back}`, " · ", ...t("unit-slot"), ` ¥${slot}`);
    auto.checked = s.auto;
    on.checked = s.on;
    for (const b of [...coins, ...cards]) b.disabled = !s.on || open?.state !== "waiting";
    take.disabled = slot === 0;
    for (const p of plays) p.box.checked = (s.plays ?? []).some((x) => x.how === p.box.value);
    const last = (s.memory.receipts ?? []).at(-1);
    slip.hidden = !last;
    slip.textContent = (last ?? []).join("\n");
  }
  async function go(panel) { show(await press(kiosk, panel)); }
  let looks = false;
  async function look() {
    await go({ do: "look" });
    if (looks) return;
    looks = true;
    do {
      await new Promise((r) => setTimeout(r, looking));
      if (box.isConnected) await go({ do: "look" });
    } while (box.open);
    looks = false;
  }
  return box;
}
