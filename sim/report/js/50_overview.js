// The whole run in small: who led, what was broken, and a frame around the part the diagram shows.

const overview = document.getElementById('overview');
const overviewX = (at) => layout.gutter + (at / duration) * (overview.clientWidth - layout.gutter - 8);
const overviewAt = (x) => ((x - layout.gutter) / (overview.clientWidth - layout.gutter - 8)) * duration;

function drawOverview() {
  const width = overview.clientWidth;
  const height = 46;
  const context = prepared(overview, width, height);
  const bar = (from, to, y, tall, colour, alpha = 1) => {
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.fillRect(overviewX(from), y, Math.max(overviewX(to) - overviewX(from), 1), tall);
    context.globalAlpha = 1;
  };
  for (const trouble of troubles)
    if (trouble.kind !== 'down' || trouble.fault)
      bar(trouble.from, trouble.to, 0, 32, trouble.kind === 'cut' ? theme.bad : trouble.kind === 'slow' ? theme.contender : theme.muted, 0.25);
  // Each reign a bar; a second chief at the same time stands below the first.
  const lanes = [];
  context.textAlign = 'left';
  context.font = '600 10.5px system-ui, sans-serif';
  for (const reign of reigns) {
    const to = reign.to < 0 ? duration : reign.to;
    let lane = lanes.findIndex((end) => end <= reign.from);
    if (lane < 0) lane = Math.min(lanes.length, 1);
    lanes[lane] = to;
    bar(reign.from, to, 3 + lane * 12, 11, theme.chief, 0.9);
    const words = `${rowName(reign.row)}${reign.term ? `, term ${reign.term}` : ''}`;
    const room = overviewX(to) - overviewX(reign.from) - 6;
    context.fillStyle = theme.chiefText;
    if (context.measureText(words).width < room) context.fillText(words, overviewX(reign.from) + 4, 9 + lane * 12);
  }
  for (const fault of faults) bar(fault.at, fault.at, 2, 25, theme.fg, 0.55);
  for (const violation of violations) if (!violation.judgedLate) bar(violation.at, violation.at + duration / 500, 0, 29, theme.bad);
  context.font = '10.5px system-ui, sans-serif';
  context.fillStyle = theme.muted;
  context.textAlign = 'center';
  drawTicks(context, overviewX, 0, duration, layout.gutter - 1, width - 8, 38, (at, x, step, y) => {
    const words = +(at / 1e9).toFixed(9) + ' s';
    if (x + context.measureText(words).width / 2 < width) context.fillText(words, x, y);
    context.fillRect(Math.round(x), 28, 1, 4);
  });
  context.textAlign = 'right';
  context.fillText('chief', layout.gutter - 10, 14);
  const left = Math.max(overviewX(view.from), layout.gutter - 4);
  const right = Math.min(overviewX(view.to), width - 4);
  context.fillStyle = theme.focus;
  context.globalAlpha = 0.13;
  context.fillRect(left, 0, Math.max(right - left, 3), height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.focus;
  context.lineWidth = 1.5;
  context.strokeRect(left, 0.75, Math.max(right - left, 3), height - 1.5);
}

function watchOverview() {
  let grabbed = null;
  const at = (event) => overviewAt(event.clientX - overview.getBoundingClientRect().left);
  overview.addEventListener('pointerdown', (event) => {
    overview.setPointerCapture(event.pointerId);
    const here = at(event);
    grabbed = here >= view.from && here <= view.to ? here - view.from : view.span / 2;
    view.set(here - grabbed, here - grabbed + view.span);
  });
  overview.addEventListener('pointermove', (event) => {
    if (grabbed !== null) view.set(at(event) - grabbed, at(event) - grabbed + view.span);
  });
  for (const end of ['pointerup', 'pointercancel']) overview.addEventListener(end, () => { grabbed = null; });
  overview.addEventListener('wheel', (event) => {
    event.preventDefault();
    view.zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY)) * 0.0022));
  }, {passive: false});
}
