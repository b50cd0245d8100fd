// Switches the colour scheme without a reload. Without this, the form does it with one.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".js-theme")) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="color-scheme"]').content = theme;
  fetch(form.action, { method: "POST", body: new URLSearchParams({ theme }), redirect: "manual" });
});
