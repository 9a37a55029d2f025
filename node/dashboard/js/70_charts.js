// Lines over the last two minutes, and a lane for each member's reigns. Every chart has the same time axis.

const charts = [
  {id: 'throughput', unit: (v) => whole(Math.round(v)), least: 10, lines: () => [
    {name: 'committed', colour: 'commit', of: (s) => s.commits},
    {name: 'requests', colour: 'chief', of: (s) => s.requests, dash: [4, 3]}]},
  {id: 'latency', unit: millis, decades: true, lines: () => [
    {name: 'put, half below', colour: 'chief', of: (s) => s.put_p50},
    {name: 'put, 99 % below', colour: 'chief', of: (s) => s.put_p99, dash: [4, 3]},
    {name: 'get, half below', colour: 'get', of: (s) => s.get_p50},
    {name: 'get, 99 % below', colour: 'get', of: (s) => s.get_p99, dash: [4, 3]}]},
  {id: 'trips', unit: millis, least: 0.5, lines: () => inOrder().map((m) => (
    {name: `to ${m.id}`, tint: m.id, of: (s) => s.trips.get(m.id) ?? null}))},
];
const margin = {left: 54, right: 8, top: 8, bottom: 18};
let pointedAt = null;          // ms before the right edge, while the pointer is over a chart

// Where a value stands between the bottom and the top of a chart, 0 to 1, and which values get a line.
function axisFor(chart, values) {
  if (!chart.decades) {
    const top = roundUp(Math.max(0, ...values), chart.least);
    return {share: (v) => v / top, marks: [0, top / 2, top]};
  }
  // Latencies differ by factors of a thousand: each step of the axis is ten times the last.
  const low = Math.min(-1, ...values.map((v) => Math.floor(Math.log10(v))));
  const high = Math.max(1, ...values.map((v) => Math.ceil(Math.log10(v))));
  const step = Math.ceil((high - low) / 4);
  const marks = Array.from({length: Math.floor((high - low) / step) + 1}, (_, i) => 10 ** (low + i * step));
  return {share: (v) => (Math.log10(v) - low) / (high - low), marks};
}
function roundUp(value, least) {
  const target = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(target));
  return [1, 2, 5, 10].map((f) => f * power).find((v) => v >= target * 0.999);
}
// The canvas, cleared, as large as its place on the page.
function begin(canvas) {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '11px system-ui, sans-serif';
  const x = (at, now) => margin.left + (width - margin.left - margin.right) * (1 - (now - at) / windowMs);
  return {pen, width, height, x};
}
function timeAxis({pen, width, height, x}, now) {
  pen.fillStyle = colour('muted');
  pen.strokeStyle = colour('grid');
  pen.textAlign = 'center';
  for (const s of [120, 90, 60, 30, 0]) {
    const at = x(now - s * 1000, now);
    pen.beginPath(); pen.moveTo(at, margin.top); pen.lineTo(at, height - margin.bottom); pen.stroke();
    pen.textAlign = s === 0 ? 'right' : s === 120 ? 'left' : 'center';
    pen.fillText(s === 0 ? 'now' : `−${s} s`, s === 0 ? at + 6 : at, height - 5);
  }
  if (pointedAt !== null) {
    pen.strokeStyle = colour('muted');
    const at = x(now - pointedAt, now);
    pen.beginPath(); pen.moveTo(at, margin.top); pen.lineTo(at, height - margin.bottom); pen.stroke();
  }
}
function shadeLeaderless({pen, height, x}, now, led = (sample) => sample.led) {
  pen.fillStyle = colour('shade');
  for (let i = 0; i + 1 < samples.length; i++) {
    if (led(samples[i])) continue;
    const left = Math.max(margin.left, x(samples[i].at, now));
    pen.fillRect(left, margin.top, Math.max(0, x(samples[i + 1].at, now) - left), height - margin.top - margin.bottom);
  }
}

