// Latency and throughput over the whole run, with what was broken shaded.

const margin = {left: 56, right: 8, top: 8, bottom: 22};
const windows = run.windows;

function frame(target) {
  const width = target.clientWidth;
  const height = 190;
  const context = prepared(target, width, height);
  const box = {left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom};
  const x = (at) => box.left + (at / duration) * (box.right - box.left);
  for (const trouble of troubles) {
    if (trouble.kind === 'down' && !trouble.fault) continue;
    context.globalAlpha = trouble.kind === 'cut' ? 0.14 : 0.12;
    context.fillStyle = trouble.kind === 'cut' ? theme.bad : trouble.kind === 'slow' ? theme.contender : theme.muted;
    context.fillRect(x(trouble.from), box.top, Math.max(1, x(trouble.to) - x(trouble.from)), box.bottom - box.top);
  }
  context.globalAlpha = 1;
  context.fillStyle = theme.focus;
  context.globalAlpha = 0.12;
  const from = Math.max(box.left, x(view.from));
  context.fillRect(from, box.bottom, Math.max(2, Math.min(box.right, x(view.to)) - from), margin.bottom);
  context.globalAlpha = 1;
  context.fillStyle = theme.muted;
  context.textAlign = 'center';
  drawTicks(context, x, 0, duration, box.left, box.right, height - 9, (at, place, step, y) =>
    context.fillText(+(at / 1e9).toFixed(9) + ' s', Math.min(place, box.right - 12), y));
  context.fillStyle = theme.line;
  context.fillRect(box.left, box.bottom, box.right - box.left, 1);
  return {context, box, x};
}

function gridLine(context, box, y, words) {
  context.fillStyle = theme.grid;
  context.fillRect(box.left, Math.round(y), box.right - box.left, 1);
  context.fillStyle = theme.muted;
  context.textAlign = 'right';
  context.fillText(words, box.left - 6, y);
}

function drawLatency() {
  const {context, box, x} = frame(document.getElementById('latency'));
  const known = operations.took.filter((took) => took > 0).concat(windows.most.filter((most) => most > 0));
  if (known.length === 0) return emptyChart(context, box);
  const low = 10 ** Math.floor(Math.log10(known.reduce((a, b) => Math.min(a, b))));
  const high = known.reduce((a, b) => Math.max(a, b)) * 1.15;
  const y = (took) => box.bottom - (Math.log(Math.max(took, low) / low) / Math.log(high / low)) * (box.bottom - box.top);
  for (let decade = low; decade <= high; decade *= 10) gridLine(context, box, y(decade), inWords(decade));
  for (let o = 0; o < operations.count; ++o) {
    const outcome = operations.outcome[o];
    context.fillStyle = outcomeColour(outcome);
    context.globalAlpha = outcome === 0 ? 0.35 : 0.9;
    const place = x(operations.invoked[o]);
    if (outcome === 0) context.fillRect(place - 1, y(operations.took[o]) - 1, 2.2, 2.2);
    else if (outcome === 1) context.fillRect(place - 2, y(operations.took[o]) - 2, 4, 4);
    else {  // no answer: at the top edge
      context.beginPath();
      context.moveTo(place - 3.5, box.top);
      context.lineTo(place + 3.5, box.top);
      context.lineTo(place, box.top + 7);
      context.fill();
    }
  }
  context.globalAlpha = 1;
  for (const [column, dash, colour] of [[windows.p50, [], theme.fg], [windows.p99, [4, 3], theme.fg]]) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.setLineDash(dash);
    context.beginPath();
    let drawing = false;
    column.forEach((took, i) => {
      if (took < 0) { drawing = false; return; }
      const place = x(Math.min((i + 0.5) * windows.width, duration));
      drawing ? context.lineTo(place, y(took)) : context.moveTo(place, y(took));
      if (!drawing && !(column[i + 1] >= 0)) context.lineTo(place + 2, y(took));
      drawing = true;
    });
    context.stroke();
  }
  context.setLineDash([]);
}

function emptyChart(context, box) {
  context.fillStyle = theme.muted;
  context.textAlign = 'center';
  context.fillText('no operation was answered', (box.left + box.right) / 2, (box.top + box.bottom) / 2);
}

function drawThroughput() {
  const {context, box, x} = frame(document.getElementById('throughput'));
  const rate = (number) => (number * 1e9) / windows.width;
  const sums = windows.ok.map((ok, i) => rate(ok + windows.failed[i] + windows.unknown[i]));
  const high = sums.reduce((a, b) => Math.max(a, b), 0) * 1.08;
  if (high === 0) return emptyChart(context, box);
  const y = (value) => box.bottom - (value / high) * (box.bottom - box.top);
  const step = niceStep(high / 4);
  for (let value = 0; value <= high; value += step) gridLine(context, box, y(value), count(+value.toPrecision(3)));
  sums.forEach((_, i) => {
    const left = x(i * windows.width);
    const whole = Math.min(x((i + 1) * windows.width), box.right) - left;
    const width = whole > 5 ? whole - 1 : whole + 0.4;  // no gaps where they would make a pattern
    let base = 0;
    [windows.ok[i], windows.failed[i], windows.unknown[i]].forEach((number, outcome) => {
      if (number === 0) return;
      const value = rate(number);
      context.fillStyle = outcomeColour(outcome);
      context.fillRect(left, y(base + value), width, y(base) - y(base + value));
      if (outcome > 0) {
        context.fillStyle = hatch(context, theme.bg, outcome === 1 ? '/' : '\\');
        context.fillRect(left, y(base + value), width, y(base) - y(base + value));
      }
      base += value;
    });
  });
}

function drawCharts() {
  if (operations.total === 0) return;
  drawLatency();
  drawThroughput();
}

function legend(target, entries) {
  const box = document.getElementById(target);
  box.replaceChildren(...entries.map(([name, variable, stroke]) =>
    element('span', {}, element('i', {className: stroke || '', style: stroke ? `color: var(--${variable})` : `background: var(--${variable})`}), name)));
}

function buildCharts() {
  if (operations.total === 0) {
    document.getElementById('clients').hidden = true;
    document.getElementById('operations').hidden = true;
    return;
  }
  legend('latency-legend', [['half are faster', 'fg', 'stroke'], ['99 of 100 are faster', 'fg', 'stroke dashed'], ['ok', 'good'], ['failed', 'bad'], ['no answer ▼', 'open']]);
  legend('throughput-legend', [['ok', 'good'], ['failed', 'bad'], ['unknown, by when they began', 'open']]);
  const sampled = operations.count < operations.total
    ? ` Points: ${count(operations.count)} of ${count(operations.total)} operations (failed, unknown and the slowest first, then every ${ordinal(operations.every)} of the rest).` : '';
  document.getElementById('clients-note').textContent =
    `Lines and bars: all ${count(operations.total)} operations, in windows of ${inWords(windows.width)}.${sampled} What was broken is shaded.`;
  for (const id of ['latency', 'throughput']) {
    document.getElementById(id).addEventListener('click', (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const at = ((event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right)) * duration;
      view.set(at - view.span / 2, at + view.span / 2);
    });
  }
}

function ordinal(number) {
  const tail = number % 100 > 10 && number % 100 < 14 ? 'th' : ['th', 'st', 'nd', 'rd'][number % 10] || 'th';
  return number + tail;
}
