// Pan and zoom of a graph, by moving its viewBox. Without this the graph scrolls with the page.
const setUp = (graph) => {
  const svg = graph.querySelector("svg");
  if (!svg || graph.dataset.ready) return;
  graph.dataset.ready = "true";
  const home = svg.getAttribute("viewBox").split(/[ ,]+/).map(Number);
  let box = [...home], last = null;
  const apply = () => svg.setAttribute("viewBox", box.join(" "));
  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const zoom = (factor, at) => {
    const width = Math.max(home[2] / 20, Math.min(home[2] * 4, box[2] * factor));
    const scale = width / box[2];
    box = [at.x - (at.x - box[0]) * scale, at.y - (at.y - box[1]) * scale, width, box[3] * scale];
    apply();
  };
  const middle = () => ({ x: box[0] + box[2] / 2, y: box[1] + box[3] / 2 });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(event.deltaY / 300), point(event));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => { if (event.button === 0 && !event.target.closest("a")) { last = point(event); svg.setPointerCapture(event.pointerId); graph.classList.add("is-moving"); } });
  svg.addEventListener("pointermove", (event) => {
    if (!last) return;
    const now = point(event);
    box = [box[0] + last.x - now.x, box[1] + last.y - now.y, box[2], box[3]];
    apply();
  });
  const stop = () => { last = null; graph.classList.remove("is-moving"); };
  svg.addEventListener("pointerup", stop);
  svg.addEventListener("pointercancel", stop);
  for (const button of graph.querySelectorAll("[data-graph]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const action = button.dataset.graph;
      if (action === "fit") { box = [...home]; apply(); } else zoom(action === "in" ? 0.8 : 1.25, middle());
    });
  }
};
const setUpAll = () => document.querySelectorAll(".js-graph").forEach(setUp);
setUpAll();
document.addEventListener("page:changed", setUpAll);