function drawChart(chart, now) {
  const canvas = byId(chart.id);
  if (canvas.clientWidth === 0) return;   // in a panel that is not shown
  const frame = begin(canvas);
  const {pen, width, height, x} = frame;
  const lines = chart.lines();
  const values = samples.flatMap((s) => lines.map((l) => l.of(s)).filter((v) => v !== null));
  const axis = axisFor(chart, values);
  const y = (v) => height - margin.bottom - (height - margin.top - margin.bottom) * axis.share(v);
  shadeLeaderless(frame, now, chart.led);
  timeAxis(frame, now);
  pen.textAlign = 'right';
  for (const v of axis.marks) {
    pen.strokeStyle = colour('grid');
    pen.beginPath(); pen.moveTo(margin.left, y(v)); pen.lineTo(width - margin.right, y(v)); pen.stroke();
    pen.fillStyle = colour('muted');
    pen.fillText(v === 0 ? '0' : chart.unit(v), margin.left - 5, y(v) + 4);
  }
  pen.save();
  pen.beginPath(); pen.rect(margin.left, 0, width - margin.left - margin.right, height); pen.clip();
  for (const line of lines) drawLine(pen, line, (s) => x(s.at, now), y);
  chart.marks?.(frame, y, now);
  pen.restore();
  legend(byId(chart.id + '-legend'), chart, lines, now);
}
function drawLine(pen, line, x, y) {
  pen.strokeStyle = line.tint ? tint(line.tint) : colour(line.colour);
  pen.lineWidth = 1.6;
  pen.setLineDash(line.dash || []);
  pen.beginPath();
  let before = null;
  for (const sample of samples) {
    const v = line.of(sample);
    if (v !== null && before !== null && sample.at - before < 2500) pen.lineTo(x(sample), y(v));
    else if (v !== null) { pen.moveTo(x(sample), y(v)); pen.lineTo(x(sample) + 1, y(v)); }
    before = v === null ? null : sample.at;
  }
  pen.stroke();
  pen.setLineDash([]);
  pen.lineWidth = 1;
}
function legend(element, chart, lines, now) {
  const when = pointedAt === null ? now : now - pointedAt;
  const sample = pointedAt === null ? samples.at(-1)
    : samples.reduce((best, s) => !best || Math.abs(s.at - when) < Math.abs(best.at - when) ? s : best, null);
  const values = (line) => { const v = sample ? line.of(sample) : null; return v === null ? '–' : chart.unit(v); };
  const shown = lines.filter((l) => !l.tint || samples.some((s) => l.of(s) !== null));
  list(element, shown, (l) => l.name, (l) => make('span', {class: 'item'}, make('i', {class: l.dash ? 'dashed' : ''}), make('span'), make('b')),
    (item, l) => {
      item.children[0].style.color = l.tint ? tint(l.tint) : colour(l.colour);
      say(item.children[1], l.name + ' ');
      say(item.children[2], values(l));
    });
}

function drawLanes(all, now) {
  const canvas = byId('lanes');
  const everyone = inOrder();
  const lane = 20;
  const tall = `${margin.top + margin.bottom + lane * Math.max(3, everyone.length)}px`;
  if (canvas.style.height !== tall) canvas.style.height = tall;
  const frame = begin(canvas);
  const {pen, width, x} = frame;
  shadeLeaderless(frame, now);
  timeAxis(frame, now);
  everyone.forEach((m, i) => {
    const top = margin.top + i * lane;
    pen.textAlign = 'right';
    pen.fillStyle = colour('fg');
    pen.fillText(`node ${m.id}`, margin.left - 5, top + 14);
    pen.fillStyle = colour('grid');
    pen.fillRect(margin.left, top + 9, width - margin.left - margin.right, 2);
    for (const r of all.filter((one) => one.leader === m.id)) drawReign(pen, r, top, x, now, width);
    for (const event of m.events.values()) {
      const at = m.moment(event);
      if (event.kind !== 'became_candidate' || at < now - windowMs) continue;
      pen.fillStyle = colour('contender');
      pen.beginPath(); pen.arc(x(at, now), top + 10, 4, 0, 7); pen.fill();
    }
  });
}
function drawReign(pen, reign, top, x, now, width) {
  const left = Math.max(margin.left, x(reign.from, now));
  const right = Math.min(width - margin.right, x(reign.to ?? now, now));
  if (right <= margin.left) return;
  pen.fillStyle = colour('chief');
  pen.fillRect(left, top + 2, Math.max(2, right - left), 16);
  const words = [`term ${reign.term}`, String(reign.term)].find((text) => pen.measureText(text).width < right - left - 8);
  if (!words) return;
  pen.fillStyle = colour('chief-text');
  pen.textAlign = 'left';
  pen.fillText(words, left + 5, top + 14);
}

function watchPointer() {
  for (const id of [...charts.map((c) => c.id), 'lanes']) {
    const canvas = byId(id);
    canvas.addEventListener('pointermove', (event) => {
      const box = canvas.getBoundingClientRect();
      const share = (event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right);
      pointedAt = share < 0 || share > 1 ? null : (1 - share) * windowMs;
      drawTime(Date.now());
    });
    canvas.addEventListener('pointerleave', () => { pointedAt = null; drawTime(Date.now()); });
  }
}
function drawTime(now) {
  for (const chart of charts) drawChart(chart, now);
  drawLanes(reigns(now), now);
}
