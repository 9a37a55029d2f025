// Times in words, and the part of the run that is shown.

function niceStep(least) {
  const decade = 10 ** Math.floor(Math.log10(least));
  for (const digit of [1, 2, 5, 10]) if (decade * digit >= least) return decade * digit;
  return decade * 10;
}

// A duration with three significant digits.
function inWords(ns) {
  const [value, unit] = ns < 1e3 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  return (value >= 100 ? value.toFixed(0) : value >= 10 ? +value.toFixed(1) : +value.toFixed(2)) + ' ' + unit;
}

// An instant in seconds with as many digits as `resolution` (ns) needs; at least milliseconds.
function clock(ns, resolution = 1e6) {
  const digits = Math.min(9, Math.max(3, Math.ceil(9 - Math.log10(Math.max(resolution, 1)))));
  return (ns / 1e9).toFixed(digits) + ' s';
}

// All digits that are not noughts, at least milliseconds.
function exactly(ns) {
  return (ns / 1e9).toFixed(9).replace(/0{1,6}$/, '') + ' s';
}

function count(number) {
  return number.toLocaleString('en-US').replaceAll(',', '\u202f');
}

const view = {
  from: 0,
  to: duration,
  listeners: [],
  get span() { return this.to - this.from; },
  set(from, to) {
    let span = Math.max(to - from, Math.min(2000, duration));
    if (span > duration * 0.999) [from, to, span] = [-duration * 0.01, duration * 1.01, duration * 1.02];
    const middle = (from + to) / 2;
    from = Math.min(Math.max(middle - span / 2, -duration * 0.01), duration * 1.01 - span);
    this.from = from;
    this.to = from + span;
    this.changed();
  },
  zoom(factor, around = (this.from + this.to) / 2) {
    const span = Math.min(Math.max(this.span * factor, 2000), duration * 1.02);
    const from = around - (around - this.from) * (span / this.span);
    this.set(from, from + span);
  },
  move(fraction) { this.set(this.from + this.span * fraction, this.to + this.span * fraction); },
  // Shows an instant without changing the scale more than needed.
  show(at, span = Math.min(this.span, duration / 20)) {
    if (this.span > span * 1.01 || at < this.from + this.span * 0.1 || at > this.to - this.span * 0.1)
      this.set(at - span / 2, at + span / 2);
  },
  all() { this.set(-duration * 0.01, duration * 1.01); },
  changed() { for (const listener of this.listeners) listener(); },
};

// What "next event" visits: instants that somebody reading a run wants to see.
const landmarks = [
  ...violations.filter((v) => !v.judgedLate).map((v) => ({at: v.at, step: v.step, text: `rule broken: ${v.rule}: ${v.text}`})),
  ...faults.map((f) => ({at: f.at, step: 0, text: f.text})),
  ...reigns.map((r) => ({at: r.from, step: r.step, text: `${rowName(r.row)} becomes ${r.role}${r.term ? ` in term ${r.term}` : ''}`})),
].sort((a, b) => a.at - b.at);
