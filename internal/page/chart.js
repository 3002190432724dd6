
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

// Elements.
const element = namespace => (tag, attributes, ...children) => {
  const e = document.createElementNS(namespace, tag);
  for (const [k, v] of Object.entries(attributes)) if (v !== undefined) e.setAttribute(k, v);
  e.append(...children);
  return e;
};
const html = element("http://www.w3.org/1999/xhtml"), svg = element("http://www.w3.org/2000/svg");

function button(text, click, attributes = {}) {
  const b = html("button", {type: "button", ...attributes}, text);
  b.addEventListener("click", click);
  return b;
}

// table returns a table that scrolls by itself where it is wider than the page.
function table(name, head, rows) {
  const line = (cell, words) => html("tr", {}, ...words.map(w => html(cell, cell === "th" ? {scope: "col"} : {}, w)));
  return html("div", {class: "wide", tabindex: 0, role: "region", "aria-label": name},
    html("table", {}, html("thead", {}, line("th", head)), html("tbody", {}, ...rows.map(r => line("td", r)))));
}

// Numbers and times as text. time writes seconds as Prometheus does: 1h30m, 20ms.
const number = n => (+n.toPrecision(12)).toString().replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
const percent = n => n > 0 && n < 0.0001 ? "<0.01%" : +(100 * n).toPrecision(3) + "%";
function time(s) {
  if (s === 0) return "0s";
  if (s < 0.001) return +(s * 1e6).toPrecision(4) + "µs";
  if (s < 1) return +(s * 1e3).toPrecision(4) + "ms";
  s = +s.toFixed(3);
  let out = "";
  const h = Math.floor(s / 3600), m = Math.floor(s % 3600 / 60), rest = +(s % 60).toFixed(3);
  if (h) out += h + "h";
  if (m) out += m + "m";
  if (rest || !out) out += rest + "s";
  return out;
}

// Axes. An axis is {kind, lo, hi, log}; its kind says how its values are written and which steps are round.
const STEPS = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, .01, .02, .05, .1, .2, .5, 1, 2, 5,
  10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const DECADES = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, .01, .1, 1, 10, 60, 600, 3600, 36000, 360000, 3600000];

// roundUp returns the smallest of 1, 2 and 5, times a power of ten, that is at least n.
function roundUp(n) {
  const power = 10 ** Math.floor(Math.log10(n) + 1e-9);
  return +([1, 2, 5].map(f => f * power).find(v => v >= n * (1 - 1e-9)) || 10 * power).toPrecision(6);
}
const kinds = {
  count: {text: number, step: n => Math.max(1, roundUp(n))},
  number: {text: number, step: roundUp},
  share: {text: percent, step: roundUp},
  time: {text: time, step: n => STEPS.find(s => s >= n * (1 - 1e-9)) || 86400 * roundUp(n / 86400)},
};

// upTo returns an axis from 0 to a round number that is at least most, with about so many steps.
function upTo(kind, most, steps) {
  const step = kinds[kind].step((most || 1) / steps);
  return {kind, lo: 0, hi: +(Math.ceil(most / step - 1e-9) * step || step).toPrecision(12), step};
}

// decades returns a logarithmic axis of times that contains all values.
function decades(values) {
  const least = Math.min(...values), most = Math.max(...values);
  const lo = DECADES.findLast(d => d <= least) || DECADES[0], hi = DECADES.find(d => d >= most) || most;
  return {kind: "time", log: true, lo: hi > lo ? lo : lo / 10, hi};
}

