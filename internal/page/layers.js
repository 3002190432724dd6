
// Patterns for areas, by colour: each has another direction or shape.
const shapes = {
  orange: "M0,4H8",
  purple: "M0,4H8M4,0V8",
  sky: "M4,0V8",
  green: "M2,2h2v2h-2zM6,6h2v2h-2z",
  grey: "M0,4H8",
  ink: "M4,0V8",
  red: "M0,4H8",
};
const turns = {orange: 45, purple: 45, sky: 0, green: 0, grey: -45, ink: 45, red: 0};
document.body.prepend(
  svg(
    "svg",
    {class: "defs", "aria-hidden": "true"},
    svg(
      "defs",
      {},
      ...Object.keys(shapes).map(c =>
        svg(
          "pattern",
          {
            id: c,
            class: c,
            width: 8,
            height: 8,
            patternUnits: "userSpaceOnUse",
            patternTransform: `rotate(${turns[c]})`,
          },
          svg("rect", {class: "fill back", width: 8, height: 8}),
          svg("path", {class: "stroke", d: shapes[c], "stroke-width": 1}),
        ),
      ),
    ),
  ),
);

// marker returns the symbol of a point; each shape is that of one line of a chart.
function marker(shape, x, y, cls) {
  const r = 4.2,
    color = cls.split(" ")[0],
    at = {cx: x, cy: y, r},
    square = {x: x - r + 0.4, y: y - r + 0.4, width: 2 * r - 0.8, height: 2 * r - 0.8};
  return shape === 0
    ? svg("circle", {class: "point " + color, ...at})
    : svg("rect", {class: "point " + color, ...square});
}

// legend lists what the symbols mean: {cls, text, area, shape}. It draws each with the classes that the chart uses.
function legend(items) {
  return html(
    "ul",
    {class: "legend"},
    ...items.map(({cls, text, area, shape}) => {
      const picture = svg("svg", {width: 24, height: 12, "aria-hidden": "true"});
      if (area) picture.append(svg("rect", {class: cls, x: 1, y: 0, width: 22, height: 12}));
      else if (cls) picture.append(svg("path", {class: cls, d: "M0,6H24"}));
      if (shape !== undefined) picture.append(marker(shape, 12, 6, cls.replace("stroke ", "")));
      return html("li", {}, picture, text);
    }),
  );
}

// The layers of a panel. Each is a function of the panel: {add, x, y, left, right, top, bottom, lo, hi}.

// steps draws a curve that holds each value for a step, where the value is above a base: 0, or those of another curve.
// With area it fills what is between the curve and the base.
const steps = (cls, values, step, area, base) => p => {
  const first = Math.max(0, Math.floor(p.lo / step)),
    last = Math.min(values.length - 1, Math.ceil(p.hi / step));
  const x = i => Math.min(Math.max(p.x(i * step), p.left), p.right).toFixed(1),
    floor = i => (base ? base[i] : 0);
  let d = "";
  for (let from = first, to; from <= last; from = to) {
    for (to = from; to <= last && values[to] > floor(to); ) to++;
    if (to === from) {
      to++;
      continue;
    }
    d += `M${x(from)},${p.y(floor(from)).toFixed(1)}`;
    for (let i = from; i < to; i++)
      if (i === from || values[i] !== values[i - 1]) d += `H${x(i)}V${p.y(values[i]).toFixed(1)}`;
    d += `H${x(to)}V${p.y(floor(to - 1)).toFixed(1)}`;
    if (!area) continue;
    if (base) for (let i = to - 1; i > from; i--) d += `H${x(i)}V${p.y(floor(i - 1)).toFixed(1)}`;
    d += "Z";
  }
  if (d) p.add("path", {class: cls, d});
};

// line draws points [x, y], and a line through those that are not farther apart than gap.
const line =
  (cls, list, shape, gap = Infinity) =>
  p => {
    const visible = list.filter(([v]) => v >= p.lo - 1e-9 && v <= p.hi + 1e-9);
    let d = "",
      before = -Infinity;
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
  p.add(
    "text",
    {class: "halo", x: p.right - 2, y: p.y(v) + (p.y(v) - p.top < 14 ? 13 : -4), "text-anchor": "end"},
    name,
  );
};
