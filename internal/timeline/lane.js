
const looks = {
  queue_full: "red fill",
  send_failed: "sky hatch",
  batch_too_large: "ink hatch",
  removed: "green hatch",
  shutdown: "red hatch",
};

// bars draws the drops as stacked bars, each over several points if they are closer than 3 pixels.
const bars = (l, every) => p => {
  const first = Math.floor(p.lo / step / every) * every,
    last = Math.min(points - 1, Math.ceil(p.hi / step));
  for (let i = first; i <= last; i += every) {
    let base = 0;
    const left = Math.max(p.left, p.x(i * step)),
      right = Math.min(p.right, Math.max(p.x((i + every) * step), left + 2.4));
    for (const why of data.reasons) {
      const n = sum(l.dropped[why] || [], i, i + every);
      if (!n || right <= left) continue;
      p.add("rect", {
        class: looks[why],
        x: left,
        y: p.y(base + n),
        width: right - left,
        height: Math.max(1, p.y(base) - p.y(base + n)),
      });
      base += n;
    }
  }
};

function panels(l, width) {
  const list = [];
  if (l.in_flight) {
    const layers = l.queued ? [steps("queue", l.queued, step, true)] : [];
    layers.push(steps("stroke green dashed", l.in_flight, step));
    const axis = upTo("count", fullest, 4);
    if (l.queued && data.capacity <= axis.hi) layers.push(rule(data.capacity, "capacity " + number(data.capacity)));
    list.push({title: l.queued ? "copies that wait or are in flight" : "copies in flight", height: 96, axis, layers});
  }
  if (l.dropped && Object.keys(l.dropped).length) {
    const every = Math.max(1, Math.ceil((view.axis.hi - view.axis.lo) / step / ((width - LEFT - RIGHT) / 3)));
    const bins = l.in_flight.flatMap((_, i) => (i % every ? [] : [i]));
    const dropped = i => data.reasons.reduce((n, w) => n + sum(l.dropped[w] || [], i, i + every), 0);
    list.push({
      title: "copies dropped, per " + time(+(every * step).toPrecision(3)),
      height: 48,
      axis: upTo("count", most(bins.map(dropped)), 2),
      layers: [bars(l, every)],
    });
  }
  if (alertsEver(l)) {
    list.push({
      title: "alerts that fire and are unknown",
      height: 48,
      axis: upTo("count", unknownMost, 2),
      layers: [
        steps("hatch orange", l.unknown, step, true),
        steps("hatch purple", unknownOf(l), step, true, l.unknown),
      ],
    });
  }
  if (l.delay && l.delay.some(s => s >= 0)) {
    const longest = l.delay.flatMap((s, i) => (s < 0 ? [] : [[i * step, Math.max(s, delays.lo)]]));
    list.push({
      title: "longest delay from Send to the answer",
      height: 56,
      axis: delays,
      layers: [line("ink", longest, 0, 60 * step)],
    });
  }
  return list.length ? list : [{title: "nothing happens here", height: 20, axis: upTo("count", 1, 1), layers: []}];
}
const alertsEver = l => most(unknownOf(l)) > 0;

// Layers over a whole lane: faults, failed expectations, and what the story is about.
const marksOf = l => chosen.marks.filter(e => data.lanes[e.l] === l);
const head = l => 4 + (marksOf(l).length ? 14 : 0) + (failuresOf(l).length ? 20 : 0) + (l.faults.length ? 20 : 0);
const failuresOf = l => data.failures.filter(f => f.to >= 0 && (f.lane === -1 || data.lanes[f.lane] === l));
const under = l => [
  p => {
    let free = 0;
    for (const f of l.faults) {
      const left = Math.max(p.left, p.x(f.from)),
        right = Math.min(p.right, Math.max(p.x(f.to), left + 2));
      if (f.to < p.lo || f.from > p.hi) continue;
      p.add("rect", {class: "hatch grey", x: left, y: p.top, width: right - left, height: p.bottom - p.top});
      p.add("line", {class: "faultedge", x1: left, x2: right, y1: p.top, y2: p.top});
      const text = "fault: " + f.what,
        wide = text.length * 6.4,
        at = Math.max(Math.min(left, p.right - wide), 2);
      if (at < free) continue;
      p.add("text", {class: "strong", x: at, y: p.top - 6}, text);
      free = at + wide + 8;
    }
  },
];
const over = l => [
  p => {
    for (const f of failuresOf(l)) {
      if (f.to < p.lo || f.from > p.hi) continue;
      const left = Math.max(p.left, p.x(f.from)),
        right = Math.min(p.right, p.x(f.to)),
        y = p.top - (l.faults.length ? 22 : 4);
      const whole = f.from <= 0 && f.to >= data.end,
        no = data.failures.indexOf(f) + 1;
      if (right > left) p.add("line", {class: "window", x1: left, x2: right, y1: y, y2: y});
      if (!whole) p.add("line", {class: "failure", x1: right, x2: right, y1: y, y2: p.bottom});
      p.add("rect", {class: "failurebox", x: right - 26, y: y - 15, width: 27, height: 16, rx: 3});
      p.add("text", {class: "failureno", x: right - 12.5, y: y - 3, "text-anchor": "middle"}, "✕ " + no);
    }
  },
  p => {
    for (const e of marksOf(l)) {
      if (e.t < p.lo || e.t > p.hi) continue;
      const at = p.x(e.t),
        y = 8;
      p.add("path", {
        class: bad(e) ? "mark bad" : "mark",
        d: bad(e) ? `M${at - 4},${y - 4}h8v8h-8z` : `M${at},${y - 5}l5,5l-5,5l-5,-5z`,
      });
    }
    if (chosen.at >= p.lo && chosen.at <= p.hi)
      p.add("line", {class: "chosen", x1: p.x(chosen.at), x2: p.x(chosen.at), y1: p.top, y2: p.bottom});
  },
];

