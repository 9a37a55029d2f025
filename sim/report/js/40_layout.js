// Where rows and instants are on the canvas of the space-time diagram.

const canvas = document.getElementById('space-time');
const scroller = document.getElementById('scroller');
const spacer = document.getElementById('spacer');
const inspector = document.getElementById('inspector');

const layout = {
  gutter: 58, axis: 22, flags: 20,
  rows: [],      // shown, top to bottom
  place: new Int32Array(rowCount),  // of a row among the shown ones, -1 when hidden
  height: 0,     // of one node's row
  width: 0, visible: 0, scroll: 0,
  get top() { return this.axis + this.flags; },
  rowHeight(row) { return isClientRow(row) ? this.clientHeight : this.height; },
  y(row) { return this.tops[this.place[row]] + this.rowHeight(row) / 2 + this.top - this.scroll; },
  x(at) { return this.gutter + ((at - view.from) / view.span) * (this.width - this.gutter); },
  at(x) { return view.from + ((x - this.gutter) / (this.width - this.gutter)) * view.span; },
};

function arrange() {
  layout.rows = [];
  for (let row = 0; row < rowCount; ++row) {
    layout.place[row] = rowShown[row] ? layout.rows.length : -1;
    if (rowShown[row]) layout.rows.push(row);
  }
  const many = layout.rows.length;
  layout.height = many <= 10 ? 58 : many <= 16 ? 44 : many <= 40 ? 32 : 26;
  layout.clientHeight = Math.min(layout.height, many <= 10 ? 34 : 26);
  layout.gutter = Math.max(46, 22 + 9 * String(run.nodes).length);
  layout.tops = new Float64Array(many + 1);
  for (let i = 0; i < many; ++i) layout.tops[i + 1] = layout.tops[i] + layout.rowHeight(layout.rows[i]);
  const total = Math.max(layout.tops[many], 60) + layout.top + 6;
  layout.visible = Math.min(total, Math.max(280, Math.floor(innerHeight * 0.74)));
  spacer.style.height = total + 'px';
  scroller.style.height = layout.visible + 'px';
  inspector.style.height = innerWidth > 900 ? Math.max(layout.visible, 300) + 'px' : '';
  layout.width = scroller.clientWidth;
  layout.scroll = scroller.scrollTop;
}

// A context scaled for the screen's pixels, cleared.
function prepared(target, width, height) {
  const ratio = Math.min(devicePixelRatio || 1, 3);
  if (target.width !== Math.round(width * ratio) || target.height !== Math.round(height * ratio)) {
    target.width = Math.round(width * ratio);
    target.height = Math.round(height * ratio);
    target.style.height = height + 'px';
  }
  const context = target.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  context.textBaseline = 'middle';
  return context;
}

const hatches = new Map();
function hatch(context, colour, direction) {
  const key = colour + direction;
  if (!hatches.has(key)) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 8;
    const pen = tile.getContext('2d');
    pen.strokeStyle = colour;
    pen.lineWidth = 1.3;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, direction === '/' ? 8 : 0);
      pen.lineTo(shift + 8, direction === '/' ? 0 : 8);
    }
    pen.stroke();
    hatches.set(key, context.createPattern(tile, 'repeat'));
  }
  return hatches.get(key);
}

function clipped(context, words, width) {
  if (context.measureText(words).width <= width) return words;
  let length = Math.floor(words.length * width / context.measureText(words).width);
  while (length > 0 && context.measureText(words.slice(0, length) + '…').width > width) --length;
  return length > 2 ? words.slice(0, length) + '…' : '';
}

function drawTicks(context, x, from, to, left, right, y, label) {
  const step = niceStep((to - from) / Math.max(2, (right - left) / 110));
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    if (at < 0 || at > duration) continue;
    const place = x(at);
    if (place < left || place > right) continue;
    label(at, place, step, y);
  }
}
