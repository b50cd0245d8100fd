// Follows logs: the page holds the last lines, the stream brings those after them. The page keeps a bounded number of lines and
// letters, and scrolls along while its end is in sight.
const mostLines = 5000, mostLetters = 4000000, mostWaiting = 2000;
const log = document.querySelector("[data-log], .k8s-log");
if (log) {
  const one = (name) => document.querySelector(`[data-log-${name}]`);
  const state = one("state"), search = one("search")?.querySelector("[type=search]");
  const say = (text) => { state.textContent = text; };
  const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  const hue = (pod) => [...new TextEncoder().encode(pod)].reduce((sum, byte) => (sum * 31 + byte) % 65521, 0) % 6;
  const make = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
  let letters = log.textContent.length, paused = false, waiting = [], missed = 0;

  // What is searched for is marked in the text, and lines without it are hidden.
  const mark = (line) => {
    const wanted = search?.value ?? "";
    for (const old of line.querySelectorAll("mark")) { old.replaceWith(old.textContent); }
    line.normalize();
    line.hidden = !!wanted && !line.classList.contains("k8s-gap") && !(line.textContent.includes(wanted) || rawOf(line).includes(wanted));
    if (!wanted || line.hidden) return;
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("time")) nodes.push(walker.currentNode);
    for (let node of nodes) {
      for (let at = node.data.indexOf(wanted); at >= 0; at = node.data.indexOf(wanted)) {
        const found = node.splitText(at);
        node = found.splitText(wanted.length);
        found.replaceWith(make("mark", "", wanted));
      }
    }
  };
  const rawOf = (line) => line.querySelector("[data-raw]")?.dataset.raw ?? "";

  const lineOf = ({ at, pod, container, text, level, message, fields }) => {
    const line = make("div", level ? `k8s-line k8s-line-${level}` : "k8s-line", "");
    if (at) {
      const time = make("time", "", at.slice(11, 23).replace("Z", ""));
      time.dateTime = at;
      line.append(time, " ");
    }
    if ("logSources" in log.dataset) {
      const source = make("span", `k8s-source k8s-hue-${hue(pod)}`, `${pod.split("-").pop()}/${container}`);
      source.title = `${pod}/${container}`;
      line.append(source, " ");
    }
    if (fields) {
      const said = make("span", "k8s-said", message);
      said.dataset.raw = text;
      line.append(said);
      for (const [name, value] of fields) {
        const field = make("span", "k8s-field", value);
        field.prepend(make("span", "k8s-key", `${name}=`));
        line.append(" ", field);
      }
    } else line.append(text);
    return line;
  };
  const gap = (text) => make("div", "k8s-line k8s-gap", text);

  const add = (lines) => {
    const follows = isAtEnd();
    for (const line of lines) { letters += line.textContent.length; mark(line); }
    log.append(...lines);
    while (log.childElementCount > mostLines || (letters > mostLetters && log.childElementCount > 1)) {
      letters -= log.firstElementChild.textContent.length;
      log.firstElementChild.remove();
    }
    if (follows) log.scrollTop = log.scrollHeight;
  };
  // While the page is paused it keeps the last lines, and says how many it did not keep.
  const take = (lines) => {
    if (!paused) return add(lines);
    waiting.push(...lines);
    missed += Math.max(0, waiting.length - mostWaiting);
    waiting = waiting.slice(-mostWaiting);
    say(`Paused. ${waiting.length} new lines wait.`);
  };

  let source;
  if (log.dataset.log) {
    source = new EventSource(log.dataset.log);
    source.onopen = () => say("Live. New lines appear at the end.");
    source.onerror = () => say("The connection was lost; it is made again, from the last line on.");
    source.addEventListener("lines", (event) => {
      const { lines, leftOut } = JSON.parse(event.data);
      take([...(leftOut ? [gap(`${leftOut} lines came too fast and are left out`)] : []), ...lines.map(lineOf)]);
    });
    source.addEventListener("note", (event) => take([gap(JSON.parse(event.data).reason)]));
    source.addEventListener("ended", (event) => {
      source.close();
      say(`The log has ended. ${JSON.parse(event.data).reason}`);
    });
    addEventListener("pagehide", () => source.close());
  }

  for (const tool of document.querySelectorAll("[data-log-tool]")) tool.hidden = false;
  one("pause").hidden = !source;
  one("pause").addEventListener("click", ({ currentTarget }) => {
    paused = !paused;
    currentTarget.setAttribute("aria-pressed", paused);
    currentTarget.textContent = paused ? "Go on" : "Pause";
    if (paused) return say("Paused.");
    const kept = waiting;
    add([...(missed ? [gap(`${missed} lines came meanwhile and were not kept`)] : []), ...kept]);
    waiting = [];
    missed = 0;
    say("Live. New lines appear at the end.");
  });
  one("wrap").addEventListener("change", ({ currentTarget }) => log.classList.toggle("k8s-log-straight", !currentTarget.checked));
  one("copy").hidden = !navigator.clipboard;
  one("copy").addEventListener("click", async ({ currentTarget }) => {
    const text = (line) => rawOf(line) || [...line.childNodes].filter((node) => node.nodeName !== "TIME").map((node) => node.textContent).join("").trim();
    const lines = [...log.querySelectorAll(".k8s-line:not([hidden])")];
    await navigator.clipboard.writeText(lines.map(text).join("\n"));
    const label = currentTarget.querySelector("span");
    label.textContent = `${lines.length} lines copied`;
    setTimeout(() => { label.textContent = "Copy"; }, 1500);
  });
  one("search")?.addEventListener("submit", (event) => event.preventDefault());
  let soon;
  search?.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(() => {
      for (const line of log.children) mark(line);
      log.scrollTop = log.scrollHeight;
    }, 120);
  });
  log.scrollTop = log.scrollHeight;
}
