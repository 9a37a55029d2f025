// What lies behind the messages: the axis, what is broken, rows, roles, operations.

const shades = {cut: 0.11, slow: 0.1};

const eachTick = (context, draw) =>
  drawTicks(context, (at) => layout.x(at), view.from, view.to, layout.gutter, layout.width, layout.axis / 2, draw);

function drawGrid(context) {
  context.fillStyle = theme.grid;
  eachTick(context, (at, x) => context.fillRect(Math.round(x), layout.axis, 1, layout.visible));
}

function drawAxis(context) {
  context.fillStyle = theme.bg;
  context.fillRect(0, 0, layout.width, layout.axis);
  context.textAlign = 'center';
  context.fillStyle = theme.muted;
  eachTick(context, (at, x, step, y) => {
    const words = clock(at, Math.max(step, 1));
    const half = context.measureText(words).width / 2;
    if (x - half > layout.gutter - 20 && x + half < layout.width) context.fillText(words, x, y);
  });
}

function overlap(from, to) {
  if (to < view.from || from > view.to) return null;
  return [Math.max(layout.gutter, layout.x(from)), Math.min(layout.width, layout.x(to))];
}

// During a cut each group of processes that can still talk has a colour.
function drawCuts(context) {
  for (const trouble of troubles) {
    if (trouble.kind !== 'cut' && trouble.kind !== 'slow') continue;
    const range = overlap(trouble.from, trouble.to);
    if (!range) continue;
    const groups = trouble.kind === 'cut' && trouble.fault ? trouble.fault.groups : [];
    context.globalAlpha = shades[trouble.kind];
    if (groups.length === 0) {
      context.fillStyle = trouble.kind === 'cut' ? theme.bad : theme.contender;
      context.fillRect(range[0], layout.axis, range[1] - range[0], layout.visible);
    } else {
      for (const row of visibleRows()) {
        if (groups[row] < 0) continue;
        context.fillStyle = theme.groups[groups[row] % theme.groups.length];
        context.fillRect(range[0], layout.y(row) - layout.rowHeight(row) / 2, range[1] - range[0], layout.rowHeight(row));
      }
      context.fillStyle = theme.bad;
      context.fillRect(range[0], layout.axis, range[1] - range[0], layout.flags);
    }
    context.globalAlpha = 1;
  }
}

function drawGaps(context) {
  let end = 0;
  const gaps = [];
  for (const [from, to] of run.spans) {
    if (from > end) gaps.push([end, from]);
    end = Math.max(end, to);
  }
  if (end < duration) gaps.push([end, duration]);
  for (const [from, to] of gaps) {
    const range = overlap(from, to);
    if (!range || range[1] - range[0] < 1) continue;
    context.fillStyle = hatch(context, theme.grid, '\\');
    context.fillRect(range[0], layout.top, range[1] - range[0], layout.visible);
    context.fillStyle = theme.muted;
    context.textAlign = 'center';
    const words = clipped(context, 'steps not carried by this page', range[1] - range[0] - 10);
    context.fillText(words, (range[0] + range[1]) / 2, layout.axis + layout.flags / 2);
  }
}

// Rows that the scrolled window shows.
function visibleRows() {
  const first = Math.max(0, lowerBound(layout.tops, layout.scroll) - 1);
  const rows = [];
  for (let i = first; i < layout.rows.length && layout.tops[i] - layout.scroll < layout.visible - layout.top; ++i) rows.push(layout.rows[i]);
  return rows;
}

function drawDown(context, row, y) {
  const height = layout.rowHeight(row);
  for (const trouble of troublesOfRow[row]) {
    const range = overlap(trouble.from, trouble.to);
    if (!range) continue;
    context.fillStyle = hatch(context, theme.passive, trouble.kind === 'down' ? '/' : '\\');
    context.fillRect(range[0], y - height / 2 + 4, range[1] - range[0], height - 8);
  }
}

function labelDown(context, row, y) {
  context.textAlign = 'center';
  for (const trouble of troublesOfRow[row]) {
    const range = overlap(trouble.from, trouble.to);
    if (range && context.measureText(trouble.kind).width < range[1] - range[0] - 8)
      haloed(context, trouble.kind, (range[0] + range[1]) / 2, trouble.kind === 'down' ? y : y - Math.min(16, layout.height / 2 - 6), theme.fg);
  }
}
const troublesOfRow = Array.from({length: rowCount}, () => []);
for (const trouble of troubles) if (trouble.row >= 0) troublesOfRow[trouble.row].push(trouble);

const bandHeight = (role) => (chiefs.has(role) ? 15 : contenders.has(role) ? 11 : 6);

function drawBands(context, row, y, height) {
  const bands = bandsOfRow[row];
  let first = lowerBound(bands.map((band) => band.from), view.from);
  if (first > 0) --first;
  for (let i = first; i < bands.length && bands[i].from <= view.to; ++i) {
    const {from, to, role, term} = bands[i];
    const range = overlap(from, to);
    if (!range) continue;
    const width = Math.max(range[1] - range[0], 1);
    const tall = Math.min(bandHeight(role), height - 10);
    const chief = chiefs.has(role);
    context.fillStyle = chief ? theme.chief : contenders.has(role) ? theme.contender : theme.passive;
    context.globalAlpha = chief || contenders.has(role) || term % 2 === 0 ? 1 : 0.62;  // terms alternate
    context.fillRect(range[0], y - tall / 2, width, tall);
    context.globalAlpha = 1;
    if (contenders.has(role)) {
      context.fillStyle = hatch(context, theme.bg, '/');
      context.fillRect(range[0], y - tall / 2, width, tall);
    }
  }
}

