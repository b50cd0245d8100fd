// Forms of templates: a field on which others depend has the form drawn anew, with all that is filled in.
const swap = (page) => {
  const form = document.getElementById("wizard"), next = page.getElementById("wizard");
  if (!form || !next) return false;
  const active = document.activeElement?.id;
  form.replaceChildren(...next.childNodes);
  document.getElementById("icons")?.replaceWith(page.getElementById("icons"));
  (document.getElementById(active) ?? form.querySelector("[autofocus]"))?.focus({ preventScroll: true });
  return true;
};
let updating;
document.addEventListener("change", async ({ target }) => {
  const form = target.closest?.("[data-wizard]");
  if (!form || !target.hasAttribute("data-updates")) return;
  updating?.abort();
  updating = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("go", "update");
  const answer = await fetch(form.action, { method: "POST", body, signal: updating.signal }).catch(() => null);
  if (!answer?.ok) return;
  swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
});

// Colours of terminals as classes, as the server writes them.
const colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const coloured = (text) => {
  const parts = document.createDocumentFragment();
  let bold = false, colour = "";
  const add = (piece) => {
    const name = [colour && `ansi-${colour}`, bold && "ansi-bold"].filter(Boolean).join(" ");
    if (!piece) return;
    if (!name) { parts.append(piece); return; }
    const span = document.createElement("span");
    span.className = name;
    span.textContent = piece;
    parts.append(span);
  };
  const [first, ...rest] = text.split("\u001b");
  add(first);
  for (const part of rest) {
    const [, numbers, end, piece] = /^\[([^@-~]*)([@-~]?)([^]*)$/.exec(part) ?? [, "", "", part];
    const all = end === "m" ? numbers.split(";").map(Number) : [];
    for (let at = 0; at < all.length; at += 1) {
      const number = all[at];
      if (number === 0) [bold, colour] = [false, ""];
      else if (number === 1 || number === 22) bold = number === 1;
      else if (number >= 30 && number <= 37) colour = colours[number - 30];
      else if (number >= 90 && number <= 97) colour = colours[number - 90];
      else if (number === 39) colour = "";
      else if (number === 38 || number === 48) at += all[at + 1] === 2 ? 4 : 2;
    }
    add(piece);
  }
  return parts;
};

// The search in a log: lines without the text are hidden, and it is marked in the others.
const logCard = document.querySelector("[data-task-log]");
const logFind = logCard?.querySelector("[data-find] input");
const searchLog = () => {
  const wanted = logFind.value.trim().toLowerCase(), ranges = [];
  let found = 0;
  for (const log of logCard.querySelectorAll("[data-step-log]")) {
    let here = 0;
    for (const line of log.querySelectorAll(".log-line")) {
      const text = line.lastElementChild.textContent.toLowerCase();
      line.hidden = !text.includes(wanted);
      if (!wanted || line.hidden) continue;
      here += 1;
      const walker = document.createTreeWalker(line.lastElementChild, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const piece = walker.currentNode.data.toLowerCase();
        for (let at = piece.indexOf(wanted); at >= 0; at = piece.indexOf(wanted, at + wanted.length)) {
          const range = new Range();
          range.setStart(walker.currentNode, at);
          range.setEnd(walker.currentNode, Math.min(at + wanted.length, walker.currentNode.length));
          ranges.push(range);
        }
      }
    }
    if (wanted) log.closest("details").open = here > 0;
    found += here;
  }
  logCard.querySelector("[data-find-count]").textContent = wanted ? `${found} ${found === 1 ? "line" : "lines"}` : "";
  globalThis.CSS.highlights?.set("log-find", new Highlight(...ranges));
};
if (logFind) {
  // With the lines at hand nothing has to be fetched; an address with a search has only its lines.
  const isWhole = !new URLSearchParams(location.search).get("find");
  if (isWhole) {
    logFind.addEventListener("input", searchLog);
    logFind.form.addEventListener("submit", (event) => event.preventDefault());
  }
  const textOf = (log) => [...log.querySelectorAll(".log-line")].map((line) => `${line.firstElementChild.textContent} ${line.lastElementChild.textContent}`);
  for (const button of navigator.clipboard ? logCard.querySelectorAll("button[data-copy-log]") : []) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const step = button.dataset.copyLog;
      const logs = [...logCard.querySelectorAll(step ? `[data-step-log="${CSS.escape(step)}"]` : "[data-step-log]")];
      await navigator.clipboard.writeText(logs.flatMap(textOf).join("\n"));
      const use = button.querySelector("use");
      use.setAttribute("href", "#i-check");
      setTimeout(() => use.setAttribute("href", "#i-copy"), 1200);
    });
  }
}

// A task that runs: its log and the states of its steps follow without a reload; at the end the page is fetched again.
const words = { processing: "Running", completed: "Done", failed: "Failed", skipped: "Skipped", cancelled: "Cancelled" };
const took = (milliseconds) => {
  const seconds = Math.max(0, milliseconds) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
};
const follow = (task) => {
  const source = new EventSource(`/api/scaffolder/v2/tasks/${task.dataset.task}/eventstream?after=${task.dataset.after}`);
  const again = () => { source.close(); location.reload(); };
  const ticking = setInterval(() => {
    for (const time of task.querySelectorAll(".step-time[data-began]")) time.textContent = took(Date.now() - Date.parse(time.dataset.began));
  }, 1000);
  source.addEventListener("log", ({ data }) => {
    const { id, body, createdAt } = JSON.parse(data);
    task.dataset.after = id;
    const step = body.stepId && task.querySelector(`[data-step="${CSS.escape(body.stepId)}"]`);
    const log = task.querySelector(`[data-step-log="${CSS.escape(body.stepId ?? "")}"]`);
    const line = document.createElement("div"), time = document.createElement("time"), text = document.createElement("span");
    // The level comes as a coloured word before the text.
    const [, level, message] = /^\u001b\[3\dm(info|warn|error)\u001b\[39m: ([^]*)$/.exec(body.message ?? "") ?? [, "", body.message ?? ""];
    line.className = "log-line";
    if (level) line.dataset.level = level === "warn" ? "warning" : level;
    time.dateTime = createdAt;
    time.textContent = createdAt.slice(11, 19);
    text.append(coloured(message));
    line.append(time, text);
    const isAtEnd = log && log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log?.append(line);
    // Who reads further up is not taken away from there.
    if (isAtEnd) log.scrollTo(0, log.scrollHeight);
    if (logFind?.value.trim()) searchLog();
    if (!step || !body.status) return;
    step.dataset.state = body.status;
    const badge = document.querySelector(".page-head .badge");
    badge.textContent = "Running";
    badge.className = "badge tone-blue";
    step.querySelector(".step-state").textContent = words[body.status] ?? body.status;
    const lasted = step.querySelector(".step-time");
    if (body.status === "processing") lasted.dataset.began = createdAt;
    else if (lasted.dataset.began) {
      lasted.textContent = took(Date.parse(createdAt) - Date.parse(lasted.dataset.began));
      delete lasted.dataset.began;
    }
    if (!logFind?.value.trim()) step.querySelector("details").open = body.status === "processing" || body.status === "failed";
  });
  source.addEventListener("completion", again);
  // Without a stream the page is fetched again now and then.
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000); };
  addEventListener("pagehide", () => { source.close(); clearInterval(ticking); });
};
const task = document.querySelector("[data-task]");
if (task) follow(task);
