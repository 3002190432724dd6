
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const NS = "http://www.w3.org/2000/svg";
const number = n => n.toString().replace(/\B(?=(\d{3})+$)/g, ",");

// time writes seconds as the scenario does: 1h30m, 20ms.
function time(s) {
  if (s === 0) return "0s";
  if (s < 0.001) return +(s * 1e6).toPrecision(4) + "µs";
  if (s < 1) return +(s * 1e3).toPrecision(4) + "ms";
  let out = "";
  const h = Math.floor(s / 3600), m = Math.floor(s % 3600 / 60), rest = +(s % 60).toFixed(3);
  if (h) out += h + "h";
  if (m) out += m + "m";
  if (rest || !out) out += rest + "s";
  return out;
}

function html(tag, props, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children);
  return e;
}

function svg(tag, attributes, text) {
  const e = document.createElementNS(NS, tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text !== undefined) e.textContent = text;
  return e;
}

const header = html("header", {},
  html("h1", {}, data.title,
    html("span", {className: "chip"}, data.release), html("span", {className: "chip"}, "engine " + data.engine),
    html("span", {className: "chip"}, "seed " + data.seed),
    html("span", {className: "chip " + (data.pass ? "pass" : "fail")}, data.pass ? "pass" : "FAIL")),
  html("p", {className: "summary"}, data.summary));
if (data.failures.length) {
  const list = html("ul", {className: "failures"});
  list.setAttribute("aria-label", "expectations that did not hold");
  for (const f of data.failures) list.append(html("li", {}, f));
  header.append(list);
}
for (const n of data.notes) header.append(html("p", {className: "notes"}, n));

// The chart: for each actor a lane of three panels over one time axis.
const W = 1000, LEFT = 78, RIGHT = 14, NAME = 24, QUEUE = 92, DROPS = 34, DELAY = 44, GAP = 8, FOOT = 22;
const LANE = NAME + QUEUE + GAP + DROPS + GAP + DELAY + 24;
const H = data.lanes.length * LANE + FOOT;
const x = t => LEFT + (W - LEFT - RIGHT) * (data.end > 0 ? t / data.end : 0);
const points = data.lanes.length ? data.lanes[0].in_flight.length : 0;
const at = i => Math.min(i * data.step, data.end);
const chart = svg("svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": "queues, requests, drops and delays over time"});

// niceStep returns a round step that makes about n ticks.
function niceStep(n) {
  const steps = [1e-3, 2e-3, 5e-3, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  return steps.find(s => data.end / s <= n) || data.end / n;
}

// round returns the smallest round number that is at least n, for an axis.
function round(n) {
  const p = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 2.5, 5, 10].map(f => f * p).find(v => v >= n);
}

function steps(values, y) { // a curve that holds each value for a step
  let d = `M${x(0).toFixed(1)},${y(values[0]).toFixed(1)}`, last = values[0];
  for (let i = 1; i < values.length; i++) {
    if (values[i] === last) continue;
    last = values[i];
    d += `H${x(at(i)).toFixed(1)}V${y(last).toFixed(1)}`;
  }
  return d + `H${x(data.end).toFixed(1)}`;
}

const delays = data.lanes.flatMap(l => l.delay).filter(d => d > 0);
const fastest = Math.min(.01, ...delays), slowest = Math.max(.1, ...delays);
const decade = [Math.floor(Math.log10(fastest)), Math.ceil(Math.log10(slowest))];
const marks = svg("g", {});

