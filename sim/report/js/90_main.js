// The head of the page, the controls, and what is shown first.

const byId = (id) => document.getElementById(id);

function buildHead() {
  const summary = run.summary || {};
  const verdict = byId('verdict');
  verdict.textContent = summary.verdict || 'no verdict';
  verdict.classList.add(summary.verdict);
  byId('why').textContent = [summary.why, summary.source && `Source: ${summary.source}.`].filter(Boolean).join(' ');
  const expected = summary.expected_violation;
  for (const violation of violations.slice(0, 5)) {
    const lead = violation.rule === expected ? 'Rule broken, as this scenario expects: ' : 'Rule broken: ';
    if (violation.judgedLate) {
      byId('broken').append(element('div', {}, element('strong', {}, lead + violation.rule), ` over the whole run. ${violation.text} `, ...operationNamed(violation.text)));
      continue;
    }
    const link = violation.step ? jumpToNumber(`go to step ${count(violation.step)}`, violation.step, violation.at) : jump('go to that instant', -1, violation.at);
    byId('broken').append(element('div', {}, element('strong', {}, lead + violation.rule), ` at ${exactly(violation.at)}. ${violation.text} `, link));
  }
  if (violations.length > 5) byId('broken').append(element('div', {}, `and ${count(violations.length - 5)} more broken rules; summary.json lists them`));
  const told = new Set(violations.map((v) => `${v.rule}: ${v.text}`));
  for (const reason of summary.reasons || [])
    if (!told.has(reason)) byId('broken').append(element('div', {}, reason));
  buildCards(summary);
}