// ticks returns round values on an axis, about most of them.
function ticks(axis, most) {
  if (axis.log) {
    const inside = list => list.filter(v => v >= axis.lo * (1 - 1e-9) && v <= axis.hi * (1 + 1e-9));
    const powers = Array.from({length: 20}, (_, i) => 10 ** (i - 4));
    const choices = axis.kind === "time" ? [DECADES, inside(DECADES).filter((_, i) => i % 2 === 0)] : [[1, 2, 5], [1, 3], [1]].map(f => powers.flatMap(p => f.map(v => v * p)));
    const list = choices.map(inside).find(l => l.length <= most) || inside(choices.at(-1));
    if (list.length > 1) return list;
  }
  const step = axis.step || kinds[axis.kind].step((axis.hi - axis.lo) / most || 1), list = [];
  for (let i = Math.ceil(axis.lo / step - 1e-9); i * step <= axis.hi + step * 1e-9; i++) list.push(+(i * step).toPrecision(12));
  return list;
}

// position returns where a value is on an axis, from 0 to 1; valueAt is its inverse.
function position(axis, v) {
  if (!(axis.hi > axis.lo)) return .5;
  return axis.log ? Math.log(Math.max(v, axis.lo) / axis.lo) / Math.log(axis.hi / axis.lo) : (v - axis.lo) / (axis.hi - axis.lo);
}
const valueAt = (axis, p) => axis.log ? axis.lo * (axis.hi / axis.lo) ** p : axis.lo + p * (axis.hi - axis.lo);

// Patterns for areas, by colour: each has another direction or shape.
const shapes = {orange: "M0,4H8", purple: "M0,4H8M4,0V8", sky: "M4,0V8", green: "M2,2h2v2h-2zM6,6h2v2h-2z", grey: "M0,4H8", ink: "M4,0V8",
  red: "M0,4H8"};
