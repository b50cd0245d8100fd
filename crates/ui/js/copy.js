// Copies texts. The buttons are hidden until this runs.
const reveal = () => { for (const button of document.querySelectorAll(".js-copy[hidden]")) button.hidden = false; };
if (navigator.clipboard) {
  reveal();
  document.addEventListener("page:changed", reveal);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".js-copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const use = button.querySelector("use");
    use.setAttribute("href", "#i-check");
    setTimeout(() => use.setAttribute("href", "#i-copy"), 1200);
  });
}