// A link to the operation that a verdict names, as in "key k1: #333 c1 get …".
function operationNamed(words) {
  const [, id] = words.match(/#(\d+) c\d+/) || [];
  const o = id === undefined ? -1 : operations.id.indexOf(+id);
  return o < 0 ? [] : [jump('show when that was', -1, operations.invoked[o])];
}

function buildCards(summary) {
  const totals = run.totals;
  const cards = [
    ['protocol', summary.protocol],
    ['nodes, clients', `${count(run.nodes)}, ${count(run.clients)}`],
    ['simulated', inWords(run.duration)],
    ['steps', count(run.stepsTotal)],
    [reigns.some((r) => r.role === 'coordinator') ? 'coordinators' : 'leaders', reigns.length ? `${count(reigns.length)}, last ${rowName(reigns.at(-1).row)}` : 'none'],
    ['faults', count(faults.length)],
  ];
  if (operations.total) {
    cards.push(['operations ok / failed / unknown', `${count(totals.ok)} / ${count(totals.failed)} / ${count(totals.unknown)}`]);
    if (totals.p50 >= 0) cards.push(['latency: half, 99 of 100 below', `${inWords(totals.p50)}, ${inWords(totals.p99)}`]);
    if (totals.wait > 0) cards.push(['longest wait', jump(`${inWords(totals.wait)} from ${clock(totals.waitFrom)}`, -1, totals.waitFrom)]);
  }
  cards.push(['seed', summary.seed], ['digest', summary.digest]);
  for (const [name, value] of cards)
    if (value !== undefined && value !== '') byId('cards').append(element('div', {}, element('dt', {}, name), element('dd', {}, value instanceof Node ? value : String(value))));
}

let said = '';
function say(words) { said = words; redraw(); }

function showWindow() {
  const digits = (ns) => +(ns / 1e9).toFixed(view.span < 1e6 ? 9 : view.span < 1e9 ? 6 : 3);
  for (const [id, at] of [['from', Math.max(0, view.from)], ['to', Math.min(duration, view.to)]])
    if (document.activeElement !== byId(id)) byId(id).value = digits(at);
  const status = [];
  if (said) status.push(said + '.');
  if (shown.messages > mostArrows)
    status.push(`${count(shown.messages)} messages in view are too many for arrows: grey bars show how many arrive (the tallest ${count(shown.tallest)} in 3 pixels). Zoom in, or hide kinds, to below ${count(mostArrows)}.`);
  else
    status.push(`In view: ${count(shown.messages)} messages, ${count(shown.steps)} steps, ${inWords(Math.min(view.span, duration))}.`);
  byId('status').textContent = status.join(' ');
  said = '';
}

function buildExtent() {
  const total = run.stepsTotal;
  let words = steps.count >= total ? `All ${count(total)} steps of the run.` : `Showing ${count(steps.count)} of ${count(total)} steps`;
  if (steps.count < total) {
    const parts = run.spans.filter(([from, to]) => to - from > duration / 1e5).map(([from, to]) => `${clock(from)} to ${clock(to)}`);
    words += parts.length > 3 ? `, complete in ${parts.length} stretches from ${clock(run.spans[0][0])} to ${clock(run.spans.at(-1)[1])}` : parts.length ? `, complete from ${parts.join(', ')}` : '';
    words += '; elsewhere (striped) only roles, faults and operations.';
  }
  if (operations.count < operations.total) words += ` Of ${count(operations.total)} client operations ${count(operations.count)} are drawn one by one.`;
  byId('extent').textContent = words;
}

function buildHelp() {
  const item = (...content) => element('li', {}, ...content);
  byId('help').append(
    element('p', {}, 'Each line is a node or a client, time runs to the right, an arrow is a message from its sending to its arrival.'),
    element('ul', {},
      item('Tall blue band: leader or coordinator; striped amber: standing for election; thin grey: follower, lighter and darker as terms change.'),
      item('Green dot: a commit, with its index; a small dot stands for one or several. Tick: a step.'),
      item('✕ on an arrow: lost. Between the lines: on the way, drawn close to its sender, as where it died is not known. At a line: it arrived, but nobody was there or the link was cut meanwhile.'),
      item('Coloured backgrounds: during a cut, rows of one colour can still talk with each other. Hatched rows: down or paused.'),
      item('Bars on a client’s line: operations, green ok, ✕ failed, ? unknown.')),
    element('p', {}, 'Wheel or pinch zooms, dragging moves, shift and wheel scroll rows. Keys, with the diagram focused:'),
    element('p', {}, ...[['← →', 'move'], ['+ −', 'zoom'], ['0', 'whole run'], ['N P', 'next, previous event'], [', .', 'previous, next step'], ['Esc', 'choose nothing']]
      .flatMap(([key, what]) => [element('kbd', {}, key), ` ${what}  `])));
}

function buildRowChoice() {
  const box = byId('row-choice');
  const refresh = () => { arrange(); redraw(); };
  if (rowCount > 200) {
    box.append(element('p', {}, `${count(rowCount)} rows: scroll the diagram to see them.`));
    return;
  }
  const checks = [];
  const all = (shownNow) => () => { for (const check of checks) check.checked = shownNow; rowShown.fill(shownNow ? 1 : 0); refresh(); };
  box.append(element('button', {onclick: all(true)}, 'all'), ' ', element('button', {onclick: all(false)}, 'none'));
  for (let row = 0; row < rowCount; ++row) {
    const check = element('input', {type: 'checkbox', checked: true});
    check.addEventListener('change', () => { rowShown[row] = check.checked ? 1 : 0; refresh(); });
    checks.push(check);
    box.append(element('label', {}, check, ' ' + rowName(row)));
  }
}

function watchControls() {
  const actions = {
    'zoom-in': () => view.zoom(0.6), 'zoom-out': () => view.zoom(1 / 0.6), 'zoom-all': () => view.all(),
    'event-back': () => visitLandmark(-1), 'event-next': () => visitLandmark(1),
  };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener('click', action);
  for (const id of ['from', 'to']) {
    byId(id).addEventListener('change', () => {
      const from = byId('from').value * 1e9;
      const to = byId('to').value * 1e9;
      if (to > from) view.set(from, to);
    });
  }
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
}

// First: a broken rule, else the first election that a fault led up to, else the first election, else the whole run.
function showFirst() {
  const broken = violations.find((v) => !v.judgedLate);
  const fault = faults.find((f) => reigns.some((r) => r.from > f.at && r.from - f.at < duration / 5));
  const reign = fault ? reigns.find((r) => r.from > fault.at) : reigns[0];
  if (broken) {
    view.set(broken.at - duration / 60, broken.at + duration / 100);
    if (broken.step) choose(placeOfNumber(broken.step));
    return;
  }
  if (!reign) { view.all(); return; }
  if (fault) {
    const length = Math.max(reign.from - fault.at, duration / 1e4);
    view.set(fault.at - length * 0.12, reign.from + length * 0.28);
  } else {
    view.set(reign.from - duration / 60, reign.from + duration / 60);
  }
  choose(placeOfNumber(reign.step));
  revealRow(reign.row);
}

// The part shown and the step chosen are kept in the address, as #4.9-5.5 or #4.9-5.5/4628, so that a view can be passed on.
function showAddressed() {
  const [, from, to, step] = location.hash.match(/^#([\d.]+)-([\d.]+)(?:\/(\d+))?$/) || [];
  if (!(to * 1e9 > from * 1e9)) return false;
  view.set(from * 1e9, to * 1e9);
  choose(step ? placeOfNumber(+step) : -1);
  return true;
}
let addressing = 0;
function keepAddress() {
  clearTimeout(addressing);
  addressing = setTimeout(() => {
    const at = (ns) => +(Math.max(0, ns) / 1e9).toFixed(9);
    const step = chosen.step >= 0 ? '/' + steps.number[chosen.step] : '';
    history.replaceState(null, '', `#${at(view.from)}-${at(view.to)}${step}`);
  }, 500);
}

function start() {
  readTheme();
  buildHead();
  buildExtent();
  buildHelp();
  buildRowChoice();
  const refreshKinds = buildKinds(() => redraw());
  buildCharts();
  buildElections();
  buildFaults();
  buildOperations();
  buildAbout();
  watchControls();
  watchPointer();
  watchKeys();
  watchOverview();
  view.listeners.push(redraw);
  scroller.addEventListener('scroll', redraw);
  new ResizeObserver(() => { arrange(); redraw(); }).observe(scroller);
  const recolour = () => { hatches.clear(); readTheme(); refreshKinds(); };
  darkScheme.addEventListener('change', () => { recolour(); redraw(); });
  const print = (now) => () => {
    printing = now;
    document.documentElement.classList.toggle('printing', now);
    recolour();
    drawAll();
  };
  addEventListener('beforeprint', print(true));
  addEventListener('afterprint', print(false));
  arrange();
  showChosen();
  if (!showAddressed()) showFirst();
  drawAll();
  view.listeners.push(keepAddress);
  chosen.listeners.push(keepAddress);
  addEventListener('hashchange', showAddressed);
}
start();
