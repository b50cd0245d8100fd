// Stars at once and tells the server behind; takes it back when the server refuses.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".js-star")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const star = form.elements.starred;
  const wanted = star.value === "true";
  const set = (on) => {
    button.setAttribute("aria-pressed", on);
    button.title = on ? "Remove star" : "Star";
    star.value = !on;
  };
  const body = new URLSearchParams(new FormData(form));
  set(wanted);
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (!answer || answer.status >= 400) set(!wanted);
});
// A page that was fetched ahead is counted as visited when it is really shown.
const visit = performance.getEntriesByType("navigation")[0];
if (visit?.deliveryType === "navigational-prefetch") navigator.sendBeacon("/visited", new URLSearchParams({ path: location.pathname }));
