// Zooming, dragging and full screen of graphs. Without this a graph has its natural size and its frame scrolls.
// Narrower, a graph opens so that root and neighbours are in sight, but never smaller than that.
const NARROW = 600, SMALLEST_START = 0.3;

// What stands around the root: itself and the arrows that touch it.
const nearBox = (graph) => {
  const boxes = [...graph.querySelectorAll(".is-root, .graph-edge.is-near")].map((part) => part.getBBox());
  if (!boxes.length) return null;
  const side = (of, pick) => pick(...boxes.map(of));
  const x = side((box) => box.x, Math.min), y = side((box) => box.y, Math.min);
  return { x, y, width: side((box) => box.x + box.width, Math.max) - x, height: side((box) => box.y + box.height, Math.max) - y };
};

// Among many arrows those of the node under the pointer, or with the focus, come out.
const bringOut = (graph) => {
  const nodes = [...graph.querySelectorAll(".graph-node")], edges = [...graph.querySelectorAll("[data-ends]")];
  let lit = [];
  const show = (event) => {
    const at = nodes.indexOf(event.target.closest(".graph-node") ?? document.activeElement.closest(".graph-node"));
    for (const edge of lit) edge.classList.remove("is-lit");
    lit = at < 0 ? [] : edges.filter((edge) => edge.dataset.ends.split(" ").includes(String(at)));
    for (const edge of lit) edge.classList.add("is-lit");
  };
  graph.addEventListener("pointerover", show);
  graph.addEventListener("focusin", show);
};

const setUp = (graph) => {
  const frame = graph.querySelector(".graph-scroll"), svg = graph.querySelector(".graph-canvas");
  if (!svg || graph.dataset.ready) return;
  graph.dataset.ready = "true";
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let scale = 1, last = null, moved = false;
  const zoom = (next, x = frame.clientWidth / 2, y = frame.clientHeight / 2) => {
    const before = scale;
    scale = Math.max(0.08, Math.min(2.5, next));
    const left = (frame.scrollLeft + x) * (scale / before) - x, top = (frame.scrollTop + y) * (scale / before) - y;
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
    frame.scrollTo(left, top);
    graph.classList.toggle("is-draggable", frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1);
  };
  const fit = () => Math.min(1, frame.clientWidth / width, Math.max(frame.clientHeight, 240) / height);
  frame.style.minHeight = `${frame.clientHeight}px`; // what stands below must not jump
  const near = frame.clientWidth < NARROW ? nearBox(graph) : null;
  if (near) zoom(Math.max(SMALLEST_START, Math.min(1, frame.clientWidth / Math.min(width, near.width + 360), Math.max(frame.clientHeight, 240) / near.height)));
  else zoom(fit() >= 0.6 ? fit() : 1);
  const root = graph.querySelector(".is-root");
  if (root && graph.classList.contains("is-draggable")) {
    const at = root.getBoundingClientRect(), box = frame.getBoundingClientRect();
    const middle = near && near.width * scale <= frame.clientWidth ? (near.x + near.width / 2) * scale : null;
    frame.scrollBy(at.x + at.width / 2 - box.x - box.width / 2, at.y + at.height / 2 - box.y - box.height / 2);
    if (middle !== null) frame.scrollLeft = middle - frame.clientWidth / 2;
  }
  if (graph.classList.contains("is-crowded")) bringOut(graph);
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - box.x, event.clientY - box.y);
  }, { passive: false });
  frame.addEventListener("pointerdown", (event) => { if (event.button === 0 && event.pointerType === "mouse") { last = event; moved = false; } });
  frame.addEventListener("pointermove", (event) => {
    if (!last) return;
    if (!moved && Math.abs(event.clientX - last.clientX) + Math.abs(event.clientY - last.clientY) < 5) return;
    if (!moved) { moved = true; frame.setPointerCapture(event.pointerId); graph.classList.add("is-moving"); }
    frame.scrollBy(last.clientX - event.clientX, last.clientY - event.clientY);
    last = event;
  });
  const stop = () => { last = null; graph.classList.remove("is-moving"); };
  frame.addEventListener("pointerup", stop);
  frame.addEventListener("pointercancel", stop);
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("click", (event) => { if (moved) { event.preventDefault(); moved = false; } }, true);
  graph.querySelector(".graph-tools").hidden = false;
  for (const button of graph.querySelectorAll("[data-graph]")) {
    const steps = { in: () => scale * 1.25, out: () => scale / 1.25, fit };
    const step = steps[button.dataset.graph];
    if (step) button.addEventListener("click", () => zoom(step()));
    else if (!document.fullscreenEnabled) button.hidden = true;
    else button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : graph.requestFullscreen()));
  }
  graph.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement === graph;
    graph.querySelector("[data-graph=full]").setAttribute("aria-pressed", isFull);
    zoom(Math.max(fit(), 0.3));
  });
};
const setUpAll = () => document.querySelectorAll(".js-graph").forEach(setUp);
setUpAll();
document.addEventListener("page:changed", setUpAll);