// quantities are what the cursor and the table of a lane tell. The cursor leaves out values below least; of several
// points the table tells what over returns.
const quantities = l =>
  [
    {name: "copies that wait", values: l.queued, over: most},
    {name: "copies in flight", values: l.in_flight, over: most},
    ...data.reasons.map(w => ({name: "dropped: " + w, values: l.dropped && l.dropped[w], over: sum, least: 1})),
    {name: "alerts not known yet", values: l.unknown, over: most},
    {name: "alerts falsely resolved", values: l.falsely_resolved, over: most, least: 1},
    {name: "longest delay", values: l.delay, over: most, text: s => (s < 0 ? "–" : time(s))},
  ]
    .filter(q => q.values)
    .map(q => ({text: number, least: 0, ...q}));

// describe says what a lane shows at a point.
function describe(l, i) {
  const t = stops[i];
  const within = s => s.from < t + step && s.to >= t;
  const events = marksOf(l).filter(e => e.t >= t && e.t < t + step);
  return [
    `${l.name}, ${round(t)}`,
    ...quantities(l)
      .filter(q => q.values[i] >= q.least)
      .map(q => [q.name, q.text(q.values[i])]),
    ...l.faults.filter(within).map(f => ["fault", f.what]),
    ...failuresOf(l)
      .filter(within)
      .map(f => ["✕ " + (data.failures.indexOf(f) + 1), f.message]),
    ...events.slice(0, 4).map(e => [storyName.textContent, what(e)]),
  ];
}

// rows is the table of a lane: about twenty rows over the time that is shown.
function rows(l) {
  const list = quantities(l);
  const from = ticks({kind: "time", lo: view.axis.lo, hi: view.axis.hi}, 20);
  const point = v => Math.min(Math.max(0, Math.ceil(v / step - 1e-9)), points - 1);
  const cells = (v, i) => {
    const end = i + 1 < from.length ? Math.max(point(from[i + 1]), point(v) + 1) : points;
    return list.map(q => q.text(q.over(q.values, point(v), end)));
  };
  return [["from", ...list.map(q => q.name)], from.map((v, i) => [time(v), ...cells(v, i)])];
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
    name: `${l.name}: cursor in time`,
    label: `${l.name}: queue, requests, drops, alerts and delays over time`,
    view,
    zooms: true,
    floor: true,
    stops,
    x: "time since the start of the run",
    head: () => head(l),
    panels: width => panels(l, width),
    under: under(l),
    over: over(l),
    describe: i => describe(l, i),
    rows: () => rows(l),
    choose: i => timeStory(stops[i], l),
  });
  charts.push({lane: l, c});
  return html(
    "section",
    {class: "card", "aria-label": l.name},
    html("h3", {}, l.name, html("span", {class: "facts"}, facts(l))),
    c,
  );
}

const redraw = () => {
  for (const {c} of charts) c.draw();
};
function showFailure(f) {
  const {lane, c} =
    charts.find(({lane}) => (f.lane === -1 ? lane.in_flight : lane === data.lanes[f.lane])) || charts[0];
  if (f.to < view.axis.lo || f.to > view.axis.hi) view.all();
  c.show(f.to);
  timeStory(f.to, lane);
}

// The legend has what occurs.
const occurs = [
  [{cls: "queue", area: true, text: "copies that wait"}, data.lanes.some(l => l.queued)],
  [{cls: "stroke green dashed", text: "copies in flight"}, true],
  ...data.reasons.map(w => [{cls: looks[w], area: true, text: "dropped: " + w}, data.lanes.some(l => l.dropped[w])]),
  [{cls: "hatch orange", area: true, text: "alert not known yet"}, largest(lanes.map(l => l.unknown || [])) > 0],
  [
    {cls: "hatch purple", area: true, text: "alert falsely resolved"},
    largest(lanes.map(l => l.falsely_resolved || [])) > 0,
  ],
  [{cls: "stroke ink", shape: 0, text: "longest delay"}, data.lanes.some(l => l.delay.some(s => s >= 0))],
  [{cls: "hatch grey", area: true, text: "fault"}, data.lanes.some(l => l.faults.length)],
];
const symbols = occurs.filter(([, here]) => here).map(([symbol]) => symbol);
