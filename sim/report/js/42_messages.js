// Messages as arrows, steps as ticks, commits as dots.

const mostArrows = 3500;

// Places of the messages that touch the window, of the kinds and rows that are shown; null when there are more than
// can be told apart, with their number in `shown.messages`.
const shown = {messages: 0, arrows: [], steps: 0, tallest: 0};

function collectMessages() {
  shown.arrows = [];
  shown.messages = 0;
  const last = lowerBound(messages.sent, view.to);
  for (let block = 0; block * blockSize < last; ++block) {
    if (blockEnd[block] < view.from) continue;
    const stop = Math.min(last, (block + 1) * blockSize);
    for (let m = block * blockSize; m < stop; ++m) {
      if (messages.end[m] < view.from || !kindOf.get(messages.kind[m]).shown) continue;
      if (!rowShown[messages.from[m]] || !(messages.to[m] >= 0 && rowShown[messages.to[m]])) continue;
      ++shown.messages;
      if (shown.arrows.length <= mostArrows) shown.arrows.push(m);
    }
  }
}

function attach(row, towards) {
  const side = towards > 0 ? 1 : -1;
  return layout.y(row) + side * (isClientRow(row) ? 7 : 8);
}

// From where to where a message is drawn.
function arrowOf(m) {
  const down = layout.place[messages.to[m]] - layout.place[messages.from[m]];
  const x1 = layout.x(messages.sent[m]);
  const y1 = attach(messages.from[m], down);
  const x2 = layout.x(messages.end[m]);
  if (!neverArrives(m)) return {x1, y1, x2, y2: attach(messages.to[m], -down)};
  // A stub that ends between its sender's line and the next, the farther its receiver the longer.
  const gap = layout.rowHeight(messages.from[m]) - 16;
  return {x1, y1, x2, y2: y1 + Math.sign(down) * gap * (0.85 - 0.5 / Math.max(1, Math.abs(down)))};
}

function drawArrows(context) {
  const byKind = new Map();
  for (const m of shown.arrows) {
    const arrow = arrowOf(m);
    if (Math.max(arrow.y1, arrow.y2) < layout.top || Math.min(arrow.y1, arrow.y2) > layout.visible) continue;
    const kind = messages.kind[m];
    byKind.has(kind) ? byKind.get(kind).push([m, arrow]) : byKind.set(kind, [[m, arrow]]);
  }
  const thin = shown.arrows.length > 900;
  for (const [place, arrows] of byKind) {
    const kind = kindOf.get(place);
    context.strokeStyle = context.fillStyle = kind.colour;
    context.lineWidth = thin ? 0.8 : 1.3;
    context.globalAlpha = thin ? 0.7 : 0.95;
    context.setLineDash(kind.dash);
    context.beginPath();
    for (const [, a] of arrows) {
      context.moveTo(a.x1, a.y1);
      context.lineTo(a.x2, a.y2);
    }
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    for (const [m, a] of arrows) if (!neverArrives(m) && !messages.dropped[m]) head(context, a, thin ? 4 : 6.5);
    context.fill();
    context.globalAlpha = 1;
    for (const [m, a] of arrows) if (neverArrives(m) || messages.dropped[m]) cross(context, a, kind.colour);
  }
}

function head(context, {x1, y1, x2, y2}, size) {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  context.moveTo(x2, y2);
  context.lineTo(x2 - size * Math.cos(angle - 0.42), y2 - size * Math.sin(angle - 0.42));
  context.lineTo(x2 - size * Math.cos(angle + 0.42), y2 - size * Math.sin(angle + 0.42));
  context.closePath();
}

function cross(context, {x2, y2}, colour) {
  context.beginPath();
  for (const [width, stroke] of [[4.5, theme.bg], [2, colour]]) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x2 - 4, y2 - 4);
    context.lineTo(x2 + 4, y2 + 4);
    context.moveTo(x2 - 4, y2 + 4);
    context.lineTo(x2 + 4, y2 - 4);
    context.stroke();
  }
}

