// Tables of elections, faults and operations, a page at a time, and the facts about the run.

// columns: [title, class, (item) => content]. The first `size` rows show, with buttons for the others.
function buildTable(section, columns, items, size, empty) {
  const box = document.querySelector(`#${section} .table`);
  let first = 0;
  const show = () => {
    if (items.length === 0) {
      box.replaceChildren(element('p', {className: 'note'}, empty));
      return;
    }
    const page = items.slice(first, first + size);
    const head = element('tr', {}, ...columns.map(([title, kind]) => element('th', {className: kind, scope: 'col'}, title)));
    const body = page.map((item) => element('tr', {}, ...columns.map(([, kind, content]) => element('td', {className: kind}, ...[content(item)].flat()))));
    const parts = [element('table', {}, element('thead', {}, head), element('tbody', {}, ...body))];
    if (items.length > size) {
      const turn = (by) => () => { first = Math.max(0, Math.min(first + by, items.length - 1)); show(); };
      parts.push(element('div', {className: 'pager'},
        element('button', {disabled: first === 0, onclick: turn(-size)}, '◀ earlier'),
        `${count(first + 1)} to ${count(first + page.length)} of ${count(items.length)}`,
        element('button', {disabled: first + size >= items.length, onclick: turn(size)}, 'later ▶')));
    }
    box.replaceChildren(...parts);
  };
  show();
  return (replaced) => { items = replaced; first = 0; show(); };
}

function reignAfter(campaign) {
  return campaign.result === 'won' ? reigns.find((reign) => reign.row === campaign.row && reign.from >= campaign.from && reign.term === campaign.term) : undefined;
}

function outcomeOf(campaign) {
  if (campaign.result !== 'lost') return campaign.result;
  return campaign.stood ? 'lost' : 'did not stand: asked, and would not have won';
}

function untilOf(campaign) {
  const reign = reignAfter(campaign);
  if (!reign) return '';
  if (reign.to < 0) return 'the end of the run';
  return `${clock(reign.to)} (${inWords(reign.to - reign.from)}${reign.crashed ? ', crashed' : ''})`;
}

function buildElections() {
  const withTerms = reigns.some((reign) => reign.term > 0) || campaigns.some((campaign) => campaign.term > 0);
  const withVotes = kinds.some((kind) => kind.name.endsWith('granted'));
  buildTable('elections', [
    ['began', '', (c) => jumpToNumber(clock(c.from), c.step, c.from)],
    ...(withTerms ? [['term', 'number', (c) => String(c.term)]] : []),
    ['candidate', '', (c) => rowName(c.row)],
    ['outcome', '', outcomeOf],
    ['after', 'number', (c) => (c.to < 0 ? '' : inWords(c.to - c.from))],
    ...(withVotes ? [['votes, with its own', '', (c) => (c.stood && c.result !== 'crashed' ? `${c.voters.length + 1} of ${run.nodes}${c.voters.length ? ` (${c.voters.map(rowName).join(', ')})` : ''}` : '')]] : []),
    ['chief until', '', untilOf],
  ], campaigns, 40, 'Nobody stood for election.');
}

function buildFaults() {
  buildTable('faults', [
    ['at', '', (f) => jump(clock(f.at), -1, f.at)],
    ['what', 'wide', (f) => f.text],
    ['kind', '', (f) => f.kind.replaceAll('_', ' ')],
    ['until', '', (f) => (f.until < 0 ? '' : `${clock(f.until)} (${inWords(f.until - f.at)})`)],
    ['links cut from then on', 'number', (f) => (f.cut ? count(f.cut) : '')],
  ], faults, 40, 'Nothing was broken on purpose.');
}

function operationJump(o) {
  return jump(clock(operations.invoked[o]), -1, operations.invoked[o]);
}

function buildOperations() {
  const all = Array.from({length: operations.count}, (_, o) => o);
  const note = operations.count < operations.total ? ` This page lists ${count(operations.count)} of ${count(operations.total)}; history.ndjson beside it has all.` : '';
  const update = buildTable('operations', [
    ['began', '', operationJump],
    ['client', '', (o) => rowName(operations.client[o])],
    ['operation', '', (o) => text(operations.verb[o])],
    ['key', '', (o) => text(operations.key[o])],
    ['value', '', (o) => text(operations.value[o])],
    ['outcome', '', (o) => element('span', {style: `color: var(--${['good', 'bad', 'open'][operations.outcome[o]]})`}, outcomeNames[operations.outcome[o]])],
    ['took', 'number', (o) => (operations.took[o] < 0 ? '' : inWords(operations.took[o]))],
    ['answer', 'wide', (o) => text(operations.answer[o])],
  ], all, 25, 'None of these.');
  const outcome = document.getElementById('outcome-choice');
  const order = document.getElementById('order-choice');
  const refill = () => {
    const some = all.filter((o) => outcome.value === '' || operations.outcome[o] === +outcome.value);
    if (order.value === 'slow') some.sort((a, b) => operations.took[b] - operations.took[a]);
    update(some);
  };
  outcome.addEventListener('change', refill);
  order.addEventListener('change', refill);
  if (note) document.querySelector('#operations .toolbar').append(element('span', {className: 'note'}, note));
}

function shownValue(value) {
  return value === null ? 'none' : typeof value === 'number' && !Number.isInteger(value) ? String(+value.toPrecision(6)) : String(value);
}

function buildAbout() {
  const box = document.getElementById('manifest');
  const plain = Object.entries(run.manifest || {}).filter(([, value]) => typeof value !== 'object');
  const rich = Object.entries(run.manifest || {}).filter(([, value]) => value && typeof value === 'object');
  const table = (entries) => element('div', {className: 'table'}, element('table', {}, element('tbody', {},
    ...entries.map(([key, value]) => element('tr', {}, element('th', {scope: 'row'}, key.replaceAll('_', ' ')), element('td', {className: 'wide'}, shownValue(value)))))));
  box.append(table(plain));
  const figures = Object.entries(run.summary?.figures || {});
  if (figures.length) box.append(element('details', {}, element('summary', {}, `All ${figures.length} figures`), table(figures)));
  const seen = run.summary?.witnesses || [];
  if (seen.length) box.append(element('p', {}, `Seen in this run: ${seen.join(', ').replaceAll('_', ' ')}.`));
  for (const [key, value] of rich)
    box.append(element('details', {}, element('summary', {}, key.replaceAll('_', ' ')), element('pre', {tabindex: '0'}, JSON.stringify(value, null, 2))));
}
