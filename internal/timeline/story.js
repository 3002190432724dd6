
// The side: alerts to search for, and what happened to an alert or around an instant.
const search = html("input", {type: "search", placeholder: "find an alert", "aria-label": "find an alert"});
const found = html("ul", {class: "list", id: "alerts", "aria-label": "alerts"});
const hint = html("p", {class: "hint", "aria-live": "polite"});
const storyName = html("h2", {id: "story-name", "aria-live": "polite"}, "What happens");
const story = html("ol", {class: "story", id: "story", tabindex: 0, "aria-labelledby": "story-name"});
const side = html(
  "aside",
  {class: "card", "aria-label": "alerts and what happened to them"},
  html("h2", {}, "Alerts"),
  search,
  hint,
  found,
  storyName,
  story,
);
const SHOWN = 100,
  ROWS = 300;
let open = -1;

function find() {
  const word = search.value.trim().toLowerCase(),
    hits = [];
  let n = 0;
  data.alerts.forEach((name, i) => {
    if (name.toLowerCase().includes(word) && ++n <= SHOWN) hits.push(i);
  });
  found.replaceChildren(
    ...hits.map(i =>
      html(
        "li",
        {},
        button(data.alerts[i], () => alertStory(i), i === open ? {class: "on", "aria-current": "true"} : {}),
      ),
    ),
  );
  hint.textContent =
    n > SHOWN
      ? `${number(SHOWN)} of ${number(n)} alerts; write a part of the name to find others`
      : n === 1
        ? "1 alert"
        : `${number(n)} alerts`;
}

const words = {
  send: "sent",
  queue: "queued",
  post: "posted",
  lost: "the batch counts as lost",
  late: "stored after the request timed out",
  expired: "stored as resolved: its end had passed",
  falsely_resolved: "resolves here though it fires",
  refired: "fires again",
  resurrected: "fires again though it is over",
  blocked: "waits for the notifier's lock",
  targets: "target update",
  missed: "target update missed",
  reload: "reload",
  join: "joins",
  leave: "leaves",
  fault: "fault begins: ",
  fault_end: "fault ends: ",
  stop: "the sender is stopped",
  stopped: "the sender has stopped",
  started: "the sender has started again",
};
const bad = e =>
  e.k === "drop" ||
  (e.k === "answer" && e.w !== "200") ||
  ["falsely_resolved", "fault", "lost", "gap", "failure"].includes(e.k);
const good = e => e.k === "answer" && e.w === "200";
const what = e =>
  e.k === "drop"
    ? "dropped: " + e.w
    : e.k === "answer"
      ? e.w === "200"
        ? "answered 200: delivered"
        : e.w === "cut"
          ? "cut off by the shutdown"
          : "request ended with " + e.w
      : e.k === "gap" || e.k === "failure"
        ? e.w
        : words[e.k] + (e.k.startsWith("fault") ? e.w : "");

function row(e, one) {
  const text = html("span", {}, html("span", {class: "what"}, what(e)));
  if (!one && e.n) {
    text.append(`, ${number(e.n)} `);
    if (e.a && e.a[0] < data.alerts.length)
      text.append(button(data.alerts[e.a[0]] + (e.n > 1 ? " …" : ""), () => alertStory(e.a[0])));
  }
  const who = [data.lanes[e.l] && data.lanes[e.l].name, e.r && "replica " + e.r].filter(w => w).join(" ");
  if (who) text.append(" ", html("span", {class: "who"}, who));
  return html("li", {class: bad(e) ? "bad" : good(e) ? "good" : ""}, html("time", {}, time(e.t)), text);
}

// alertStory shows the events of one alert, and when it was uncovered.
function alertStory(number) {
  open = number;
  const list = data.events.filter(e => {
    for (let i = 0; e.a && i < e.a.length; i += 2) if (number >= e.a[i] && number < e.a[i] + e.a[i + 1]) return true;
    return false;
  });
  const gaps = data.uncovered
    .filter(u => number >= u.first && number < u.first + u.n)
    .map(u => ({
      t: u.from,
      l: u.lane,
      k: "gap",
      w:
        (u.falsely_resolved ? "falsely resolved for " : "fires and is not known for ") +
        time(+(u.to - u.from).toFixed(6)),
    }));
  chosen = {marks: list.filter(e => e.k !== "queue" && e.k !== "lost").slice(0, ROWS), at: -1};
  show(
    data.alerts[number],
    [...gaps, ...list].sort((a, b) => a.t - b.t),
    true,
  );
  find();
}

// timeStory shows the events around an instant, of a lane and the sender.
function timeStory(t, lane) {
  const l = data.lanes.indexOf(lane),
    near = Math.max(step * 3, (view.axis.hi - view.axis.lo) / 200);
  const here = data.events.filter(e => l < 0 || e.l === l || e.l < 0);
  const nearest = here.reduce((best, e) => (Math.abs(e.t - t) < Math.abs(best - t) ? e.t : best), -Infinity);
  const failed = data.failures
    .filter(f => f.to >= 0 && Math.abs(f.to - t) <= near && (f.lane === -1 || f.lane === l))
    .map(f => ({t: f.to, l: f.lane, k: "failure", w: f.message}));
  if (!failed.length && Math.abs(nearest - t) <= near) t = nearest;
  chosen = {marks: [], at: t};
  open = -1;
  const list = here.filter(e => Math.abs(e.t - t) <= near);
  show(`${lane.name} around ${time(+t.toPrecision(3))}`, [...failed, ...list], false);
  find();
}

const note = text => story.append(html("li", {class: "note"}, text));

function show(name, list, one) {
  storyName.textContent = name;
  story.replaceChildren(...list.slice(0, ROWS).map(e => row(e, one)));
  story.scrollTop = 0;
  if (!list.length) note("this page has no events of it");
  if (list.length > ROWS) note(`and ${number(list.length - ROWS)} more`);
  redraw();
}

note("Choose an alert for its story, or a point of the chart for what happens there.");
search.addEventListener("input", find);
find();
const key = name => html("kbd", {}, name);
const keys = html(
  "p",
  {class: "keys"},
  "Drag over a chart to zoom in. In a chart: ",
  key("←"),
  " ",
  key("→"),
  " move the cursor, ",
  key("Enter"),
  " shows what happens there, ",
  key("+"),
  " ",
  key("−"),
  " ",
  key("0"),
  " zoom, ",
  key("<"),
  " ",
  key(">"),
  " move the range.",
);
const chartsColumn = html("div", {class: "lanes"}, html("div", {}, legend(symbols), keys), ...lanes.map(lane));
document.body.append(header, html("main", {}, html("div", {}, bar, chartsColumn), side));
redraw();
