// Drawing the diagram as a whole, and what the pointer and the keys do on it.

const chosen = {step: -1, listeners: []};

function choose(step, reveal = false) {
  chosen.step = step;
  if (step >= 0 && reveal) {
    view.show(steps.at[step]);
    revealRow(steps.who[step]);
  }
  for (const listener of chosen.listeners) listener();
  redraw();
}

function revealRow(row) {
  if (!rowShown[row]) return;
  const top = layout.tops[layout.place[row]];
  const room = layout.visible - layout.top;
  if (top < layout.scroll || top + layout.rowHeight(row) > layout.scroll + room) scroller.scrollTop = top - room / 2;
}

let pending = false;
function redraw() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; drawAll(); });
}

function drawAll() {
  drawDiagram();
  drawOverview();
  drawCharts();
  showWindow();
}

function drawDiagram() {
  layout.scroll = scroller.scrollTop;
  layout.width = scroller.clientWidth;
  const context = prepared(canvas, layout.width, layout.visible);
  collectMessages();
  drawGrid(context);
  context.save();
  context.beginPath();
  context.rect(layout.gutter, layout.axis, layout.width - layout.gutter, layout.visible);
  context.clip();
  drawCuts(context);
  drawGaps(context);
  if (shown.messages > mostArrows) drawDensity(context);
  drawRows(context);
  if (shown.messages <= mostArrows) drawArrows(context);
  drawSteps(context);
  drawBandLabels(context);
  drawChosen(context);
  context.restore();
  drawNames(context);
  drawAxis(context);
  drawFlags(context);
}

// What is under the pointer: the nearest step of the row within 7 pixels, else the nearest arrow within 5.
function under(x, y) {
  let best = {distance: 7.5};
  for (const row of visibleRows()) {
    if (Math.abs(layout.y(row) - y) > 9) continue;
    const own = stepsOfRow[row];
    const near = lowerBoundOf(own, layout.at(x));
    for (const i of [near - 1, near]) {
      if (i < 0 || i >= own.length) continue;
      const distance = Math.abs(layout.x(steps.at[own[i]]) - x);
      if (distance < best.distance) best = {distance, step: own[i]};
    }
    if (best.step === undefined && isClientRow(row)) {
      const operation = operationAt(row, layout.at(x));
      if (operation >= 0) return {operation};
    }
  }
  if (best.step !== undefined) return best;
  if (shown.messages > mostArrows) return {};
  best = {distance: 5};
  for (const m of shown.arrows) {
    const a = arrowOf(m);
    if (x < Math.min(a.x1, a.x2) - 5 || x > Math.max(a.x1, a.x2) + 5) continue;
    const length = (a.x2 - a.x1) ** 2 + (a.y2 - a.y1) ** 2 || 1;
    const along = Math.max(0, Math.min(1, ((x - a.x1) * (a.x2 - a.x1) + (y - a.y1) * (a.y2 - a.y1)) / length));
    const distance = Math.hypot(x - a.x1 - along * (a.x2 - a.x1), y - a.y1 - along * (a.y2 - a.y1));
    if (distance < best.distance) best = {distance, message: m};
  }
  return best;
}

function operationAt(row, at) {
  const starts = operationStarts[row];
  for (let i = lowerBound(starts, at) - 1; i >= 0 && starts[i] > at - longestOperation - 1; --i) {
    const o = operationsOfRow[row][i];
    if (operations.took[o] >= 0 && operations.invoked[o] + operations.took[o] >= at) return o;
  }
  return -1;
}

function fate(m) {
  if (neverArrives(m)) return {loss: 'lost on the way', cut: 'lost: the link is cut'}[text(messages.lost[m])] || `lost: ${text(messages.lost[m])}`;
  const took = inWords(messages.flight[m]);
  if (messages.dropped[m]) return `dropped on arrival after ${took}: nobody there, or the link was cut meanwhile`;
  const arrives = messages.sent[m] + messages.flight[m];
  if (arrives > duration) return 'still on its way at the end';
  const waited = messages.gotStep[m] >= 0 ? steps.at[messages.gotStep[m]] - arrives : 0;
  return `arrives after ${took}` + (waited > 0 ? `, taken up ${inWords(waited)} later` : '');
}

