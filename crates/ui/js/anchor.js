// Unfolds what the address leads to, in browsers that do not do it themselves.
const unfold = () => {
  const target = document.querySelector(":target");
  const folded = target?.closest("details:not([open])");
  if (folded) { folded.open = true; target.scrollIntoView(); }
};
addEventListener("load", unfold);
addEventListener("hashchange", unfold);
