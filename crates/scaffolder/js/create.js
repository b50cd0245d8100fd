// Forms of templates: a field on which others depend, and the buttons of lists, have the form drawn anew, with all that is filled in.
const swap = (page, keepsFocus) => {
  const form = document.getElementById("wizard"), next = page.getElementById("wizard");
  if (!form || !next) return false;
  const active = keepsFocus && document.activeElement?.id;
  form.replaceChildren(...next.childNodes);
  document.getElementById("icons")?.replaceWith(page.getElementById("icons"));
  ((active && document.getElementById(active)) || form.querySelector("[autofocus]"))?.focus({ preventScroll: keepsFocus });
  return true;
};
let updating;
const redraw = async (form, go) => {
  updating?.abort();
  updating = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("go", go);
  const answer = await fetch(form.action, { method: "POST", body, signal: updating.signal }).catch((error) => error);
  if (answer.name === "AbortError") return true;
  if (!answer.ok) return false;
  return swap(new DOMParser().parseFromString(await answer.text(), "text/html"), go === "update");
};
document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-wizard]");
  if (form && target.hasAttribute("data-updates")) redraw(form, "update");
});
document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (!form.matches("[data-wizard]") || !/^(add|remove|up|down):/.test(button?.value ?? "") || button.dataset.plain) return;
  event.preventDefault();
  if (await redraw(form, button.value)) return;
  // What went wrong is told by a page of its own.
  button.dataset.plain = "1";
  form.requestSubmit(button);
});
document.addEventListener("input", ({ target }) => {
  const output = target.closest?.("[data-range]")?.querySelector("output");
  if (output) output.textContent = target.value;
});

// Pickers: the catalog is searched while one types. Several values are divided by commas, and the last one is looked for.
const picker = (target) => target.matches?.("[data-choices] input") && target.closest("[data-choices]");
const part = (box, input) => ("several" in box.dataset ? input.value.split(/[,\s]+/).pop() : input.value);
const listOf = (box, input) => {
  const known = box.querySelector(".picker-list");
  if (known) return known;
  const list = document.createElement("div"), options = document.createElement("ul"), note = document.createElement("p");
  list.className = "picker-list";
  list.hidden = true;
  options.role = "listbox";
  options.id = `${input.id}-choices`;
  options.ariaLabel = `Choices for ${input.labels[0]?.firstChild?.textContent}`;
  note.className = "field-hint";
  note.role = "status";
  list.append(options, note);
  box.append(list);
  input.removeAttribute("list");
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  input.setAttribute("aria-controls", options.id);
  return list;
};
const close = (box, input) => {
  clearTimeout(box.waiting);
  box.asking?.abort();
  listOf(box, input).hidden = true;
  input.ariaExpanded = "false";
  input.removeAttribute("aria-activedescendant");
};
const choose = (box, input, option) => {
  const several = "several" in box.dataset, { value } = option.dataset;
  input.value = several ? input.value.slice(0, input.value.length - part(box, input).length) + `${value}, ` : value;
  if (!several) {
    let label = box.querySelector(".chosen");
    if (!label) input.after((label = Object.assign(document.createElement("p"), { className: "field-hint chosen" })));
    label.textContent = option.textContent;
  }
  close(box, input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
};
const mark = (input, option) => {
  option.parentElement.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
};
const look = async (box, input) => {
  box.asking?.abort();
  box.asking = new AbortController();
  const address = `${box.dataset.choices}&text=${encodeURIComponent(part(box, input))}`;
  const answer = await fetch(address, { signal: box.asking.signal }).catch(() => null);
  if (!answer?.ok || document.activeElement !== input) return;
  const { choices, more } = await answer.json();
  const list = listOf(box, input), [options, note] = list.children;
  options.replaceChildren(...choices.map(({ value, label }, index) => {
    const option = document.createElement("li");
    Object.assign(option, { role: "option", id: `${options.id}-${index}`, textContent: label, ariaSelected: "false" });
    option.dataset.value = value;
    return option;
  }));
  note.textContent = choices.length ? (more ? "There are more: type on to find them." : "") : "Nothing in the catalog has this in its name.";
  list.hidden = false;
  input.ariaExpanded = "true";
  input.removeAttribute("aria-activedescendant");
};
document.addEventListener("focusin", ({ target }) => { const box = picker(target); if (box) listOf(box, target); });
document.addEventListener("focusout", ({ target }) => { const box = picker(target); if (box) close(box, target); });
document.addEventListener("click", ({ target }) => { const box = picker(target); if (box && listOf(box, target).hidden) look(box, target); });
document.addEventListener("input", ({ target }) => {
  const box = picker(target);
  if (!box) return;
  box.querySelector(".chosen")?.remove();
  clearTimeout(box.waiting);
  box.waiting = setTimeout(() => look(box, target), 120);
});
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".picker-list [role=option]");
  if (!option) return;
  event.preventDefault();
  const box = option.closest("[data-choices]");
  choose(box, box.querySelector("input"), option);
});
document.addEventListener("keydown", (event) => {
  const { target: input, key } = event, box = picker(input);
  if (!box) return;
  const list = listOf(box, input), options = [...list.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  if (key === "Escape" && !list.hidden) {
    event.preventDefault();
    close(box, input);
  } else if (key === "Enter" && !list.hidden && at >= 0) {
    event.preventDefault();
    choose(box, input, options[at]);
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) look(box, input);
    else if (options.length) mark(input, options.at((at + (key === "ArrowDown" ? 1 : at < 0 ? 0 : -1)) % options.length));
  }
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
