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

// A task that runs: its log and the states of its steps follow without a reload; at the end the page is fetched again.
const words = { processing: "Running", completed: "Done", failed: "Failed", skipped: "Skipped", cancelled: "Cancelled" };
const colours = /\u001b\[[0-9;]*m/g;
const follow = (task) => {
  const source = new EventSource(`/api/scaffolder/v2/tasks/${task.dataset.task}/eventstream?after=${task.dataset.after}`);
  const began = {};
  const again = () => { source.close(); location.reload(); };
  source.addEventListener("log", ({ data }) => {
    const { id, body, createdAt } = JSON.parse(data);
    task.dataset.after = id;
    const step = body.stepId && task.querySelector(`[data-step="${CSS.escape(body.stepId)}"]`);
    const log = task.querySelector(`[data-step-log="${CSS.escape(body.stepId ?? "")}"]`);
    const line = document.createElement("div"), time = document.createElement("time"), text = document.createElement("span");
    const message = body.message ?? "";
    line.className = "log-line";
    if (message.includes("\u001b[31m")) line.dataset.level = "error";
    if (message.includes("\u001b[33m")) line.dataset.level = "warning";
    time.dateTime = createdAt;
    time.textContent = createdAt.slice(11, 19);
    text.textContent = message.replace(colours, "").replace(/^(info|warn|error): /, "");
    line.append(time, text);
    log?.append(line);
    log?.scrollTo(0, log.scrollHeight);
    if (!step || !body.status) return;
    step.dataset.state = body.status;
    const badge = document.querySelector(".page-head .badge");
    badge.textContent = "Running";
    badge.className = "badge tone-blue";
    step.querySelector(".step-state").textContent = words[body.status] ?? body.status;
    if (body.status === "processing") began[body.stepId] = Date.parse(createdAt);
    else if (began[body.stepId]) step.querySelector(".step-time").textContent = `${((Date.parse(createdAt) - began[body.stepId]) / 1000).toFixed(1)} s`;
    step.querySelector("details").open = body.status === "processing" || body.status === "failed";
  });
  source.addEventListener("completion", again);
  // Without a stream the page is fetched again now and then.
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000); };
  addEventListener("pagehide", () => source.close());
};
const task = document.querySelector("[data-task]");
if (task) follow(task);
