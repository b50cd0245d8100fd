// Fills the parts of a page that are made after it was sent. Each is fetched by itself: the answer is the page with
// that part in it.
const fill = async (part) => {
  const address = part.dataset.deferred;
  delete part.dataset.deferred;
  part.setAttribute("aria-busy", "true");
  const answer = await fetchPage(address);
  const made = answer?.page.getElementById(part.id);
  const shown = document.getElementById(part.id);
  if (!shown) return;
  shown.removeAttribute("aria-busy");
  if (!made || made.dataset.deferred) {
    shown.querySelector("p")?.prepend("This part could not be fetched. ");
    return;
  }
  const icons = document.getElementById("icons");
  for (const symbol of answer.page.querySelectorAll("#icons symbol")) if (!document.getElementById(symbol.id)) icons?.append(symbol);
  // Parts of a part are fetched too; what was filled stays until its successor is there.
  const parts = made.querySelectorAll("[data-deferred]");
  for (const part of parts) {
    const filled = document.getElementById(part.id);
    if (filled && !filled.dataset.deferred) part.replaceChildren(...filled.cloneNode(true).childNodes);
  }
  shown.replaceWith(made);
  parts.forEach(fill);
};
const fillAll = () => document.querySelectorAll("[data-deferred]").forEach(fill);
fillAll();
document.addEventListener("page:changed", fillAll);
