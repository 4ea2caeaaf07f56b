// What the panel adds to the kiosk's page: keys that a simulated keypad sends,
// and a clock that can be turned on. It is loaded before the page's own scripts;
// the kiosk itself never serves it.
(() => {
  const panels = document.currentScript.dataset.panel.split(" ");
  let panel = null; // the origin of the page around this one, once it has spoken

  // The page's clock: Date.now and setTimeout with a part that the panel adds.
  const real = { now: Date.now, set: window.setTimeout.bind(window), clear: window.clearTimeout.bind(window) };
  const waits = new Map(); // by the number that the page was given
  let ahead = 0, numbers = 0;
  Date.now = () => real.now() + ahead;
  function arm(n) {
    const w = waits.get(n);
    w.real = real.set(() => { waits.delete(n); w.go(...w.args); }, Math.max(0, w.due - Date.now()));
  }
  window.setTimeout = (go, ms = 0, ...args) => {
    if (typeof go !== "function") return 0;
    const n = ++numbers;
    waits.set(n, { go, args, due: Date.now() + Number(ms || 0) });
    arm(n);
    return n;
  };
  window.clearTimeout = (n) => { real.clear(waits.get(n)?.real); waits.delete(n); };
  function advance(ms) {
    ahead += Math.max(0, ms);
    const now = Date.now();
    for (const [n, w] of [...waits].sort((a, b) => a[1].due - b[1].due)) {
      if (!waits.has(n)) continue;
      real.clear(w.real);
      if (w.due <= now) { waits.delete(n); w.go(...w.args); } else arm(n);
    }
  }

  // The wait that the session worker gave this screen; nothing else of what it
  // says is looked at.
  let wait = 0, since = 0;
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", (e) => {
        const t = JSON.parse(e.data);
        wait = t.ask ? t.wait ?? 0 : 0;
        since = Date.now();
        say();
      });
      this.addEventListener("close", () => { wait = 0; say(); });
    }
    send(what) {
      if (typeof what === "string" && JSON.parse(what).do === "stay") since = Date.now();
      super.send(what);
    }
  };

  const asked = () => document.querySelector("dialog#sheet-idle[open]") !== null;

  // idle lets time go on until the page asks whether somebody is there; it may
  // give more time by itself first.
  function idle() {
    for (let i = 0; i < 4 && wait > 0 && !asked(); i++) advance(since + wait * 2 / 3 - Date.now() + 50);
  }

  // type is one key press; a simulated one has no effect of its own, so what a
  // browser does by itself is done here.
  function type(key) {
    const at = document.activeElement ?? document.body;
    const event = (name) => new KeyboardEvent(name, { key, bubbles: true, cancelable: true });
    if (at.dispatchEvent(event("keydown"))) {
      if (key === "Enter" && at.matches("button")) at.click();
      if (key === "Escape") document.querySelector("dialog[open]")?.close();
    }
    at.dispatchEvent(event("keyup"));
  }

  function say() {
    if (!panel) return;
    const main = document.getElementById("main");
    parent.postMessage({
      screen: main?.dataset.screen ?? "", title: main?.querySelector("h1")?.innerText ?? "",
      wait, left: wait ? Math.max(0, since + wait - Date.now()) : 0, idle: asked(),
    }, panel);
  }

  addEventListener("message", (e) => {
    if (e.source !== parent || !panels.includes(e.origin)) return;
    panel = e.origin;
    if (typeof e.data.key === "string") type(e.data.key);
    if (e.data.idle) idle();
    say();
  });
  setInterval(say, 400);
})();