// Too many to be told apart: how many arrive, per row and stretch of time.
function drawDensity(context) {
  const width = 3;
  const columns = Math.ceil((layout.width - layout.gutter) / width);
  const counts = new Map(visibleRows().map((row) => [row, new Float64Array(columns)]));
  const last = lowerBound(messages.sent, view.to);
  for (let m = 0; m < last; ++m) {
    if (messages.end[m] < view.from || !kindOf.get(messages.kind[m]).shown || !rowShown[messages.from[m]]) continue;
    const column = counts.get(messages.to[m]);
    const place = Math.floor((layout.x(messages.end[m]) - layout.gutter) / width);
    if (column && place >= 0 && place < columns) ++column[place];
  }
  shown.tallest = 0;
  for (const column of counts.values()) for (const number of column) shown.tallest = Math.max(shown.tallest, number);
  context.fillStyle = theme.muted;
  context.globalAlpha = 0.45;
  for (const [row, column] of counts) {
    const base = layout.y(row) + layout.rowHeight(row) / 2 - 1;
    const tall = layout.rowHeight(row) / 2 - 10;
    column.forEach((number, i) => {
      if (number === 0) return;
      const height = Math.max(1, (number / shown.tallest) * tall);
      context.fillRect(layout.gutter + i * width, base - height, width, height);
    });
  }
  context.globalAlpha = 1;
}

// Steps become ticks when there is room for them; commits become dots, small ones that may stand for several where they
// are dense.
function drawSteps(context) {
  shown.steps = lowerBound(steps.at, view.to) - lowerBound(steps.at, view.from);
  const ticks = shown.steps < 2500;
  const [radius, apart] = ticks ? [3.6, 3] : [2, 6];
  for (const row of visibleRows()) {
    const own = stepsOfRow[row];
    const y = layout.y(row);
    let dotted = -Infinity;
    let labelled = -Infinity;
    for (let i = lowerBoundOf(own, view.from); i < own.length && steps.at[own[i]] <= view.to; ++i) {
      const x = layout.x(steps.at[own[i]]);
      if (x < layout.gutter) continue;
      if (ticks) {
        context.fillStyle = chiefs.has(text(steps.role[own[i]])) ? theme.bg : theme.fg;
        context.globalAlpha = 0.8;
        context.fillRect(x - 0.5, y - 3, 1.2, 6);
        context.globalAlpha = 1;
      }
      if (!commitSteps.has(own[i]) || x - dotted < apart) continue;
      dotted = x;
      context.fillStyle = theme.commit;
      context.strokeStyle = theme.bg;
      context.lineWidth = 1;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
      if (ticks) context.stroke();
      if (layout.height >= 44 && chiefs.has(text(steps.role[own[i]])) && x - labelled > 34 && nextCommitIsFar(own, i, x)) {
        labelled = x;
        context.textAlign = 'center';
        context.font = '10px system-ui, sans-serif';
        haloed(context, steps.commit[own[i]], x, y - 15, theme.commit);
        context.font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
      }
    }
  }
}

function nextCommitIsFar(own, i, x) {
  for (let next = i + 1; next < own.length; ++next)
    if (commitSteps.has(own[next])) return layout.x(steps.at[own[next]]) - x > 22;
  return true;
}

function lowerBoundOf(own, at) {
  let from = 0;
  let to = own.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (steps.at[own[middle]] < at) from = middle + 1;
    else to = middle;
  }
  return from;
}

// The chosen step, the message that caused it and those it sent, above everything else.
function drawChosen(context) {
  if (chosen.step < 0) return;
  const row = steps.who[chosen.step];
  const related = [...(sentBy.get(chosen.step) || [])];
  if (receivedBy.has(chosen.step)) related.push(receivedBy.get(chosen.step));
  for (const m of related) {
    if (!rowShown[messages.from[m]] || messages.to[m] < 0 || !rowShown[messages.to[m]]) continue;
    const arrow = arrowOf(m);
    const kind = kindOf.get(messages.kind[m]);
    context.strokeStyle = context.fillStyle = kind.colour;
    context.lineWidth = 3;
    context.setLineDash(kind.dash);
    context.beginPath();
    context.moveTo(arrow.x1, arrow.y1);
    context.lineTo(arrow.x2, arrow.y2);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    if (neverArrives(m) || messages.dropped[m]) cross(context, arrow, kind.colour);
    else head(context, arrow, 10);
    context.fill();
  }
  if (!rowShown[row]) return;
  const x = layout.x(steps.at[chosen.step]);
  context.strokeStyle = theme.fg;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, layout.y(row), 8, 0, 2 * Math.PI);
  context.stroke();
}
