// Sends a list's filter while one types, keeping the place in the field; Enter works without this.
let filterTimer;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches(".js-auto-submit")) return;
  clearTimeout(filterTimer);
  filterTimer = setTimeout(async () => {
    const query = new URLSearchParams([...new FormData(field.form)].filter(([, value]) => value));
    const address = `${field.form.getAttribute("action")}?${query}`;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of ["[data-results]", ".facets"]) {
      const next = page.querySelector(place);
      if (next) document.querySelector(place)?.replaceWith(next);
    }
    document.getElementById("icons")?.replaceWith(page.getElementById("icons"));
    history.replaceState(null, "", address);
    document.dispatchEvent(new CustomEvent("page:changed"));
  }, 120);
});