// Text that stays readable on top of arrows.
function haloed(context, words, x, y, colour) {
  context.strokeStyle = theme.bg;
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeText(words, x, y);
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

// Role and term below the beginning of each band, as far as there is room.
function drawBandLabels(context) {
  for (const row of visibleRows()) {
    labelDown(context, row, layout.y(row));
    if (isClientRow(row) || layout.height < 32) continue;
    context.textAlign = 'left';
    for (const {from, to, role, term} of bandsOfRow[row]) {
      const range = overlap(from, to);
      if (!range) continue;
      const chief = chiefs.has(role);
      context.font = chief ? '600 11px system-ui, sans-serif' : '11px system-ui, sans-serif';
      const room = range[1] - range[0] - 4;
      const words = [role.replaceAll('_', ' ') + (term ? `, term ${term}` : ''), term ? String(term) : ''].find((w) => context.measureText(w).width < room);
      if (words) haloed(context, words, range[0] + 4, layout.y(row) + Math.min(15, layout.height / 2 - 5), chief ? theme.chief : theme.muted);
    }
  }
  context.font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
}

// A client's operations as bars from call to answer.
function drawOperations(context, row, y) {
  const own = operationsOfRow[row];
  const starts = operationStarts[row];
  const first = lowerBound(starts, view.from - longestOperation);
  for (let i = first; i < own.length && starts[i] <= view.to; ++i) {
    const o = own[i];
    const took = operations.took[o];
    const from = layout.x(operations.invoked[o]);
    const outcome = operations.outcome[o];
    if (took >= 0 && operations.invoked[o] + took < view.from) continue;
    const width = took >= 0 ? Math.max(layout.x(operations.invoked[o] + took) - from, 2) : 26;
    const left = Math.max(from, layout.gutter);
    context.globalAlpha = 0.55;
    context.fillStyle = outcomeColour(outcome);
    if (took < 0) context.fillStyle = hatch(context, outcomeColour(outcome), '/');
    if (from + width > left) context.fillRect(left, y - 6, Math.min(from + width, layout.width) - left, 12);
    context.globalAlpha = 1;
    context.fillStyle = outcomeColour(outcome);
    if (from >= layout.gutter) context.fillRect(from, y - 8, 1.5, 16);
    context.textAlign = 'left';
    if (outcome === 2 && from >= layout.gutter) context.fillText('?', from + width + 2, y);
    if (outcome === 1 && from + width >= layout.gutter) context.fillText('✕', from + width + 2, y);
  }
}
const operationStarts = operationsOfRow.map((own) => Float64Array.from(own, (o) => operations.invoked[o]));

function drawRows(context) {
  for (const row of visibleRows()) {
    const y = layout.y(row);
    const height = layout.rowHeight(row);
    context.fillStyle = theme.line;
    context.fillRect(layout.gutter, Math.round(y), layout.width - layout.gutter, 1);
    drawDown(context, row, y);
    if (isClientRow(row)) drawOperations(context, row, y);
    else drawBands(context, row, y, height);
  }
}

function drawNames(context) {
  context.fillStyle = theme.bg;
  context.fillRect(0, layout.top, layout.gutter, layout.visible);
  context.textAlign = 'right';
  for (const row of visibleRows()) {
    context.fillStyle = isClientRow(row) ? theme.muted : theme.fg;
    context.font = (isClientRow(row) ? '' : '600 ') + '13px system-ui, -apple-system, sans-serif';
    context.fillText(rowName(row), layout.gutter - 10, layout.y(row));
  }
  context.font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
}

// Faults and broken rules stand as flags above the rows, with a line down.
function drawFlags(context) {
  context.fillStyle = theme.bg;
  context.fillRect(0, layout.axis, layout.gutter, layout.flags);
  context.textAlign = 'left';
  const flags = [...faults.map((f) => ({at: f.at, text: f.text, colour: f.kind === 'heal' || f.kind === 'restart' || f.kind === 'resume' ? theme.good : theme.bad})),
    ...violations.filter((v) => !v.judgedLate).map((v) => ({at: v.at, text: 'rule broken: ' + v.rule, colour: theme.bad, strong: true}))]
    .filter((flag) => flag.at >= view.from && flag.at <= view.to).sort((a, b) => a.at - b.at);
  for (let i = 0; i < flags.length; ++i) {
    const x = layout.x(flags[i].at);
    const end = i + 1 < flags.length ? layout.x(flags[i + 1].at) : layout.width;
    context.fillStyle = flags[i].colour;
    context.globalAlpha = flags[i].strong ? 1 : 0.75;
    for (let y = layout.axis; y < layout.visible; y += 7) context.fillRect(x, y, flags[i].strong ? 2 : 1, flags[i].strong ? 7 : 4);
    context.globalAlpha = 1;
    const words = clipped(context, flags[i].text, end - x - 12);
    if (words) context.fillText(words, x + 5, layout.axis + layout.flags / 2);
  }
}
