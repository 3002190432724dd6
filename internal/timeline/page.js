
const header = html("header", {}, html("h1", {}, data.title),
  html("p", {}, ...[data.release, "engine " + data.engine, "seed " + data.seed].map(w => html("span", {class: "chip"}, w)),
    html("span", {class: data.pass ? "chip" : "chip fail"}, data.pass ? "✓ pass" : "✕ FAIL")),
  html("p", {class: "summary"}, data.summary));
if (data.failures.length) {
  header.append(html("ol", {class: "failures", "aria-label": "expectations that did not hold"}, ...data.failures.map(f =>
    html("li", {}, f.message, f.to < 0 ? "" : button("show", () => showFailure(f), {"aria-label": "show in the chart: " + f.message})))));
}
for (const n of data.notes) header.append(html("p", {class: "notes"}, n));

// The part of the run that is shown.
const step = data.step, end = data.end > 0 ? data.end : step;
const view = new View({kind: "time", lo: 0, hi: end}, Math.min(end, step * 10));
const shown = html("output", {"aria-live": "polite"});
const zooms = [["−", "zoom out", () => view.zoom(2)], ["+", "zoom in", () => view.zoom(.5)],
  ["◀", "earlier", () => view.move(-.5)], ["▶", "later", () => view.move(.5)], ["whole run", "show the whole run", () => view.all()]];
const bar = html("div", {class: "bar", role: "group", "aria-label": "time that is shown"},
  ...zooms.map(([text, name, click]) => button(text, click, {"aria-label": name, title: name})), shown);
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
const most = (list, from, to) => list.slice(from, to).reduce((a, b) => Math.max(a, b), 0);
const delays = decades(data.lanes.flatMap(l => l.delay.filter(s => s > 0)).concat(data.lanes.length ? [] : [1]));
const largest = lists => lists.reduce((n, list) => Math.max(n, most(list, 0)), 0);
const fullest = largest(data.lanes.flatMap(l => [l.queued || [], l.in_flight]));
const alertsOf = (l, i) => (l.unknown ? l.unknown[i] + l.falsely_resolved[i] : 0);
const unknownMost = Math.max(...[data.any, ...data.lanes].filter(l => l && l.unknown).map(l => largest([stops.map((_, i) => alertsOf(l, i))])), 0);
let chosen = {marks: [], at: -1}; // the events and the instant that the story is about

const looks = {
  queue_full: "red fill", send_failed: "sky hatch", batch_too_large: "ink hatch", removed: "green hatch", shutdown: "red hatch",
};

// bars draws the drops as stacked bars, each over several points if they are closer than 3 pixels.
const bars = (l, every) => p => {
  const first = Math.floor(p.lo / step / every) * every, last = Math.min(points - 1, Math.ceil(p.hi / step));
  for (let i = first; i <= last; i += every) {
    let base = 0;
    const left = Math.max(p.left, p.x(i * step)), right = Math.min(p.right, Math.max(p.x((i + every) * step), left + 2.4));
    for (const why of data.reasons) {
      const n = sum(l.dropped[why] || [], i, i + every);
      if (!n || right <= left) continue;
      p.add("rect", {class: looks[why], x: left, y: p.y(base + n), width: right - left, height: Math.max(1, p.y(base) - p.y(base + n))});
      base += n;
    }
  }
};