function lane(l, i) {
  const top = i * LANE, q0 = top + NAME, d0 = q0 + QUEUE + GAP, y0 = d0 + DROPS + GAP;
  chart.append(svg("text", {class: "name", x: 0, y: top + 15}, l.name));
  const held = (l.queued || []).concat(l.in_flight);
  const most = round(Math.max(1, ...held));
  const y = n => q0 + QUEUE - QUEUE * n / most;
  for (const n of [0, most / 2, most]) {
    chart.append(svg("line", {class: "grid", x1: LEFT, x2: W - RIGHT, y1: y(n), y2: y(n)}));
    if (Number.isInteger(n)) chart.append(svg("text", {x: LEFT - 6, y: y(n) + 4, "text-anchor": "end"}, number(n)));
  }
  for (const f of l.faults) {
    chart.append(svg("rect", {class: "fault", x: x(f.from), width: Math.max(2, x(f.to) - x(f.from)), y: q0, height: LANE - NAME - 24}));
    chart.append(svg("line", {class: "faultedge", x1: x(f.from), x2: Math.max(x(f.from) + 2, x(f.to)), y1: q0, y2: q0}));
    chart.append(svg("text", {class: "faultname", x: Math.min(x(f.from) + 4, W - 120), y: q0 - 4}, f.what));
  }
  if (l.queued && data.capacity <= most) {
    chart.append(svg("line", {class: "capacity", x1: LEFT, x2: W - RIGHT, y1: y(data.capacity), y2: y(data.capacity)}));
    const place = {x: W - RIGHT, y: y(data.capacity) - 3, "text-anchor": "end"};
    chart.append(svg("text", place, "capacity " + number(data.capacity)));
  }
  if (l.queued) chart.append(svg("path", {class: "queue", d: steps(l.queued, y) + `V${y(0)}H${x(0)}Z`}));
  chart.append(svg("path", {class: "flight", d: steps(l.in_flight, y)}));

  // drops: bars, one for each reason, stacked
  const sums = new Array(points).fill(0);
  for (const why of data.reasons) (l.dropped[why] || []).forEach((n, j) => sums[j] += n);
  const worst = Math.max(1, ...sums), base = new Array(points).fill(d0 + DROPS);
  chart.append(svg("line", {class: "grid", x1: LEFT, x2: W - RIGHT, y1: d0 + DROPS, y2: d0 + DROPS}));
  chart.append(svg("text", {x: LEFT - 6, y: d0 + DROPS, "text-anchor": "end"}, "dropped"));
  if (Math.max(...sums) > 0) chart.append(svg("text", {x: LEFT - 6, y: d0 + DROPS - 14, "text-anchor": "end"}, number(worst)));
  const wide = Math.max(2.4, x(data.step) - x(0));
  for (const why of data.reasons) (l.dropped[why] || []).forEach((n, j) => {
    if (!n) return;
    const h = Math.max(2, DROPS * n / worst);
    base[j] -= h;
    chart.append(svg("rect", {class: why, x: Math.min(x(at(j)), W - RIGHT - wide), y: base[j], width: wide, height: h}));
  });

  // delays: on a logarithmic scale, with lines between points that are close
  const logY = s => y0 + DELAY - DELAY * (Math.log10(Math.max(s, 10 ** decade[0])) - decade[0]) / (decade[1] - decade[0]);
  for (const e of decade) {
    chart.append(svg("line", {class: "grid", x1: LEFT, x2: W - RIGHT, y1: logY(10 ** e), y2: logY(10 ** e)}));
    chart.append(svg("text", {x: LEFT - 6, y: logY(10 ** e) + 4, "text-anchor": "end"}, time(10 ** e)));
  }
  let path = "", last = -9;
  l.delay.forEach((s, j) => {
    if (s < 0) return;
    const px = x(at(j)).toFixed(1), py = logY(s).toFixed(1);
    path += (j - last <= 60 ? "L" : "M") + px + "," + py;
    last = j;
    chart.append(svg("circle", {class: "delaydot", cx: px, cy: py, r: 1.8}));
  });
  if (path) chart.append(svg("path", {class: "delay", d: "M" + path.slice(1)}));
}
const tick = niceStep(10);
for (let t = 0; t <= data.end + 1e-9; t += tick) {
  chart.append(svg("line", {class: "grid", x1: x(t), x2: x(t), y1: NAME, y2: H - FOOT}));
  chart.append(svg("text", {x: x(t), y: H - 6, "text-anchor": "middle"}, time(+t.toFixed(6))));
  if (tick <= 0) break;
}
data.lanes.forEach(lane);