const turns = {orange: 45, purple: 45, sky: 0, green: 0, grey: -45, ink: 45, red: 0};
document.body.prepend(svg("svg", {class: "defs", "aria-hidden": "true"}, svg("defs", {}, ...Object.keys(shapes).map(c =>
  svg("pattern", {id: c, class: c, width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${turns[c]})`},
    svg("rect", {class: "fill back", width: 8, height: 8}),
    svg("path", {class: "stroke", d: shapes[c], "stroke-width": 1}))))));

// marker returns the symbol of a point; each shape is that of one line of a chart.
function marker(shape, x, y, cls) {
  const r = 4.2, color = cls.split(" ")[0], at = {cx: x, cy: y, r}, square = {x: x - r + .4, y: y - r + .4, width: 2 * r - .8, height: 2 * r - .8};
  return shape === 0 ? svg("circle", {class: "point " + color, ...at}) : shape === 1 ? svg("rect", {class: "point " + color, ...square})
    : svg("path", {class: "point " + color, d: `M${x},${y - r - 1}L${x + r + .6},${y + r}H${x - r - .6}Z`});
}

// legend lists what the symbols mean: {cls, text, area, shape}. It draws each with the classes that the chart uses.
function legend(items) {
  return html("ul", {class: "legend"}, ...items.map(({cls, text, area, shape}) => {
    const picture = svg("svg", {width: 24, height: 12, "aria-hidden": "true"});
    if (area) picture.append(svg("rect", {class: cls, x: 1, y: 0, width: 22, height: 12}));
    else if (cls) picture.append(svg("path", {class: cls, d: "M0,6H24"}));
    if (shape !== undefined) picture.append(marker(shape, 12, 6, cls.replace("stroke ", "")));
    return html("li", {}, picture, text);
  }));
}

// The layers of a panel. Each is a function of the panel: {add, x, y, left, right, top, bottom, lo, hi}.

// steps draws a curve that holds each value for a step, where the value is above a base: 0, or those of another curve.
// With area it fills what is between the curve and the base.
const steps = (cls, values, step, area, base) => p => {
  const first = Math.max(0, Math.floor(p.lo / step)), last = Math.min(values.length - 1, Math.ceil(p.hi / step));
  const x = i => Math.min(Math.max(p.x(i * step), p.left), p.right).toFixed(1), floor = i => base ? base[i] : 0;
  let d = "";
  for (let from = first, to; from <= last; from = to) {
    for (to = from; to <= last && values[to] > floor(to);) to++;
    if (to === from) { to++; continue; }
    d += `M${x(from)},${p.y(floor(from)).toFixed(1)}`;
    for (let i = from; i < to; i++) if (i === from || values[i] !== values[i - 1]) d += `H${x(i)}V${p.y(values[i]).toFixed(1)}`;
    d += `H${x(to)}V${p.y(floor(to - 1)).toFixed(1)}`;
    if (!area) continue;
    if (base) for (let i = to - 1; i > from; i--) d += `H${x(i)}V${p.y(floor(i - 1)).toFixed(1)}`;
    d += "Z";
  }
  if (d) p.add("path", {class: cls, d});
};

// line draws points [x, y], and a line through those that are not farther apart than gap.
const line = (cls, list, shape, gap = Infinity) => p => {
  const visible = list.filter(([v]) => v >= p.lo - 1e-9 && v <= p.hi + 1e-9);
  let d = "", before = -Infinity;
  for (const [v, w] of visible) {
    d += `${d && v - before <= gap ? "L" : "M"}${p.x(v).toFixed(1)},${p.y(w).toFixed(1)}`;
    before = v;
  }
  if (d) p.add("path", {class: "stroke " + cls, d});
  if (shape !== undefined) p.g.append(...visible.map(([v, w]) => marker(shape, p.x(v), p.y(w), cls)));
};

// rule draws a horizontal line at a value, with its name.
const rule = (v, name) => p => {
  p.add("line", {class: "rule", x1: p.left, x2: p.right, y1: p.y(v), y2: p.y(v)});
  p.add("text", {class: "halo", x: p.right - 2, y: p.y(v) + (p.y(v) - p.top < 14 ? 13 : -4), "text-anchor": "end"}, name);
};

// A view is the part of the x axis that charts show, between lo and hi of the whole. It tells its listeners of changes.
class View {
  constructor(axis, least) { Object.assign(this, {axis, whole: axis, least, listeners: [], cursors: []}); }
  set(lo, hi) {
    const {whole, least} = this, length = Math.min(Math.max(hi - lo, least), whole.hi - whole.lo);
    lo = Math.min(Math.max((lo + hi - length) / 2, whole.lo), whole.hi - length);
    this.axis = {...whole, lo, hi: lo + length};
    for (const f of this.listeners) f();
  }
  zoom(factor, about = (this.axis.lo + this.axis.hi) / 2) {
    const {lo, hi} = this.axis;
    this.set(about - (about - lo) * factor, about + (hi - about) * factor);
  }
  move(part) { const {lo, hi} = this.axis; this.set(lo + part * (hi - lo), hi + part * (hi - lo)); }
  all() { this.set(this.whole.lo, this.whole.hi); }
  point(v) { for (const f of this.cursors) f(v); }
}

const LEFT = 58, RIGHT = 14, TITLE = 24, GAP = 12, FOOT = 40;

// chart returns a chart: panels one below the other over one x axis, with a cursor that mouse, touch and keyboard move.
//   name      what the chart is about, and the name of the cursor for screen readers
//   view      a View; zooms: whether keys and drags change it
//   x         the title of the x axis
//   stops     the values at which the cursor can stop, ascending; floor: a stop is valid up to the next one
//   panels    returns the panels for a width in pixels: {title, height, axis, layers}
//   under     layers over the height of all panels, drawn before them; over: drawn after; head: how many pixels they need above
//   describe  returns what there is to say about a stop: [title, [name, value]...]
//   rows      returns head and rows of the table that says the same as the chart
//   choose    is called with a stop, on a click or the key Enter
function chart(c) {
  const picture = svg("svg", {role: "img", "aria-label": c.label || c.name});
  const cursor = html("div", {class: "cursor", role: "slider", tabindex: 0, "aria-label": c.name});
  const hair = html("div", {class: "hair", hidden: ""}), drag = html("div", {class: "drag", hidden: ""});
  const tip = html("div", {class: "tip", hidden: ""}), plot = html("div", {class: "plot"}, picture, hair, drag, cursor, tip);
  const numbers = html("details", {}, html("summary", {}, "Numbers as a table"));
  let width = 0, height = 0, head = 0, at = -1;
  const x = v => LEFT + (width - LEFT - RIGHT) * position(c.view.axis, v);

  function draw() {
    width = plot.clientWidth;
    if (!width) return;
    const {lo, hi} = c.view.axis, across = ticks(c.view.axis, Math.max(2, Math.floor(width / 85))), g = svg("g", {});
    const add = (tag, attributes, ...text) => g.appendChild(svg(tag, attributes, ...text));
    head = c.head ? c.head() : 0;
    const panels = c.panels(width), right = width - RIGHT, whole = panels.reduce((h, panel) => h + TITLE + panel.height + GAP, head) - GAP;
    const around = {add, g, x, left: LEFT, right, top: head, bottom: whole, lo, hi};
    for (const layer of c.under || []) layer(around);
    let y0 = head;
    for (const panel of panels) {
      const top = y0 + TITLE, bottom = top + panel.height, y = v => bottom - panel.height * position(panel.axis, v);
      add("text", {class: "title", x: 2, y: y0 + 11}, panel.title);
      for (const v of ticks(panel.axis, Math.max(2, Math.floor(panel.height / 24)))) {
        add("line", {class: v === panel.axis.lo ? "axis" : "grid", x1: LEFT, x2: right, y1: y(v), y2: y(v)});
        add("text", {x: LEFT - 7, y: y(v) + 4, "text-anchor": "end"}, kinds[panel.axis.kind].text(v));
      }
      for (const v of across) add("line", {class: "grid", x1: x(v), x2: x(v), y1: top, y2: bottom});
      for (const layer of panel.layers) layer({...around, y, top, bottom});
      y0 = bottom + GAP;
    }
    for (const layer of c.over || []) layer(around);
    let free = 0;
    for (const v of across) {
      const text = kinds[c.view.axis.kind].text(v), half = text.length * 3.4, middle = Math.min(x(v), width - half - 1);
      if (middle - half < free) continue;
      add("text", {x: middle, y: y0 + 7, "text-anchor": "middle"}, text);
      free = middle + half + 6;
    }
    add("text", {x: right, y: y0 + 25, "text-anchor": "end"}, c.x);
    height = whole + FOOT;
    for (const [k, v] of Object.entries({width, height, viewBox: `0 0 ${width} ${height}`})) picture.setAttribute(k, v);
    picture.replaceChildren(g);
    place(cursor, LEFT, width - LEFT - RIGHT, whole);
    if (at >= 0) show(at, !tip.hidden);
    if (numbers.open) fillNumbers();
  }
  const place = (box, left, wide, high) => Object.assign(box.style, {left: left + "px", width: wide + "px", top: "0", height: high + "px"});
  const fillNumbers = () => numbers.replaceChildren(numbers.firstChild, table(c.name + ": numbers", ...c.rows()));
  const visible = () => {
    const {lo, hi} = c.view.axis, first = c.stops.findIndex(v => v >= lo - 1e-9), last = c.stops.findLastIndex(v => v <= hi + 1e-9);
    return [Math.max(first, 0), Math.max(last, first, 0)];
  };

  // show moves the cursor to a stop.
  function show(i, open) {
    const [title, ...list] = c.describe(i), px = x(c.stops[i]), [first, last] = visible(), inside = i >= first && i <= last;
    at = i;
    cursor.setAttribute("aria-valuemin", first);
    cursor.setAttribute("aria-valuemax", last);
    cursor.setAttribute("aria-valuenow", Math.min(Math.max(i, first), last));
    cursor.setAttribute("aria-valuetext", title + ": " + list.map(([name, value]) => `${name} ${value}`).join(", "));
    tip.replaceChildren(html("b", {}, title), ...list.map(([name, value]) => html("div", {}, html("span", {}, name), html("span", {}, value))));
    tip.hidden = !open || !inside;
    if (open && inside) {
      const right = px > width / 2;
      Object.assign(tip.style, {top: head + 8 + "px", left: right ? "auto" : px + 12 + "px", right: right ? width - px + 12 + "px" : "auto"});
    }
    if (open) c.view.point(c.stops[i]);
  }
  function stopNear(clientX) {
    const v = valueAt(c.view.axis, (clientX - cursor.getBoundingClientRect().left) / (width - LEFT - RIGHT));
    if (c.floor) return Math.max(0, c.stops.findLastIndex(s => s <= v));
    let best = 0;
    c.stops.forEach((s, i) => { if (Math.abs(x(s) - x(v)) < Math.abs(x(c.stops[best]) - x(v))) best = i; });
    return best;
  }
  const close = () => { tip.hidden = true; c.view.point(); };

  c.view.cursors.push(v => {
    hair.hidden = v === undefined || v < c.view.axis.lo || v > c.view.axis.hi;
    if (!hair.hidden) place(hair, x(v), 1, height - FOOT);
  });
  c.view.listeners.push(draw);

  // Keyboard.
  cursor.addEventListener("focus", () => show(at < 0 ? visible()[0] : at, true));
  cursor.addEventListener("blur", close);
  cursor.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [first, last] = visible(), one = Math.max(1, Math.round((last - first) / 100)), here = c.stops[at];
    const to = i => show(Math.min(Math.max(i, first), last), true);
    const keys = {
      ArrowRight: () => to(at + one), ArrowUp: () => to(at + one), ArrowLeft: () => to(at - one), ArrowDown: () => to(at - one),
      PageUp: () => to(at + 10 * one), PageDown: () => to(at - 10 * one), Home: () => to(first), End: () => to(last),
      Escape: close, Enter: c.choose && (() => c.choose(at)),
    };
    const zooms = {
      "+": () => c.view.zoom(.5, here), "=": () => c.view.zoom(.5, here), "-": () => c.view.zoom(2, here), "0": () => c.view.all(),
      "<": () => c.view.move(-.5), ">": () => c.view.move(.5),
    };
    const act = keys[event.key] || c.zooms && zooms[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // Mouse and touch. A drag selects the range to show.
  let from = null;
  const px = event => Math.min(Math.max(event.clientX - cursor.getBoundingClientRect().left, 0), width - LEFT - RIGHT);
  cursor.addEventListener("pointerdown", event => { from = px(event); cursor.setPointerCapture(event.pointerId); });
  cursor.addEventListener("pointermove", event => {
    show(stopNear(event.clientX), true);
    drag.hidden = from === null || !c.zooms || Math.abs(px(event) - from) < 6;
    if (!drag.hidden) place(drag, LEFT + Math.min(from, px(event)), Math.abs(px(event) - from), height - FOOT);
  });
  cursor.addEventListener("pointerup", event => {
    const ends = [from, px(event)].map(p => valueAt(c.view.axis, p / (width - LEFT - RIGHT))), dragged = !drag.hidden;
    drag.hidden = true;
    if (from !== null && dragged) c.view.set(Math.min(...ends), Math.max(...ends));
    else if (from !== null && c.choose) c.choose(stopNear(event.clientX));
    from = null;
  });
  cursor.addEventListener("pointercancel", () => { from = null; drag.hidden = true; });
  cursor.addEventListener("pointerleave", () => { if (document.activeElement !== cursor) close(); });
  cursor.addEventListener("dblclick", () => { if (c.zooms) c.view.all(); });
  numbers.addEventListener("toggle", () => { if (numbers.open) fillNumbers(); });
  new ResizeObserver(() => { if (plot.clientWidth !== width) draw(); }).observe(plot);
  show(0, false);
  return Object.assign(html("div", {class: "chart"}, plot, numbers), {draw, show: v => {
    const i = Math.max(0, c.stops.findLastIndex(s => s <= v + 1e-9));
    at = i;
    cursor.focus();
    show(i, true);
  }});
}
