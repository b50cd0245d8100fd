// Where tabs do not fit beside each other, the current one is in sight.
const reveal = () => {
  for (const tab of document.querySelectorAll(":is(.tabs,.segmented) [aria-current]")) {
    const frame = tab.closest(".tabs,.segmented");
    const place = tab.getBoundingClientRect(), around = frame.getBoundingClientRect();
    if (place.left < around.left || place.right > around.right) frame.scrollLeft += place.left - around.left - (around.width - place.width) / 2;
  }
};
reveal();
document.addEventListener("page:changed", reveal);
