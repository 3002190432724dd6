
// A view is the part of the x axis that charts show, between lo and hi of the whole. It tells its listeners of changes.
class View {
  constructor(axis, least) {
    Object.assign(this, {axis, whole: axis, least, listeners: [], cursors: []});
  }
  set(lo, hi) {
    const {whole, least} = this,
      length = Math.min(Math.max(hi - lo, least), whole.hi - whole.lo);
    lo = Math.min(Math.max((lo + hi - length) / 2, whole.lo), whole.hi - length);
    this.axis = {...whole, lo, hi: lo + length};
    for (const f of this.listeners) f();
  }
  zoom(factor, about = (this.axis.lo + this.axis.hi) / 2) {
    const {lo, hi} = this.axis;
    this.set(about - (about - lo) * factor, about + (hi - about) * factor);
  }
  move(part) {
    const {lo, hi} = this.axis;
    this.set(lo + part * (hi - lo), hi + part * (hi - lo));
  }
  all() {
    this.set(this.whole.lo, this.whole.hi);
  }
  point(v) {
    for (const f of this.cursors) f(v);
  }
}

const LEFT = 58,
  RIGHT = 14,
  TITLE = 24,
  GAP = 12,
  FOOT = 40;

// chart returns a chart: panels one below the other over one x axis, with a cursor that mouse, touch and keyboard move.
//   name      what the chart is about, and the name of the cursor for screen readers
//   view      a View; zooms: whether keys and drags change it
//   x         the title of the x axis
//   stops     the values at which the cursor can stop, ascending; floor: a stop is valid up to the next one
//   panels    returns the panels for a width in pixels: {title, height, axis, layers}
//   under     layers over the height of all panels, drawn before them; over: drawn after them
//   head      how many pixels these layers need above the panels
//   describe  returns what there is to say about a stop: [title, [name, value]...]
//   rows      returns head and rows of the table that says the same as the chart
//   choose    is called with a stop, on a click or the key Enter
function chart(c) {
  const picture = svg("svg", {role: "img", "aria-label": c.label || c.name});
  const cursor = html("div", {class: "cursor", role: "slider", tabindex: 0, "aria-label": c.name});
  const hair = html("div", {class: "hair", hidden: ""}),
    drag = html("div", {class: "drag", hidden: ""});
  const tip = html("div", {class: "tip", hidden: ""}),
    plot = html("div", {class: "plot"}, picture, hair, drag, cursor, tip);
  const numbers = html("details", {}, html("summary", {}, "Numbers as a table"));
  let width = 0,
    height = 0,
    head = 0,
    at = -1;
  const x = v => LEFT + (width - LEFT - RIGHT) * position(c.view.axis, v);

  function draw() {
    width = plot.clientWidth;
    if (!width) return;
    const {lo, hi} = c.view.axis,
      across = ticks(c.view.axis, Math.max(2, Math.floor(width / 85))),
      g = svg("g", {});
    const add = (tag, attributes, ...text) => g.appendChild(svg(tag, attributes, ...text));
    head = c.head ? c.head() : 0;
    const panels = c.panels(width),
      right = width - RIGHT,
      whole = panels.reduce((h, panel) => h + TITLE + panel.height + GAP, head) - GAP;
    const around = {add, g, x, left: LEFT, right, top: head, bottom: whole, lo, hi};
    for (const layer of c.under || []) layer(around);
    let y0 = head;
    for (const panel of panels) {
      const top = y0 + TITLE,
        bottom = top + panel.height,
        y = v => bottom - panel.height * position(panel.axis, v);
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
      const text = kinds[c.view.axis.kind].text(v),
        half = text.length * 3.8,
        middle = Math.min(x(v), width - half - 1);
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
  const place = (box, left, wide, high) =>
    Object.assign(box.style, {left: left + "px", width: wide + "px", top: "0", height: high + "px"});
  const fillNumbers = () => numbers.replaceChildren(numbers.firstChild, table(c.name + ": numbers", ...c.rows()));
  const visible = () => {
    const {lo, hi} = c.view.axis,
      first = c.stops.findIndex(v => v >= lo - 1e-9),
      last = c.stops.findLastIndex(v => v <= hi + 1e-9);
    return [Math.max(first, 0), Math.max(last, first, 0)];
  };

  // show moves the cursor to a stop.
  function show(i, open) {
    const [title, ...list] = c.describe(i),
      px = x(c.stops[i]),
      [first, last] = visible(),
      inside = i >= first && i <= last;
    at = i;
    cursor.setAttribute("aria-valuemin", first);
    cursor.setAttribute("aria-valuemax", last);
    cursor.setAttribute("aria-valuenow", Math.min(Math.max(i, first), last));
    cursor.setAttribute("aria-valuetext", title + ": " + list.map(([name, value]) => `${name} ${value}`).join(", "));
    tip.replaceChildren(
      html("b", {}, title),
      ...list.map(([name, value]) => html("div", {}, html("span", {}, name), html("span", {}, value))),
    );
    tip.hidden = !open || !inside;
    if (open && inside) {
      const right = px > width / 2;
      Object.assign(tip.style, {
        top: head + 8 + "px",
        left: right ? "auto" : px + 12 + "px",
        right: right ? width - px + 12 + "px" : "auto",
      });
    }
    if (open) c.view.point(c.stops[i]);
  }
  function stopNear(clientX) {
    const v = valueAt(c.view.axis, (clientX - cursor.getBoundingClientRect().left) / (width - LEFT - RIGHT));
    if (c.floor)
      return Math.max(
        0,
        c.stops.findLastIndex(s => s <= v),
      );
    let best = 0;
    c.stops.forEach((s, i) => {
      if (Math.abs(x(s) - x(v)) < Math.abs(x(c.stops[best]) - x(v))) best = i;
    });
    return best;
  }
  const close = () => {
    tip.hidden = true;
    c.view.point();
  };

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
    const [first, last] = visible(),
      one = Math.max(1, Math.round((last - first) / 100)),
      here = c.stops[at];
    const to = i => show(Math.min(Math.max(i, first), last), true);
    const keys = {
      ArrowRight: () => to(at + one),
      ArrowUp: () => to(at + one),
      ArrowLeft: () => to(at - one),
      ArrowDown: () => to(at - one),
      PageUp: () => to(at + 10 * one),
      PageDown: () => to(at - 10 * one),
      Home: () => to(first),
      End: () => to(last),
      Escape: close,
      Enter: c.choose && (() => c.choose(at)),
    };
    const zooms = {
      "+": () => c.view.zoom(0.5, here),
      "=": () => c.view.zoom(0.5, here),
      "-": () => c.view.zoom(2, here),
      0: () => c.view.all(),
      "<": () => c.view.move(-0.5),
      ">": () => c.view.move(0.5),
    };
    const act = keys[event.key] || (c.zooms && zooms[event.key]);
    if (!act) return;
    event.preventDefault();
    act();
  });

  // Mouse and touch. A drag selects the range to show.
  let from = null;
  const px = event => Math.min(Math.max(event.clientX - cursor.getBoundingClientRect().left, 0), width - LEFT - RIGHT);
  cursor.addEventListener("pointerdown", event => {
    from = px(event);
    cursor.setPointerCapture(event.pointerId);
  });
  cursor.addEventListener("pointermove", event => {
    show(stopNear(event.clientX), true);
    drag.hidden = from === null || !c.zooms || Math.abs(px(event) - from) < 6;
    if (!drag.hidden) place(drag, LEFT + Math.min(from, px(event)), Math.abs(px(event) - from), height - FOOT);
  });
  cursor.addEventListener("pointerup", event => {
    const ends = [from, px(event)].map(p => valueAt(c.view.axis, p / (width - LEFT - RIGHT))),
      dragged = !drag.hidden;
    drag.hidden = true;
    if (from !== null && dragged) c.view.set(Math.min(...ends), Math.max(...ends));
    else if (from !== null && c.choose) c.choose(stopNear(event.clientX));
    from = null;
  });
  cursor.addEventListener("pointercancel", () => {
    from = null;
    drag.hidden = true;
  });
  cursor.addEventListener("pointerleave", () => {
    if (document.activeElement !== cursor) close();
  });
  cursor.addEventListener("dblclick", () => {
    if (c.zooms) c.view.all();
  });
  numbers.addEventListener("toggle", () => {
    if (numbers.open) fillNumbers();
  });
  new ResizeObserver(() => {
    if (plot.clientWidth !== width) draw();
  }).observe(plot);
  show(0, false);
  return Object.assign(html("div", {class: "chart"}, plot, numbers), {
    draw,
    show: v => {
      const i = Math.max(
        0,
        c.stops.findLastIndex(s => s <= v + 1e-9),
      );
      at = i;
      cursor.focus();
      show(i, true);
    },
  });
}