const cursor = svg("line", {class: "cursor", y1: 0, y2: H - FOOT, visibility: "hidden"});
const chosen = svg("line", {class: "chosen", y1: 0, y2: H - FOOT, visibility: "hidden"});
const hit = svg("rect", {class: "hit", x: LEFT, y: 0, width: W - LEFT - RIGHT, height: H - FOOT});
chart.append(chosen, marks, cursor, hit);

const legend = html("p", {className: "legend"});
for (const [c, text] of [["q", "copies waiting"], ["f", "copies in flight"], ["d", "longest delay from Send to the answer"], ["x", "fault active"]])
  legend.append(html("span", {}, html("i", {className: c}), text));
for (const why of data.reasons) if (data.lanes.some(l => l.dropped[why])) legend.append(html("span", {}, html("i", {className: why}), why));

const readout = html("p", {className: "readout"}, "Point at the chart for its numbers; click it for what happens there.");
function where(event) {
  const box = chart.getBoundingClientRect();
  const t = ((event.clientX - box.left) * W / box.width - LEFT) / (W - LEFT - RIGHT) * data.end;
  const lane = Math.floor((event.clientY - box.top) * W / box.width / LANE);
  return {t: Math.min(Math.max(t, 0), data.end), lane: Math.min(Math.max(lane, 0), data.lanes.length - 1)};
}
hit.addEventListener("pointermove", event => {
  const {t, lane} = where(event), l = data.lanes[lane], i = Math.min(points - 1, Math.floor(t / data.step));
  cursor.setAttribute("x1", x(t)); cursor.setAttribute("x2", x(t)); cursor.setAttribute("visibility", "visible");
  readout.replaceChildren(html("b", {}, `${time(+t.toPrecision(4))}  ${l.name}`), "  ",
    (l.queued ? number(l.queued[i]) + " wait, " : "") + number(l.in_flight[i]) + " in flight" +
    data.reasons.filter(w => l.dropped[w] && l.dropped[w][i]).map(w => `, ${number(l.dropped[w][i])} ${w}`).join("") +
    (l.delay[i] >= 0 ? `, delay ${time(l.delay[i])}` : ""));
});
hit.addEventListener("pointerleave", () => cursor.setAttribute("visibility", "hidden"));

// The side: alerts to search for, and a story.
const search = html("input", {type: "search", placeholder: "find an alert", ariaLabel: "find an alert"});
const found = html("ul", {className: "list", id: "alerts"});
const hint = html("p", {className: "hint"});
const storyName = html("h2", {id: "story-name"}, "What happens");
const story = html("ol", {className: "story", id: "story"}, html("li", {}, html("time", {}), html("span", {className: "who"}, "Click an alert for its story, or the chart for an instant.")));
const side = html("aside", {}, html("h2", {}, "Alerts"), search, hint, found, storyName, story);
const SHOWN = 100, ROWS = 300;
let open = -1;

function find() {
  const word = search.value.trim().toLowerCase(), hits = [];
  let n = 0;
  data.alerts.forEach((name, i) => {
    if (name.toLowerCase().includes(word) && ++n <= SHOWN) hits.push(i);
  });
  found.replaceChildren(...hits.map(i => html("li", {}, button(data.alerts[i], () => alertStory(i), i === open))));
  hint.textContent = n > SHOWN ? `${number(SHOWN)} of ${number(n)} alerts; write a part of the name to find others` : n === 1 ? "1 alert" : `${number(n)} alerts`;
}

function button(text, click, on) {
  const b = html("button", {type: "button", className: on ? "on" : ""}, text);
  b.addEventListener("click", click);
  return b;
}

