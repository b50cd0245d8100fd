// The reader of documentation: which heading is being read, how texts are set, pictures in full, keys, and issues about a passage.
const text = () => document.querySelector(".docs-text");
const contents = () => document.querySelector(".docs-contents");
const bar = () => (document.querySelector(".top-bar")?.getBoundingClientRect().bottom ?? 0) + 24;

// The heading that is being read is the last one that went past the top.
const follow = () => {
  const links = [...(contents()?.querySelectorAll("a") ?? [])];
  const past = (link) => (document.getElementById(decodeURIComponent(link.hash.slice(1)))?.getBoundingClientRect().top ?? Infinity) <= bar();
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2 && scrollY > 0;
  const read = atEnd ? links.at(-1) : links.findLast(past);
  for (const link of links) link === read ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current");
  const list = contents(), place = read?.getBoundingClientRect(), frame = list?.getBoundingClientRect();
  if (place && (place.top < frame.top || place.bottom > frame.bottom)) list.scrollTop += place.top - frame.top - frame.height / 3;
};
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; follow(); });
}, { passive: true });

// The size of texts and the width of lines, which the server knows from the cookie.
const kept = () => new URLSearchParams(document.cookie.split("; ").find((pair) => pair.startsWith("docs="))?.slice(5).replaceAll(".", "&").replaceAll(":", "=") ?? "");
const set = () => {
  const docs = document.querySelector(".docs"), reading = kept();
  if (!docs) return;
  for (const key of ["size", "width"]) reading.has(key) ? (docs.dataset[key] = reading.get(key)) : delete docs.dataset[key];
  for (const button of document.querySelectorAll(".docs-reading [data-value]")) {
    button.setAttribute("aria-pressed", String((reading.get(button.dataset.key) ?? "normal") === button.dataset.value));
  }
  for (const menu of document.querySelectorAll(".docs-reading[hidden]")) menu.hidden = false;
};
const keep = (key, value) => {
  const reading = kept();
  value === "normal" ? reading.delete(key) : reading.set(key, value);
  const written = [...reading].map((pair) => pair.join(":")).join(".");
  document.cookie = `docs=${written}; path=/; max-age=31536000; samesite=lax`;
  set();
};

// Pictures that are larger than their place open in full.
const enlarge = () => {
  for (const image of text()?.querySelectorAll("img:not(a img)") ?? []) {
    const mark = () => {
      if (image.naturalWidth <= image.clientWidth * 1.1) return;
      image.classList.add("docs-large");
      image.tabIndex = 0;
    };
    image.complete ? mark() : image.addEventListener("load", mark, { once: true });
  }
};
const open = (image) => {
  const dialog = document.createElement("dialog"), copy = image.cloneNode(), close = document.createElement("button");
  dialog.className = "docs-light";
  dialog.ariaLabel = image.alt || "Picture";
  copy.removeAttribute("width"); copy.removeAttribute("height"); copy.removeAttribute("tabindex");
  copy.className = "";
  close.className = "button"; close.textContent = "Close";
  dialog.append(copy, close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); image.focus({ preventScroll: true }); });
  document.body.append(dialog);
  dialog.showModal();
};

// An issue about a passage: the link of the page with the passage quoted.
const passage = () => {
  const selection = getSelection(), page = text();
  const quoted = selection?.toString().trim();
  return quoted && page?.contains(selection.anchorNode) && page.contains(selection.focusNode) ? { quoted, range: selection.getRangeAt(0) } : null;
};
const quote = () => {
  const link = document.querySelector("a.docs-report"), chosen = link && passage();
  let float = document.querySelector(".docs-passage");
  if (!chosen) return float?.remove();
  if (!float) {
    float = document.createElement("a");
    float.className = "button docs-passage";
    float.rel = "noopener noreferrer";
    float.textContent = "Report an issue about this passage";
    document.body.append(float);
  }
  const address = new URL(link.href);
  const key = [...address.searchParams.keys()].find((name) => /body|description/.test(name));
  const lines = chosen.quoted.slice(0, 1500).split("\n").map((line) => `> ${line}`).join("\n");
  address.searchParams.set(key, `${address.searchParams.get(key)}${lines}\n\n`);
  float.href = address;
  const place = chosen.range.getBoundingClientRect();
  float.style.top = `${scrollY + place.bottom + 8}px`;
  float.style.left = `${Math.max(8, Math.min(scrollX + place.left, scrollX + innerWidth - float.offsetWidth - 16))}px`;
};
let asked = 0;
document.addEventListener("selectionchange", () => { clearTimeout(asked); asked = setTimeout(quote, 250); });

document.addEventListener("click", (event) => {
  const choice = event.target.closest(".docs-reading [data-value]");
  for (const menu of document.querySelectorAll(".docs-reading[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (choice) keep(choice.dataset.key, choice.dataset.value);
  else if (event.target.matches(".docs-large")) open(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input,textarea,select,dialog,[contenteditable]")) return;
  if (event.key === "Enter" && event.target.matches?.(".docs-large")) open(event.target);
  if (event.key === "Escape") for (const menu of document.querySelectorAll(".docs-reading[open]")) { menu.open = false; menu.firstChild.focus(); }
  const step = { ",": "prev", ".": "next" }[event.key];
  if (step) document.querySelector(`.docs-step[rel=${step}]`)?.click();
  const words = event.key === "s" && document.querySelector(".docs-side input[type=search]");
  if (words) { event.preventDefault(); words.focus(); }
});

const start = () => { set(); enlarge(); follow(); quote(); };
start();
document.addEventListener("page:changed", start);
