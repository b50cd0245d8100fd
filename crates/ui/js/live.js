// Follows the topics that the page names, and fetches the page again when one of them has news. Says how fresh the
// page is. Waits while a person types, selects or has something open. Parts of the bar above the page follow topics of
// their own, and are fetched alone.
const status = document.getElementById("live-status");
let source, topics, timer, waiting = 0, asOf = new Date(), last = 0;

const say = (state, text) => {
  status.dataset.state = state;
  status.querySelector(".live-text").textContent = text;
};
const clock = () => asOf.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// Pages about everything change all the time, and many may be open: each fetches itself now and then, at a
// moment of its own.
const soon = () => {
  if (timer) return;
  const [every, spread] = topics === "*" ? [5000, 1] : topics.includes(":") ? [1000, 0.25] : [2000, 0.5];
  const wait = Math.max(250, last + every - Date.now());
  timer = setTimeout(refresh, wait * (1 + spread * Math.random()));
};

const isBusy = () => {
  const active = document.activeElement;
  const typing = active?.matches("input:not([type=checkbox]),textarea,select") && mainPart().contains(active);
  return typing || document.fullscreenElement || mainPart().querySelector(":popover-open,dialog[open]") || !getSelection().isCollapsed;
};

const refresh = async () => {
  if (isBusy()) { timer = setTimeout(refresh, 2000); return; }
  timer = 0;
  last = Date.now();
  const address = location.href;
  const answer = await fetchPage(address);
  // Somebody filtered meanwhile: this is not the page shown any more.
  if (address !== location.href) return refresh();
  if (answer && !isBusy()) takePage(answer.page);
};
document.addEventListener("page:changed", () => {
  asOf = new Date();
  if (source && pageTopics() !== topics) { disconnect(); waiting = 0; connect(); }
});

const pageTopics = () => mainPart()?.dataset.live ?? "";
const barParts = () => [...document.querySelectorAll(".top-tools [data-topics]")];

// What is in the part is replaced and not the part, so that it keeps the focus.
const renew = async (part) => {
  delete part.dataset.pending;
  const answer = await fetch(part.dataset.source, { headers: { accept: "text/html", "x-refetch": "1" } }).catch(() => null);
  if (!answer?.ok) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (!made) return;
  part.replaceChildren(...made.childNodes);
  for (const name of ["aria-label", "title"]) if (made.hasAttribute(name)) part.setAttribute(name, made.getAttribute(name));
};

// Much may be told at once, and to many: each page fetches a part once for all of it, at a moment of its own.
const renewSoon = (part) => {
  if (part.dataset.pending) return;
  part.dataset.pending = "1";
  setTimeout(renew, 100 + 900 * Math.random(), part);
};

// `said` are the topics that have news; an entity that changed names none.
const tell = (said) => {
  const hasNews = (list) => list.split(" ").some((topic) => said.includes(topic));
  if (topics && (!said || hasNews(topics))) soon();
  for (const part of barParts()) if (said && hasNews(part.dataset.topics)) renewSoon(part);
};
const tellAll = () => { if (topics) soon(); barParts().forEach((part) => renewSoon(part)); };

const connect = () => {
  const { change, at } = mainPart()?.dataset ?? {};
  if (source || document.hidden || !at) return;
  topics = pageTopics();
  const asked = [topics, ...barParts().map((part) => part.dataset.topics)].join(" ").trim();
  // The server tells at once what happened between the making of the page and this moment.
  const since = (change ? `&change=${change}` : "") + `&at=${encodeURIComponent(at)}`;
  source = new EventSource(`/api/live/changes?topics=${asked.split(" ").map(encodeURIComponent).join(",")}${since}`);
  source.onopen = () => {
    if (waiting) tellAll();
    waiting = 0;
    if (topics) say("live", "Live");
  };
  source.onerror = () => {
    waiting += 1;
    if (topics) say("lost", `Reconnecting, as of ${clock()}`);
    if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(connect, Math.min(30000, 1000 * 2 ** waiting)); }
  };
  // The server sends only what concerns the page and its bar.
  source.addEventListener("change", ({ data }) => tell(JSON.parse(data).topics));
  // Changes were missed, or the catalog was loaded again; not by everybody at the same moment.
  source.addEventListener("resync", () => setTimeout(tellAll, Math.random() * 2000));
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