const words = {
  send: "sent", queue: "queued", post: "posted", lost: "the batch counts as lost",
  late: "stored after the request timed out", expired: "stored as resolved: its end had passed",
  falsely_resolved: "resolves here though it fires", refired: "fires again",
  resurrected: "fires again though it is over", blocked: "waits for the notifier's lock", targets: "target update", missed: "target update missed",
  reload: "reload", join: "joins", leave: "leaves", fault: "fault begins: ", fault_end: "fault ends: ", stop: "the sender is stopped", stopped: "the sender has stopped", started: "the sender has started again",
};
const bad = e => e.k === "drop" || e.k === "answer" && e.w !== "200" || ["falsely_resolved", "fault", "lost"].includes(e.k);

function row(e, one) {
  const what = e.k === "drop" ? "dropped: " + e.w
    : e.k === "answer" ? (e.w === "200" ? "answered 200: delivered" : e.w === "cut" ? "cut off by the shutdown" : "request ended with " + e.w)
    : words[e.k] + (e.k.startsWith("fault") ? e.w : "");
  const li = html("li", {className: bad(e) ? "bad" : e.k === "answer" ? "good" : ""}, html("time", {}, time(e.t)));
  const text = html("span", {}, html("span", {className: "what"}, what));
  if (!one && e.n) {
    text.append(`, ${number(e.n)} `);
    if (e.a && e.a[0] < data.alerts.length) text.append(button(data.alerts[e.a[0]] + (e.n > 1 ? " …" : ""), () => alertStory(e.a[0])));
  }
  text.append(html("span", {className: "who"}, " " + (e.l < 0 ? "" : data.lanes[e.l] ? data.lanes[e.l].name : "") + (e.r ? " replica " + e.r : "")));
  li.append(text);
  return li;
}

// alertStory shows the events of one alert.
function alertStory(number) {
  open = number;
  const list = data.events.filter(e => {
    for (let i = 0; e.a && i < e.a.length; i += 2) if (number >= e.a[i] && number < e.a[i] + e.a[i + 1]) return true;
    return false;
  });
  show(data.alerts[number], list, true);
  marks.replaceChildren(...list.slice(0, ROWS).flatMap(e => {
    if (e.l < 0 || !data.lanes[e.l] || e.k === "queue" || e.k === "lost") return [];
    const dot = svg("circle", {class: "mark" + (bad(e) ? " bad" : ""), cx: x(e.t), cy: e.l * LANE + NAME + QUEUE, r: 4});
    dot.append(svg("title", {}, `${time(e.t)} ${e.k} ${e.w || ""}`));
    return [dot];
  }));
  find();
}

// timeStory shows the events around an instant, of a lane and the sender.
function timeStory(t, lane) {
  const near = Math.max(data.step * 3, data.end / 200), here = data.events.filter(e => e.l === lane || e.l < 0);
  const nearest = here.reduce((best, e) => Math.abs(e.t - t) < Math.abs(best - t) ? e.t : best, -Infinity);
  if (Math.abs(nearest - t) <= near) t = nearest;
  marks.replaceChildren();
  chosen.setAttribute("x1", x(t)); chosen.setAttribute("x2", x(t)); chosen.setAttribute("visibility", "visible");
  show(`${data.lanes[lane].name} around ${time(+t.toPrecision(3))}`, here.filter(e => Math.abs(e.t - t) <= near), false);
}

function show(name, list, one) {
  storyName.textContent = name;
  story.replaceChildren(...list.slice(0, ROWS).map(e => row(e, one)));
  if (!list.length) story.append(html("li", {}, html("time", {}), html("span", {}, "this page has no events of it")));
  if (list.length > ROWS) story.append(html("li", {}, html("time", {}), html("span", {}, `and ${number(list.length - ROWS)} more`)));
}

if (data.lanes.length) hit.addEventListener("click", event => {
  const {t, lane} = where(event);
  timeStory(t, lane);
});
search.addEventListener("input", find);
find();
document.body.append(header, html("main", {}, html("section", {}, legend, readout, chart), side));