function describe(hit) {
  if (hit.step !== undefined)
    return `${rowName(steps.who[hit.step])} at ${exactly(steps.at[hit.step])}\n${text(steps.text[hit.step])}`;
  if (hit.message !== undefined) {
    const m = hit.message;
    return `${text(messages.kind[m]).replaceAll('_', ' ')}: ${rowName(messages.from[m])} → ${rowName(messages.to[m])}\nsent at ${exactly(messages.sent[m])}, ${fate(m)}`;
  }
  if (hit.operation !== undefined) {
    const o = hit.operation;
    return `${rowName(operations.client[o])} ${text(operations.verb[o])} ${text(operations.key[o])} ${text(operations.value[o])}\n${outcomeNames[operations.outcome[o]]} after ${inWords(operations.took[o])}: ${text(operations.answer[o])}`;
  }
  return '';
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

const tooltip = document.getElementById('tooltip');
function showTooltip(words, event) {
  tooltip.hidden = !words;
  if (!words) return;
  tooltip.textContent = words;
  const box = tooltip.getBoundingClientRect();
  tooltip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + 'px';
  tooltip.style.top = (event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18) + 'px';
}

// Dragging with one pointer moves in time, pinching with two zooms.
function watchPointer() {
  const pointers = new Map();
  let moved = 0;
  canvas.addEventListener('pointerdown', (event) => {
    pointers.set(event.pointerId, event.clientX);
    canvas.setPointerCapture(event.pointerId);
    moved = 0;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) {
      showTooltip(describe(under(...place(event))), event);
      return;
    }
    const before = pointers.get(event.pointerId);
    const scale = view.span / (layout.width - layout.gutter);
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      const box = canvas.getBoundingClientRect();
      const factor = Math.max(20, Math.abs(before - other)) / Math.max(20, Math.abs(event.clientX - other));
      view.zoom(factor, layout.at((event.clientX + other) / 2 - box.left));
    } else {
      moved += Math.abs(event.clientX - before);
      if (moved > 3) {
        canvas.classList.add('dragging');
        showTooltip('', event);
        view.set(view.from - (event.clientX - before) * scale, view.to - (event.clientX - before) * scale);
      }
    }
    pointers.set(event.pointerId, event.clientX);
  });
  const release = (event) => {
    canvas.classList.remove('dragging');
    if (pointers.delete(event.pointerId) && moved <= 3 && event.type === 'pointerup') click(under(...place(event)));
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', (event) => showTooltip('', event));
  canvas.addEventListener('dblclick', (event) => view.zoom(0.4, layout.at(place(event)[0])));
  canvas.addEventListener('wheel', (event) => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.shiftKey && !sideways) return;  // scrolls the rows
    event.preventDefault();
    showTooltip('', event);
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (sideways) view.move((event.deltaX * unit) / (layout.width - layout.gutter));
    else view.zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY * unit)) * 0.0022), layout.at(place(event)[0]));
  }, {passive: false});
}

function click(hit) {
  if (hit.step !== undefined) choose(hit.step);
  else if (hit.message !== undefined) {
    const m = hit.message;
    choose(messages.gotStep[m] >= 0 ? messages.gotStep[m] : messages.sentStep[m]);
  } else choose(-1);
}

function chooseNeighbour(direction) {
  if (chosen.step < 0) {
    const first = lowerBound(steps.at, (view.from + view.to) / 2);
    if (steps.count) choose(Math.min(first, steps.count - 1), true);
    return;
  }
  let next = chosen.step + direction;
  while (next >= 0 && next < steps.count && !rowShown[steps.who[next]]) next += direction;
  if (next >= 0 && next < steps.count) choose(next, true);
}

function visitLandmark(direction) {
  const middle = (view.from + view.to) / 2;
  const slack = view.span * 1e-6;
  const next = direction > 0 ? landmarks.find((l) => l.at > middle + slack) : landmarks.findLast((l) => l.at < middle - slack);
  if (!next) return;
  const span = Math.min(view.span, duration / 10);
  view.set(next.at - span / 2, next.at + span / 2);
  const step = next.step ? placeOfNumber(next.step) : -1;
  if (step >= 0) choose(step);
  say(`${exactly(next.at)}: ${next.text}`);
}

const keys = {
  ArrowLeft: () => view.move(-0.15), ArrowRight: () => view.move(0.15),
  ArrowUp: () => { scroller.scrollTop -= layout.height; }, ArrowDown: () => { scroller.scrollTop += layout.height; },
  PageUp: () => view.move(-0.9), PageDown: () => view.move(0.9),
  '+': () => view.zoom(0.6), '=': () => view.zoom(0.6), '-': () => view.zoom(1 / 0.6), '0': () => view.all(),
  Home: () => view.set(0, view.span), End: () => view.set(duration - view.span, duration),
  ',': () => chooseNeighbour(-1), '.': () => chooseNeighbour(1),
  n: () => visitLandmark(1), p: () => visitLandmark(-1), Escape: () => choose(-1),
};

function watchKeys() {
  canvas.addEventListener('keydown', (event) => {
    const action = keys[event.key] || keys[event.key.toLowerCase()];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
