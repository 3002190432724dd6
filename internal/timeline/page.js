
const header = html(
  "header",
  {},
  html("h1", {}, data.title),
  html(
    "p",
    {},
    ...[data.release, "engine " + data.engine, "seed " + data.seed].map(w => html("span", {class: "chip"}, w)),
    html("span", {class: data.pass ? "chip" : "chip fail"}, data.pass ? "✓ pass" : "✕ FAIL"),
  ),
  html("p", {class: "summary"}, data.summary),
);
if (data.failures.length) {
  header.append(
    html(
      "ol",
      {class: "failures", "aria-label": "expectations that did not hold"},
      ...data.failures.map(f =>
        html(
          "li",
          {},
          f.message,
          f.to < 0 ? "" : button("show", () => showFailure(f), {"aria-label": "show in the chart: " + f.message}),
        ),
      ),
    ),
  );
}
for (const n of data.notes) header.append(html("p", {class: "notes"}, n));

// The part of the run that is shown.
const step = data.step,
  end = data.end > 0 ? data.end : step;
const view = new View({kind: "time", lo: 0, hi: end}, Math.min(end, step * 10));
const shown = html("output", {"aria-live": "polite"});
const zooms = [
  ["−", "zoom out", () => view.zoom(2)],
  ["+", "zoom in", () => view.zoom(0.5)],
  ["◀", "earlier", () => view.move(-0.5)],
  ["▶", "later", () => view.move(0.5)],
  ["whole run", "show the whole run", () => view.all()],
];
const bar = html(
  "div",
  {class: "bar", role: "group", "aria-label": "time that is shown"},
  ...zooms.map(([text, name, click]) => button(text, click, {"aria-label": name, title: name})),
  shown,
);
const digits = Math.max(0, -Math.floor(Math.log10(step)));
const round = v => time(+v.toFixed(digits));
const range = () => {
  const {lo, hi} = view.axis;
  shown.textContent = hi - lo >= end ? `all ${time(end)}` : `${round(lo)} to ${round(hi)} of ${time(end)}`;
};
view.listeners.push(range);
range();

// The lanes: one for what no Alertmanager knows, and one for each actor.
const points = data.points;
const stops = Array.from({length: points}, (_, i) => i * step).filter(t => t <= end);
const sum = (list, from, to) => list.slice(from, to).reduce((a, b) => a + b, 0);
const most = (list, from, to) => list.slice(from, to).reduce((a, b) => Math.max(a, b), -1);
const lanes = data.any ? [data.any, ...data.lanes] : data.lanes;
const largest = lists => lists.reduce((n, list) => Math.max(n, most(list)), 0);
const fullest = largest(data.lanes.flatMap(l => [l.queued || [], l.in_flight]));
const unknownOf = l => (l.unknown || []).map((n, i) => n + l.falsely_resolved[i]);
const unknownMost = largest(lanes.map(unknownOf));
const delays = decades(data.lanes.flatMap(l => l.delay.filter(s => s > 0)));
let chosen = {marks: [], at: -1}; // the events and the instant that the story is about
