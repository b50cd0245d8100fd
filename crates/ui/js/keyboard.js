// j and k walk the rows of a list, Enter follows, "g c" goes to the page whose name starts with c.
let goingUntil = 0;
const rows = () => [...document.querySelectorAll(".js-rows tbody tr, .entity-lines > li, .search-results > li")].filter((row) => row.querySelector("a"));
const walk = (step) => {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
  next?.querySelector("a").focus();
  next?.scrollIntoView({ block: "nearest" });
};
const go = (letter) => {
  const link = [...document.querySelectorAll(".nav-link")].find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
  if (link) location.href = link.href;
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input,textarea,select,dialog,[contenteditable]")) return;
  if (goingUntil > event.timeStamp) { goingUntil = 0; go(event.key.toLowerCase()); return; }
  if (event.key === "g") goingUntil = event.timeStamp + 1200;
  if (event.key === "j" || event.key === "k") { event.preventDefault(); walk(event.key === "j" ? 1 : -1); }
});
