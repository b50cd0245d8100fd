// The palette: finds anything, goes anywhere, does what the page offers. Opens with / or Ctrl K, and from the field at
// the top, whose text it takes over. Commands are links and buttons that are there: of the navigation, of an entity's
// head, those that copy, and all with data-command.
const palette = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
const note = document.getElementById("palette-status");
const topField = document.querySelector(".js-open-palette");
let options = [], chosen = 0, isMoved = false, request, answer;

const element = (parent, tag, className, content = "") => {
  const made = parent.appendChild(document.createElement(tag));
  made.className = className;
  made.textContent = content;
  return made;
};
const symbol = (parent, name) => {
  const svg = parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const known = document.getElementById(`i-${name}`) ? name : "entity";
  svg.appendChild(document.createElementNS(svg.namespaceURI, "use")).setAttribute("href", `#i-${known}`);
};
const marked = (parent, title, marks = []) => {
  const span = element(parent, "span", "palette-title");
  let at = 0;
  for (const [from, to] of marks) {
    span.append(title.slice(at, from));
    element(span, "mark", "", title.slice(from, to));
    at = to;
  }
  span.append(title.slice(at));
};

// Every word typed starts a word.
const fits = (text, term) => {
  const words = text.toLowerCase().split(/[\s-]+/);
  return term.split(/\s+/).every((part) => words.some((word) => word.startsWith(part)));
};
const iconOf = (node) => node.querySelector("use")?.getAttribute("href").slice(3) ?? "entity";
const isVisible = (node) => !node.hidden && node.checkVisibility();
const pages = () => [...document.querySelectorAll(".nav-link,#palette-commands a")].map((link) => ({
  title: link.textContent.trim(), words: link.dataset.words, note: "Go to", href: link.getAttribute("href"), icon: iconOf(link),
}));
const offered = "[data-command],.entity-actions :is(a,button),#main .js-copy";
const nameOf = (node) => node.dataset.command ?? node.getAttribute("aria-label") ?? node.textContent.trim();
const commands = () => [...document.querySelectorAll(offered)].filter(isVisible).map((node) => ({
  title: nameOf(node), note: "Do", icon: iconOf(node), run: () => node.click(),
}));

const choose = (index) => {
  if (!options.length) { input.removeAttribute("aria-activedescendant"); return; }
  chosen = (index + options.length) % options.length;
  options.forEach(({ row }, at) => row.setAttribute("aria-selected", at === chosen));
  const { row } = options[chosen];
  input.setAttribute("aria-activedescendant", row.id);
  row.scrollIntoView({ block: "nearest" });
};
const go = ({ href, run, instead }, elsewhere) => {
  if (instead) { input.value = instead; ask(); return; }
  if (elsewhere && href) { open(href); return; }
  palette.close(); // the address may lead to another place of the same page
  if (run) run();
  else location.href = href;
};
const addOption = (parent, option) => {
  const row = element(parent, "div", "palette-option");
  row.id = `palette-${options.length}`;
  row.setAttribute("role", "option");
  symbol(row, option.icon);
  marked(row, option.title, option.marks);
  element(row, "span", "palette-note", option.note);
  const index = options.length;
  row.addEventListener("click", (event) => go(option, event.ctrlKey || event.metaKey));
  row.addEventListener("pointermove", () => { if (chosen !== index) choose(index); });
  options.push({ ...option, row });
};
const show = (groups, first = 0) => {
  const kept = isMoved && options[chosen]; // a late answer leaves what the arrows chose
  options = [];
  list.replaceChildren();
  for (const { title, items } of groups.filter((group) => group.items.length)) {
    const group = element(list, "div", "palette-group");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", title);
    element(group, "div", "palette-heading", title).setAttribute("aria-hidden", "true");
    const rows = element(group, "div", "");
    rows.setAttribute("role", "none");
    for (const item of items) addOption(rows, item);
  }
  const again = options.findIndex(({ title, href }) => title === kept?.title && href === kept?.href);
  choose(again < 0 ? first : again);
};
const own = (term) => [
  { title: "On this page", items: commands().filter((item) => fits(item.title, term)) },
  { title: "Pages", items: pages().filter((item) => fits(`${item.title} ${item.words ?? ""}`, term)) },
];
const corrected = ({ suggestion }) => ({
  title: "Did you mean",
  items: suggestion ? [{ title: suggestion, note: "Search for this", instead: suggestion, icon: "search" }] : [],
});

const search = async () => {
  request?.abort();
  request = new AbortController();
  const term = input.value.trim();
  const onlyCommands = term.startsWith(">");
  if (onlyCommands) { show(own(term.slice(1).trim().toLowerCase())); note.textContent = ""; return; }
  try {
    const answer = await fetch(`/-/palette?${new URLSearchParams({ query: term })}`, { signal: request.signal });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const found = await answer.json();
    const groups = found.groups, mine = own(term.toLowerCase());
    // Names with the words come first.
    const isLoose = !groups.some(({ items }) => items.some(({ title }) => fits(title, term.toLowerCase())));
    if (found.total > groups.reduce((sum, group) => sum + group.items.length, 0)) {
      groups.push({ title: "More", items: [{ title: `All ${found.total} results`, note: "", href: found.all, icon: "search" }] });
    }
    const all = isLoose ? [...mine, ...groups] : [...groups, ...mine];
    const isFound = all.some(({ items }) => items.length);
    // Another spelling stands first, but Enter takes a result.
    show([corrected(found), ...all], found.suggestion && isFound ? 1 : 0);
    note.textContent = term && !isFound ? `Nothing has “${term}” in its name or text.` : "";
  } catch (error) {
    if (error.name === "AbortError") return;
    show(own(term.toLowerCase()));
    note.textContent = `Search failed: ${error.message}`;
  }
};
const ask = () => { isMoved = false; answer = search(); };
// Enter waits for the answer to the last key stroke.
const goToChosen = async (elsewhere) => {
  const typed = input.value;
  await answer;
  if (!palette.open || input.value !== typed) return;
  if (options[chosen]) go(options[chosen], elsewhere);
  else input.form.submit();
};
const openPalette = (text = topField?.value ?? "") => {
  input.value = text;
  palette.showModal();
  ask();
};

input.addEventListener("input", ask);
input.addEventListener("keydown", (event) => {
  // The first Esc would empty the field.
  if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); palette.close(); }
  const steps = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: Math.min(chosen + 8, options.length - 1), PageUp: Math.max(chosen - 8, 0) };
  if (event.key in steps) { event.preventDefault(); isMoved = true; choose(steps[event.key]); }
  if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); goToChosen(event.ctrlKey || event.metaKey); }
});
palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
addEventListener("pagehide", () => palette.close());
// Opened when the press is over: what follows it on a touch screen would close the palette. The focus stays where it
// was, to be there again afterwards.
topField?.addEventListener("mousedown", (event) => event.preventDefault());
topField?.addEventListener("click", () => { openPalette(); input.select(); });
for (const typed of ["input", "compositionend"]) {
  topField?.addEventListener(typed, (event) => {
    if (event.isComposing || palette.open) return;
    openPalette(topField.value);
    topField.value = topField.defaultValue;
  });
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input,textarea,select,[contenteditable]");
  const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (command || slash) { event.preventDefault(); if (!palette.open) { openPalette(); input.select(); } }
});
