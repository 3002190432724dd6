
// The lines of a chart differ in colour, dash and shape.
const looks = ["red", "blue dashed"];

// mark draws a vertical line at a value, with its name; the n-th name is a row lower than the one before.
const mark = (m, n) => p => {
  const at = p.x(m.at),
    right = at < p.left + 60;
  p.add("line", {class: m.text, x1: at, x2: at, y1: p.top, y2: p.bottom});
  p.add(
    "text",
    {class: "strong halo", x: right ? at + 4 : at - 4, y: p.top + 11 + 15 * n, "text-anchor": right ? "start" : "end"},
    `${m.text} ${number(m.at)}`,
  );
};

function figure(c) {
  const values = c.lines.flatMap(l => l.values),
    last = c.stops.at(-1);
  const x = c.step ? {kind: "time", lo: 0, hi: last + c.step} : {kind: "count", log: true, lo: c.stops[0], hi: last};
  const layers = c.lines.map((l, i) =>
    c.step
      ? steps("queue", l.values, c.step, true)
      : line(
          looks[i],
          l.values.map((v, j) => [c.stops[j], v]),
          i,
        ),
  );
  layers.push(...c.marks.filter(m => m.at >= x.lo && m.at <= x.hi).map(mark));
  const shown = v => (c.step ? time(+v.toPrecision(4)) : number(v));
  const drawn = chart({
    name: c.title + ": cursor",
    label: `${c.title}: ${c.y} over ${c.x}`,
    x: c.x,
    view: new View(x, c.step * 10),
    zooms: c.step > 0,
    floor: c.step > 0,
    stops: c.stops,
    panels: () => [{title: c.y, height: 200, axis: upTo(c.kind, Math.max(...values), 4), layers}],
    describe: i => [
      c.step ? shown(c.stops[i]) : "capacity " + shown(c.stops[i]),
      ...c.lines.map(l => [l.name, l.texts[i]]),
    ],
    rows: () => [
      [c.x, ...c.lines.map(l => l.name)],
      c.stops
        .map((v, i) => i)
        .filter(i => !c.step || i % Math.ceil(c.stops.length / 20) === 0)
        .map(i => [shown(c.stops[i]), ...c.lines.map(l => l.texts[i])]),
    ],
  });
  const symbols = c.lines.map((l, i) =>
    c.step ? {cls: "queue", area: true, text: l.name} : {cls: "stroke " + looks[i], shape: i, text: l.name},
  );
  return html("section", {class: "card", "aria-label": c.title}, html("h3", {}, c.title), legend(symbols), drawn);
}
for (const box of document.querySelectorAll(".charts")) box.append(...data[box.dataset.plan].map(figure));
for (const cell of document.querySelectorAll("[data-shade]"))
  cell.style.setProperty("--shade", 0.7 * cell.dataset.shade + "%");
