// Fills the parts of a page that are made after it was sent: each has an address, which answers with the page and it.
const fill = async (part) => {
  const address = part.dataset.deferred;
  delete part.dataset.deferred;
  part.setAttribute("aria-busy", "true");
  const answer = await fetchPage(address);
  const made = answer?.page.getElementById(part.id);
  const shown = byId(part.id);
  if (!shown) return;
  shown.removeAttribute("aria-busy");
  if (!made || made.dataset.deferred) return shown.querySelector("p")?.prepend("This part could not be fetched. ");
  for (const icon of answer.page.querySelectorAll("#icons symbol")) byId(icon.id) ?? byId("icons").append(icon);
  keepFilled(made);
  shown.replaceWith(made);
  deferredIn(made).forEach(fill);
};
const fillAll = () => deferredIn(document).forEach(fill);
fillAll();
document.addEventListener("page:changed", fillAll);
