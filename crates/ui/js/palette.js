// The palette: one field to go to any page or entity. Opens with / or Ctrl K.
const palette = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
const note = document.getElementById("palette-status");
let options = [], chosen = 0, request;

const text = (parent, tag, className, content) => {
  const element = parent.appendChild(document.createElement(tag));
  element.className = className;
  element.textContent = content;
  return element;
};
const symbol = (name) => {
  const known = document.getElementById(`i-${name}`) ? name : "entity";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS(svg.namespaceURI, "use")).setAttribute("href", `#i-${known}`);
  return svg;
};
const choose = (index) => {
  chosen = Math.max(0, Math.min(index, options.length - 1));
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", at === chosen));
  const current = list.children[chosen];
  if (current) { input.setAttribute("aria-activedescendant", current.id); current.scrollIntoView({ block: "nearest" }); }
  else input.removeAttribute("aria-activedescendant");
};
const show = (found) => {
  options = found;
  list.replaceChildren(...found.map((option, index) => {
    const item = document.createElement("li");
    item.id = `palette-${index}`;
    item.className = "palette-option";
    item.setAttribute("role", "option");
    item.append(symbol(option.icon));
    text(item, "span", "", option.title);
    text(item, "span", "palette-note", option.note);
    item.addEventListener("click", () => { location.href = option.href; });
    item.addEventListener("pointermove", () => choose(index));
    return item;
  }));
  choose(0);
};
const pages = (term) => [...document.querySelectorAll(".nav-link")]
  .map((link) => ({ title: link.textContent.trim(), href: link.getAttribute("href"), note: "Page", icon: link.querySelector("use").getAttribute("href").slice(3) }))
  .filter((page) => page.title.toLowerCase().includes(term));
const entities = async (term, signal) => {
  const query = new URLSearchParams({
    limit: 12, fullTextFilterTerm: term, fullTextFilterFields: "metadata.name,metadata.title", orderField: "metadata.name,asc",
    fields: "kind,metadata.name,metadata.namespace,metadata.title,spec.type",
  });
  const answer = await fetch(`/api/catalog/entities/by-query?${query}`, { signal });
  if (!answer.ok) throw new Error(`the catalog answered ${answer.status}`);
  return (await answer.json()).items.map(({ kind, metadata, spec }) => {
    const namespace = metadata.namespace || "default";
    const path = [namespace, kind.toLowerCase(), metadata.name].map(encodeURIComponent).join("/");
    return { title: metadata.title || metadata.name, note: [kind, spec?.type].filter(Boolean).join(" · "), icon: kind.toLowerCase(), href: `/catalog/${path}` };
  });
};
const search = async () => {
  request?.abort();
  request = new AbortController();
  const term = input.value.trim().toLowerCase();
  const found = pages(term);
  if (!term) { note.textContent = ""; show(found); return; }
  try {
    const items = await entities(term, request.signal);
    show([...items, ...found]);
    note.textContent = items.length + found.length ? "" : `Nothing is called “${term}”. Press Enter to search everywhere.`;
  } catch (error) {
    if (error.name !== "AbortError") { show(found); note.textContent = `Search failed: ${error.message}`; }
  }
};
const openPalette = (term = "") => {
  input.value = term;
  palette.showModal();
  search();
};

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(chosen + (event.key === "ArrowDown" ? 1 : -1)); }
  if (event.key === "Enter" && options[chosen]) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) open(options[chosen].href); else location.href = options[chosen].href;
  }
});
palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
addEventListener("pagehide", () => palette.close());
document.querySelector(".js-open-palette")?.addEventListener("pointerdown", (event) => { event.preventDefault(); openPalette(); });
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input,textarea,select,[contenteditable]");
  const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (command || slash) { event.preventDefault(); if (!palette.open) openPalette(); }
});
