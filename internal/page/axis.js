
// Numbers and times as text. time writes seconds as Prometheus does: 1h30m, 20ms.
const number = n => (+n.toPrecision(12)).toString().replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
const percent = n => (n > 0 && n < 0.0001 ? "<0.01%" : +(100 * n).toPrecision(3) + "%");
function time(s) {
  if (s === 0) return "0s";
  if (s < 0.001) return +(s * 1e6).toPrecision(4) + "µs";
  if (s < 1) return +(s * 1e3).toPrecision(4) + "ms";
  s = +s.toFixed(3);
  let out = "";
  const h = Math.floor(s / 3600),
    m = Math.floor((s % 3600) / 60),
    rest = +(s % 60).toFixed(3);
  if (h) out += h + "h";
  if (m) out += m + "m";
  if (rest || !out) out += rest + "s";
  return out;
}

// Axes. An axis is {kind, lo, hi, log}; its kind says how its values are written and which steps are round.
const STEPS = [
  1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
  15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];
const DECADES = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 360000, 3600000];

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

// decades returns a logarithmic axis of times that contains all values, which are above 0.
function decades(values) {
  if (!values.length) values = [1];
  const least = Math.min(...values),
    most = Math.max(...values);
  const lo = DECADES.findLast(d => d <= least) || DECADES[0],
    hi = DECADES.find(d => d >= most) || most;
  return {kind: "time", log: true, lo: hi > lo ? lo : lo / 10, hi};
}

// ticks returns round values on an axis, about most of them.
function ticks(axis, most) {
  if (axis.log) {
    const inside = list => list.filter(v => v >= axis.lo * (1 - 1e-9) && v <= axis.hi * (1 + 1e-9));
    const powers = Array.from({length: 20}, (_, i) => 10 ** (i - 4));
    const choices =
      axis.kind === "time"
        ? [DECADES, inside(DECADES).filter((_, i) => i % 2 === 0)]
        : [[1, 2, 5], [1, 3], [1]].map(f => powers.flatMap(p => f.map(v => v * p)));
    const list = choices.map(inside).find(l => l.length <= most) || inside(choices.at(-1));
    if (list.length > 1) return list;
  }
  const step = axis.step || kinds[axis.kind].step((axis.hi - axis.lo) / most || 1),
    list = [];
  for (let i = Math.ceil(axis.lo / step - 1e-9); i * step <= axis.hi + step * 1e-9; i++)
    list.push(+(i * step).toPrecision(12));
  return list;
}

// position returns where a value is on an axis, from 0 to 1; valueAt is its inverse.
function position(axis, v) {
  if (!(axis.hi > axis.lo)) return 0.5;
  return axis.log
    ? Math.log(Math.max(v, axis.lo) / axis.lo) / Math.log(axis.hi / axis.lo)
    : (v - axis.lo) / (axis.hi - axis.lo);
}
const valueAt = (axis, p) => (axis.log ? axis.lo * (axis.hi / axis.lo) ** p : axis.lo + p * (axis.hi - axis.lo));
