// Forms of templates: a field on which others depend, and the buttons of lists, have the form drawn anew, with all that is filled in.
const swap = (page, keepsFocus, typedSince) => {
  const form = document.getElementById("wizard"), next = page.getElementById("wizard");
  if (!form || !next) return false;
  const typed = typedSince(form);
  const active = (keepsFocus || typed.length > 0) && document.activeElement?.id;
  form.replaceChildren(...next.childNodes);
  for (const [name, value] of typed) {
    const control = form.elements[name];
    if (control?.tagName) control.value = value;
  }
  document.getElementById("icons")?.replaceWith(page.getElementById("icons"));
  ((active && document.getElementById(active)) || form.querySelector("[autofocus]"))?.focus({ preventScroll: keepsFocus });
  return true;
};
let updating;
const redraw = async (form, go) => {
  updating?.abort();
  updating = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  // What is typed while the answer is under way is kept, but not in the rows of the list that changes: they get other names.
  const list = /^(?:add|remove|up|down):(\/.*?)(?:\/\d+)?(?:#.*)?$/.exec(go)?.[1];
  const isText = ({ name, type }) => name && !/^(checkbox|radio|hidden|submit|button|file)$/.test(type) && !(list && name.startsWith(`${list}/`));
  const typedSince = (form) => [...form.elements].filter((control) => isText(control) && control.value !== (body.get(control.name) ?? "")).map(({ name, value }) => [name, value]);
  body.set("go", go);
  const read = async (answer) => ({ ok: answer.ok, text: await answer.text() });
  const answer = await fetch(form.action, { method: "POST", body, signal: updating.signal }).then(read).catch((error) => error);
  if (answer.name === "AbortError") return true;
  if (!answer.ok) return false;
  return swap(new DOMParser().parseFromString(answer.text, "text/html"), go === "update", typedSince);
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
  // It may be given up while the answer is read, too.
  const found = answer?.ok && await answer.json().catch(() => null);
  if (!found || document.activeElement !== input) return;
  const { choices, more } = found;
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
    // Several steps may have the same id.
    const key = body.stepKey ?? body.stepId ?? "";
    const step = key && task.querySelector(`[data-step="${CSS.escape(key)}"]`);
    const log = task.querySelector(`[data-step-log="${CSS.escape(key)}"]`);
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

// The editor of templates: the form follows the text, a try can be given up, and a mistake leads to its place.
const editor = document.querySelector("[data-editor]");
if (editor) {
  const written = editor.elements.text, gutter = editor.querySelector("[data-gutter]"), files = editor.elements.files;
  const part = (id) => document.getElementById(id);
  let asking, typing, saved = written.value;

  const number = () => {
    const wrong = new Set([...editor.querySelectorAll("#editor-problems [data-line]")].map((link) => Number(link.dataset.line)));
    gutter.replaceChildren(...written.value.split("\n").map((_, at) => {
      const line = document.createElement("span");
      line.textContent = at + 1;
      line.classList.toggle("is-wrong", wrong.has(at + 1));
      return line;
    }));
    gutter.scrollTop = written.scrollTop;
  };
  const countFiles = () => {
    const count = files.value ? JSON.parse(files.value).length : 0;
    editor.querySelector("[data-files-count]").textContent = count ? `${count} files beside it` : "";
  };
  const busy = (on) => {
    editor.querySelector("[data-cancel]").hidden = !on;
    part("editor-result").toggleAttribute("aria-busy", on);
  };
  // A part that has the focus gives it to the same field of its successor.
  const replace = (page, id) => {
    const old = part(id), next = page.getElementById(id), active = old.contains(document.activeElement) && document.activeElement;
    const range = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
    old.replaceWith(next);
    const again = active ? part(active.id) ?? next.querySelector("[autofocus]") : null;
    if (!again) return;
    again.focus({ preventScroll: true });
    try { if (range?.[0] != null) again.setSelectionRange(...range); } catch { /* Not every field has a selection. */ }
  };
  const ask = async (go) => {
    clearTimeout(typing);
    asking?.abort();
    const own = asking = new AbortController(), isRun = go === "run";
    const body = new URLSearchParams(new FormData(editor));
    body.set("go", go);
    busy(isRun);
    const answer = await fetch(editor.action, { method: "POST", body, signal: own.signal }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    if (own.signal.aborted) return;
    busy(false);
    const page = text && new DOMParser().parseFromString(text, "text/html");
    if (!page?.getElementById("editor-result")) {
      const why = page?.querySelector("main h1, main h2")?.textContent;
      part("editor-result").textContent = `The portal gave no answer${why ? `: ${why}` : ""}. Try it again.`;
      return;
    }
    replace(page, "editor-problems");
    // What was filled in outlives a text that cannot be read for a moment.
    if (!page.getElementById("editor-form").hasAttribute("data-unreadable")) replace(page, "editor-form");
    if (isRun) replace(page, "editor-result");
    document.getElementById("icons")?.replaceWith(page.getElementById("icons"));
    document.dispatchEvent(new CustomEvent("page:changed"));
    number();
  };

  written.addEventListener("input", () => {
    number();
    clearTimeout(typing);
    typing = setTimeout(ask, 400, "update");
  });
  written.addEventListener("scroll", () => { gutter.scrollTop = written.scrollTop; });
  written.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask("run");
  });
  editor.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(event.submitter?.value ?? "update");
  });
  editor.addEventListener("change", ({ target }) => { if (target.hasAttribute("data-updates")) ask("update"); });
  editor.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const lines = written.value.split("\n"), line = Number(link.dataset.line) - 1;
    const at = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + Number(link.dataset.column) - 1;
    written.focus();
    written.setSelectionRange(at, at + Math.max(1, (lines[line] ?? "").length - Number(link.dataset.column) + 1));
    written.scrollTop = Math.max(0, line - 5) * parseFloat(getComputedStyle(written).lineHeight);
  });
  editor.querySelector("[data-cancel]").addEventListener("click", () => { asking?.abort(); busy(false); });
  editor.querySelector("[data-update]").hidden = true;

  // The files of a folder, without what is not part of a template.
  const input = editor.querySelector("[data-folder-input]"), choose = editor.querySelector("[data-folder]");
  const most = 5 * 1024 * 1024;
  const base64 = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
  choose.hidden = false;
  choose.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const below = (file) => file.webkitRelativePath.split("/").slice(1).join("/");
    const wanted = [...input.files].filter((file) => !/(^|\/)(\.git|node_modules)\//.test(below(file)));
    const size = wanted.reduce((sum, file) => sum + file.size, 0);
    if (wanted.length > 1000 || size > most) {
      editor.querySelector("[data-files-count]").textContent = "The folder is too large: 1,000 files and 5 MB are the most.";
      return;
    }
    const all = await Promise.all(wanted.map(async (file) => ({ path: below(file), base64Content: file.size ? await base64(file) : "" })));
    files.value = JSON.stringify(all);
    editor.elements.origin?.remove();
    const template = wanted.find((file) => /^template\.ya?ml$/.test(below(file)));
    if (template) written.value = saved = await template.text();
    countFiles();
    number();
    ask("update");
  });
  addEventListener("beforeunload", (event) => { if (written.value !== saved) event.preventDefault(); });
  countFiles();
  number();
}