function panels(l, width) {
  const list = [], {lo, hi} = view.axis;
  if (l.in_flight) {
    const layers = l.queued ? [steps("queue", l.queued, step, true)] : [];
    layers.push(steps("stroke green dashed", l.in_flight, step));
    const axis = upTo("count", fullest, 4);
    if (l.queued && data.capacity <= axis.hi) layers.push(rule(data.capacity, "capacity " + number(data.capacity)));
    list.push({title: l.queued ? "copies that wait or are in flight" : "copies in flight", height: 96, axis, layers});
  }
  if (l.dropped && Object.keys(l.dropped).length) {
    const every = Math.max(1, Math.ceil((hi - lo) / step / ((width - LEFT - RIGHT) / 3)));
    let highest = 0;
    for (let i = 0; i < points; i += every) highest = Math.max(highest, data.reasons.reduce((n, w) => n + sum(l.dropped[w] || [], i, i + every), 0));
    list.push({title: "copies dropped, per " + time(+(every * step).toPrecision(3)), height: 48, axis: upTo("count", highest, 2), layers: [bars(l, every)]});
  }
  if (alertsEver(l)) {
    const both = l.unknown.map((n, i) => n + l.falsely_resolved[i]);
    list.push({title: "alerts that fire and are unknown", height: 48, axis: upTo("count", unknownMost, 2),
      layers: [steps("hatch orange", l.unknown, step, true), steps("hatch purple", both, step, true, l.unknown)]});
  }
  if (l.delay && l.delay.some(s => s >= 0)) {
    const list2 = l.delay.flatMap((s, i) => s < 0 ? [] : [[i * step, Math.max(s, delays.lo)]]);
    list.push({title: "longest delay from Send to the answer", height: 56, axis: delays, layers: [line("ink", list2, 0, 60 * step)]});
  }
  return list.length ? list : [{title: "nothing happens here", height: 20, axis: upTo("count", 1, 1), layers: []}];
}
const alertsEver = l => l.unknown && largest([l.unknown, l.falsely_resolved]) > 0;

// Layers over a whole lane: faults, failed expectations, and what the story is about.
const marksOf = l => chosen.marks.filter(e => data.lanes[e.l] === l);
const head = l => 4 + (marksOf(l).length ? 14 : 0) + (failuresOf(l).length ? 20 : 0) + (l.faults.length ? 20 : 0);
const failuresOf = l => data.failures.filter(f => f.to >= 0 && (f.lane === -1 || data.lanes[f.lane] === l));
const under = l => [p => {
  let free = 0;
  for (const f of l.faults) {
    const left = Math.max(p.left, p.x(f.from)), right = Math.min(p.right, Math.max(p.x(f.to), left + 2));
    if (f.to < p.lo || f.from > p.hi) continue;
    p.add("rect", {class: "hatch grey", x: left, y: p.top, width: right - left, height: p.bottom - p.top});
    p.add("line", {class: "faultedge", x1: left, x2: right, y1: p.top, y2: p.top});
    const text = "fault: " + f.what, wide = text.length * 6.4, at = Math.max(Math.min(left, p.right - wide), 2);
    if (at < free) continue;
    p.add("text", {class: "strong", x: at, y: p.top - 6}, text);
    free = at + wide + 8;
  }
}];
const over = l => [p => {
  for (const f of failuresOf(l)) {
    if (f.to < p.lo || f.from > p.hi) continue;
    const left = Math.max(p.left, p.x(f.from)), right = Math.min(p.right, p.x(f.to)), y = p.top - (l.faults.length ? 22 : 4);
    const whole = f.from <= 0 && f.to >= data.end, no = data.failures.indexOf(f) + 1;
    if (right > left) p.add("line", {class: "window", x1: left, x2: right, y1: y, y2: y});
    if (!whole) p.add("line", {class: "failure", x1: right, x2: right, y1: y, y2: p.bottom});
    p.add("rect", {class: "failurebox", x: right - 26, y: y - 15, width: 27, height: 16, rx: 3});
    p.add("text", {class: "failureno", x: right - 12.5, y: y - 3, "text-anchor": "middle"}, "✕ " + no);
  }
}, p => {
  for (const e of marksOf(l)) {
    if (e.t < p.lo || e.t > p.hi) continue;
    const at = p.x(e.t), y = 8;
    p.add("path", {class: bad(e) ? "mark bad" : "mark", d: bad(e) ? `M${at - 4},${y - 4}h8v8h-8z` : `M${at},${y - 5}l5,5l-5,5l-5,-5z`});
  }
  if (chosen.at >= p.lo && chosen.at <= p.hi) p.add("line", {class: "chosen", x1: p.x(chosen.at), x2: p.x(chosen.at), y1: p.top, y2: p.bottom});
}];

