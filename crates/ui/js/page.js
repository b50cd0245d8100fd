// Puts a page that was fetched in the place of the one shown. What has the focus, how far things are
// scrolled and what is unfolded stay. Every other script may use what is named here.
const byId = (id) => document.getElementById(id);
const mainPart = () => byId("main");

// The page at an address; nothing when the server gives no page, or is not there.
const fetchPage = async (address, signal) => {
  const answer = await fetch(address, { headers: { accept: "text/html", "x-refetch": "1" }, signal }).catch(() => null);
  if (!(answer?.headers.get("content-type") ?? "").startsWith("text/html")) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById("main") ? { page, ok: answer.ok } : null;
};

// A place that survives a new rendering: an id, a key, or the order within what has a key or a name.
const controls = "a,button,input,select,summary,[tabindex]";
const findAgain = (attribute, value) => mainPart().querySelector(`[${attribute}="${CSS.escape(value)}"]`);
const placeOf = (element) => {
  const main = mainPart();
  if (!element || !main.contains(element)) return null;
  if (element.id) return () => byId(element.id);
  if (element.dataset.key) return () => findAgain("data-key", element.dataset.key);
  const around = element.closest("[data-key],nav[aria-label]");
  const [attribute, value] = around?.dataset.key ? ["data-key", around.dataset.key] : ["aria-label", around?.ariaLabel];
  const index = [...(around ?? main).querySelectorAll(controls)].indexOf(element);
  return () => (around ? findAgain(attribute, value) : mainPart())?.querySelectorAll(controls)[index];
};

// Parts that scroll on their own.
const scrolling = ".facets,.facet-groups,.tabs,.segmented,.table-frame";
const scrolls = () => [...mainPart().querySelectorAll(scrolling)].map((part) => [part.scrollLeft, part.scrollTop]);

// Replaces everything around the part that is kept, which must not be taken out of the page.
const replaceAround = (old, next, kept, twin) => {
  const [own, other] = [old, next].map((parent, at) => [...parent.children].find((child) => child.contains(at ? twin : kept)));
  const nodes = [...next.childNodes], middle = nodes.indexOf(other);
  for (const node of [...old.childNodes]) if (node !== own) node.remove();
  own.before(...nodes.slice(0, middle));
  own.after(...nodes.slice(middle + 1));
  if (own !== kept && other !== twin) replaceAround(own, other, kept, twin);
};

const deferredIn = (root) => root.querySelectorAll("[data-deferred]");
// What was filled stays until its successor is there.
const keepFilled = (root) => deferredIn(root).forEach((part) => {
  const filled = byId(part.id);
  if (filled && !filled.dataset.deferred) part.replaceChildren(...filled.cloneNode(true).childNodes);
});

// `kept` is a field in which one types, which is left alone, or a part that is open above the page.
const takePage = (page, kept) => {
  const main = mainPart(), next = page.getElementById("main");
  const focus = placeOf(document.activeElement), places = scrolls(), scroll = [scrollX, scrollY];
  const open = new Map([...main.querySelectorAll("details[data-key]")].map((item) => [item.dataset.key, item.open]));
  const twin = kept?.id ? page.getElementById(kept.id) : null;
  keepFilled(next);
  main.dataset.change = next.dataset.change;
  if (twin) {
    if (kept.popover) kept.replaceChildren(...twin.childNodes);
    replaceAround(main, next, kept, twin);
  } else main.replaceChildren(...next.childNodes);
  for (const item of main.querySelectorAll("details[data-key]")) item.open = open.get(item.dataset.key) ?? item.open;
  byId("icons")?.replaceWith(page.getElementById("icons"));
  document.title = page.title;
  const control = focus?.();
  if (control !== document.activeElement) control?.focus({ preventScroll: true });
  main.querySelectorAll(scrolling).forEach((part, at) => { if (places[at]) [part.scrollLeft, part.scrollTop] = places[at]; });
  scrollTo(...scroll);
  document.dispatchEvent(new CustomEvent("page:changed"));
};
