// Filters, orders and turns the pages of a list in place: the address follows and leads back, and the
// control that was used stays under the pointer and keeps the focus. Without this they are plain links.
const links = ".facets a,.sort-link,.pagination a,.graph-controls a";
const here = () => location.pathname + location.search;
let shown = here(), filterTimer, request;

const options = () => [...document.querySelectorAll(".facet li[data-key]")];
// The server gives the chosen values first. Whoever just chose one wants all of them where they were.
const keepOrder = (before) => {
  const rank = (option) => before.indexOf(option.dataset.key) + 1 || before.length + 1;
  for (const facet of document.querySelectorAll(".facet")) {
    const now = [...facet.querySelectorAll("li[data-key]")];
    const places = now.map((option) => option.parentElement.insertBefore(document.createElement("li"), option));
    now.sort((one, other) => rank(one) - rank(other)).forEach((option, at) => places[at].replaceWith(option));
  }
};

// Shows the list at an address. False when that is left to the browser.
const turnTo = async (address, { kept, control } = {}) => {
  request?.abort();
  const { signal } = (request = new AbortController());
  const results = document.querySelector("[data-results]");
  results?.setAttribute("aria-busy", "true");
  const answer = await fetchPage(address, signal);
  if (signal.aborted) return true;
  results?.removeAttribute("aria-busy");
  if (!answer?.ok) return false;
  if (address !== here()) history[control ? "pushState" : "replaceState"](null, "", address);
  shown = here();
  const before = options().map((option) => option.dataset.key), place = control && placeOf(control);
  const top = control?.getBoundingClientRect().top;
  takePage(answer.page, kept);
  if (!control) return true;
  keepOrder(before);
  // Where the control is gone, one goes on from its neighbours.
  const again = place?.() ?? document.querySelector(control.closest(".pagination") ? ".pagination a" : ".facets a");
  again?.focus({ preventScroll: true });
  const frame = again?.closest(".facets,.sheet:popover-open");
  if (frame) frame.scrollTop += again.getBoundingClientRect().top - top;
  return true;
};

document.addEventListener("click", async (event) => {
  const link = event.target.closest(links);
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.pathname !== location.pathname) return;
  event.preventDefault();
  const kept = link.closest(".sheet:popover-open");
  const address = link.pathname + link.search;
  if (!(await turnTo(address, { kept, control: link }))) location.href = address;
});

addEventListener("popstate", async () => {
  // A place within the page is the browser's own affair.
  if (here() !== shown && !(await turnTo(here()))) location.reload();
});

// While one types, the field is left alone; Enter works without this.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches(".js-auto-submit")) return;
  clearTimeout(filterTimer);
  filterTimer = setTimeout(() => {
    const query = new URLSearchParams([...new FormData(field.form)].filter(([, value]) => value));
    turnTo(`${field.form.getAttribute("action")}?${query}`, { kept: field });
  }, 120);
});

// The button that opened a part may be a new one by the time that part is closed.
document.addEventListener("toggle", ({ target, newState }) => {
  const active = document.activeElement, isLost = active === document.body || target.contains(active);
  if (newState !== "closed" || !isLost) return;
  document.querySelector(`[popovertarget="${target.id}"]:not(.sheet-close)`)?.focus({ preventScroll: true });
}, true);
