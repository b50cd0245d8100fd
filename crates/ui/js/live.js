// Follows the catalog's changes and fetches the page again when one concerns it. Says honestly how
// fresh the page is. Keeps focus, scroll, selection and open disclosures.
const status = document.getElementById("live-status");
const main = () => document.getElementById("main");
let source, timer, waiting = 0, asOf = new Date();

const say = (state, text) => {
  status.dataset.state = state;
  status.querySelector(".live-text").textContent = text;
};
const clock = () => asOf.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

const concerns = (reference) => {
  const scope = main().dataset.live;
  return scope === "*" || scope.split(" ").some((part) => reference.startsWith(part));
};

// An element's place that survives a new rendering: its id, or its key and order within the row.
const placeOf = (element) => {
  if (!element || !main().contains(element)) return null;
  if (element.id) return () => document.getElementById(element.id);
  const row = element.closest("[data-key]");
  const selector = "a,button,input,select,summary,[tabindex]";
  const base = row || main();
  const index = [...base.querySelectorAll(selector)].indexOf(element);
  const key = row && CSS.escape(row.dataset.key);
  return () => (key ? main().querySelector(`[data-key="${key}"]`) : main())?.querySelectorAll(selector)[index];
};

const isBusy = () => {
  const active = document.activeElement;
  const typing = active?.matches("input:not([type=checkbox]),textarea,select") && main().contains(active);
  return typing || main().querySelector(":popover-open,dialog[open]") || !getSelection().isCollapsed;
};

const refresh = async () => {
  if (isBusy()) { timer = setTimeout(refresh, 2000); return; }
  timer = 0;
  const answer = await fetch(location.href, { headers: { accept: "text/html", "x-refetch": "1" } }).catch(() => null);
  if (!answer || !(answer.headers.get("content-type") || "").startsWith("text/html")) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("main");
  if (!next || isBusy()) return;
  asOf = new Date();
  const old = main();
  const focus = placeOf(document.activeElement);
  const open = new Map([...old.querySelectorAll("details[data-key]")].map((item) => [item.dataset.key, item.open]));
  const scroll = [scrollX, scrollY];
  old.dataset.change = next.dataset.change;
  old.replaceChildren(...next.childNodes);
  for (const item of old.querySelectorAll("details[data-key]")) {
    if (open.has(item.dataset.key)) item.open = open.get(item.dataset.key);
  }
  document.getElementById("icons")?.replaceWith(page.getElementById("icons"));
  document.title = page.title;
  focus?.()?.focus({ preventScroll: true });
  scrollTo(...scroll);
  document.dispatchEvent(new CustomEvent("page:changed"));
};

const connect = () => {
  if (source || document.hidden || !main()?.dataset.live) return;
  source = new EventSource("/api/catalog/changes");
  source.onopen = () => {
    if (waiting) refresh();
    waiting = 0;
    say("live", "Live");
  };
  source.onerror = () => {
    waiting += 1;
    say("lost", `Reconnecting, as of ${clock()}`);
    if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(connect, Math.min(30000, 1000 * 2 ** waiting)); }
  };
  // What happened between the making of the page and the first moment of listening.
  source.addEventListener("last", (event) => {
    if (!timer && JSON.parse(event.data).seq > Number(main().dataset.change)) timer = setTimeout(refresh, 50);
  });
  source.addEventListener("change", (event) => {
    if (!timer && concerns(JSON.parse(event.data).entityRef)) timer = setTimeout(refresh, 250);
  });
};
const disconnect = () => {
  source?.close();
  if (source) waiting = 1; // what was missed while away is fetched on the way back
  source = null;
};

// A hidden page holds no connection, so many tabs do not use up the browser's six.
document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
addEventListener("pagehide", disconnect);
addEventListener("pageshow", connect);
connect();

// Keeps relative times true.
const units = [[31536000, "y"], [2592000, "mo"], [86400, "d"], [3600, "h"], [60, "min"]];
const relative = (date) => {
  const seconds = Math.round((Date.now() - date) / 1000);
  const size = Math.abs(seconds);
  const found = units.find(([length]) => size >= length);
  const text = found ? `${Math.floor(size / found[0])} ${found[1]}` : size >= 10 ? `${size} s` : null;
  return text === null ? "just now" : seconds >= 0 ? `${text} ago` : `in ${text}`;
};
setInterval(() => {
  for (const time of document.querySelectorAll("time.js-time")) time.textContent = relative(new Date(time.dateTime));
}, 20000);
