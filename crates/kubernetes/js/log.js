// Follows a container's log: the page holds the last lines, the stream brings those after them. The page keeps a bounded
// number of lines, and scrolls along while its end is in sight.
const most = 2000;
const log = document.querySelector("[data-log]");
if (log) {
  const state = document.querySelector("[data-log-state]");
  const say = (text) => { state.textContent = text; };
  const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  const lineOf = ({ at, text }, name = "k8s-line") => {
    const line = document.createElement("div");
    line.className = name;
    if (at) {
      const time = document.createElement("time");
      time.dateTime = at;
      time.textContent = at.slice(11, 23).replace("Z", "");
      line.append(time, " ");
    }
    line.append(text);
    return line;
  };
  const source = new EventSource(log.dataset.log);
  source.onopen = () => say("Live. New lines appear at the end.");
  source.onerror = () => say("The connection was lost; it is made again.");
  source.addEventListener("lines", (event) => {
    const { lines, leftOut } = JSON.parse(event.data), follows = isAtEnd();
    if (leftOut) log.append(lineOf({ text: `${leftOut} lines came too fast and are left out` }, "k8s-line k8s-gap"));
    log.append(...lines.map((line) => lineOf(line)));
    while (log.childElementCount > most) log.firstElementChild.remove();
    if (follows) log.scrollTop = log.scrollHeight;
  });
  source.addEventListener("ended", (event) => {
    source.close();
    say(`The log has ended. ${JSON.parse(event.data).reason}`);
  });
  addEventListener("pagehide", () => source.close());
  log.scrollTop = log.scrollHeight;
}