// describe says what a lane shows at a point.
function describe(l, i) {
  const t = stops[i], list = [], within = s => s.from < t + step && s.to >= t;
  if (l.queued) list.push(["copies that wait", number(l.queued[i])]);
  if (l.in_flight) list.push(["copies in flight", number(l.in_flight[i])]);
  for (const why of data.reasons) if (l.dropped && l.dropped[why] && l.dropped[why][i]) list.push(["dropped: " + why, number(l.dropped[why][i])]);
  if (l.unknown) {
    list.push(["alerts not known yet", number(l.unknown[i])]);
    if (l.falsely_resolved[i]) list.push(["alerts falsely resolved", number(l.falsely_resolved[i])]);
  }
  if (l.delay && l.delay[i] >= 0) list.push(["longest delay", time(l.delay[i])]);
  for (const f of l.faults.filter(within)) list.push(["fault", f.what]);
  for (const f of failuresOf(l).filter(within)) list.push(["✕ " + (data.failures.indexOf(f) + 1), f.message]);
  for (const e of marksOf(l).filter(e => e.t >= t && e.t < t + step).slice(0, 4)) list.push([storyName.textContent, what(e)]);
  return [`${l.name}, ${round(t)}`, ...list];
}

// rows is the table of a lane: about twenty rows over the time that is shown.
function rows(l) {
  const {lo, hi} = view.axis, marks = ticks({kind: "time", lo, hi}, 20), at = v => Math.max(0, Math.ceil(v / step - 1e-9));
  const names = ["from"];
  if (l.queued) names.push("copies that wait");
  if (l.in_flight) names.push("copies in flight");
  const reasons = data.reasons.filter(w => l.dropped && l.dropped[w]);
  names.push(...reasons.map(w => "dropped: " + w));
  if (l.unknown) names.push("alerts not known yet", "alerts falsely resolved");
  if (l.delay) names.push("longest delay");
  return [names, marks.map((v, i) => {
    const from = at(v), to = i + 1 < marks.length ? Math.max(at(marks[i + 1]), from + 1) : points, cells = [time(v)];
    if (l.queued) cells.push(number(most(l.queued, from, to)));
    if (l.in_flight) cells.push(number(most(l.in_flight, from, to)));
    for (const w of reasons) cells.push(number(sum(l.dropped[w], from, to)));
    if (l.unknown) cells.push(number(most(l.unknown, from, to)), number(most(l.falsely_resolved, from, to)));
    if (l.delay) cells.push(most(l.delay, from, to) || l.delay.slice(from, to).some(s => s === 0) ? time(most(l.delay, from, to)) : "–");
    return cells;
  })];
}

// facts says in words what a lane does not draw.
function facts(l) {
  const list = [];
  if (l.dropped && !Object.keys(l.dropped).length) list.push("no copies dropped");
  if (l.unknown && !alertsEver(l)) list.push("every alert known at once");
  return list.join(", ");
}

const charts = [];
function lane(l) {
  const c = chart({
    name: `${l.name}: cursor in time`, label: `${l.name}: queue, requests, drops, alerts and delays over time`, view, zooms: true, floor: true, stops,
    x: "time since the start of the run", head: () => head(l), panels: width => panels(l, width), under: under(l), over: over(l),
    describe: i => describe(l, i), rows: () => rows(l), choose: i => timeStory(stops[i], l),
  });
  charts.push({lane: l, c});
  return html("section", {class: "card", "aria-label": l.name}, html("h3", {}, l.name, html("span", {class: "facts"}, facts(l))), c);
}
const redraw = () => { for (const {c} of charts) c.draw(); };
function showFailure(f) {
  const {lane, c} = charts.find(({lane}) => f.lane === -1 ? lane.in_flight : lane === data.lanes[f.lane]) || charts[0];
  if (f.to < view.axis.lo || f.to > view.axis.hi) view.all();
  c.show(f.to);
  timeStory(f.to, lane);
}

const symbols = [{cls: "stroke green dashed", text: "copies in flight"}];
if (data.lanes.some(l => l.queued)) symbols.unshift({cls: "queue", area: true, text: "copies that wait"});
for (const w of data.reasons) if (data.lanes.some(l => l.dropped[w])) symbols.push({cls: looks[w], area: true, text: "dropped: " + w});
if ([data.any, ...data.lanes].some(l => l && l.unknown && largest([l.unknown]))) symbols.push({cls: "hatch orange", area: true, text: "alert not known yet"});
if ([data.any, ...data.lanes].some(l => l && l.falsely_resolved && largest([l.falsely_resolved]))) symbols.push({cls: "hatch purple", area: true, text: "alert falsely resolved"});
symbols.push({cls: "stroke ink", shape: 0, text: "longest delay"});
if (data.lanes.some(l => l.faults.length)) symbols.push({cls: "hatch grey", area: true, text: "fault"});

