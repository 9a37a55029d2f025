// The shared files at this moment: who knows whom, what is on its way, and how searches travelled.

function bytes(n) {
  for (const [unit, size] of [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]]) {
    if (n >= size) return `${(n / size).toFixed(n < 10 * size ? 1 : 0)} ${unit}`;
  }
  return `${Math.round(n)} B`;
}
// Of another member's file, as that member tells it.
const fetchWords = {searching: 'looks for somebody who has it', waiting: 'waits for a source to be found again', finishing: 'is whole, gets its name'};

function filesVerdict(now) {
  const fresh = sharers().filter((m) => m.files.fresh(now));
  if (fresh.length === 0) return {tone: 'bad', text: 'No member that shares files answers: what follows is last known'};
  const under = fresh.reduce((sum, m) => sum + m.files.status.fetches.length, 0);
  const most = Math.max(...fresh.map((m) => m.files.status.neighbours.length));
  if (holds('no neighbours', most === 0 && members.size > 1, now)) return {tone: 'odd', text: 'Nobody has a neighbour: searches find only what is at home'};
  return {tone: 'good', text: `${capital(nodes(idsOf(fresh)))} ${verb(fresh, 'shares', 'share')} files${under === 0 ? '' : `; ${under} ${under === 1 ? 'is' : 'are'} on the way`}`};
}
function filesNotes(now) {
  const notes = [];
  const fresh = sharers().filter((m) => m.files.fresh(now));
  for (const m of fresh) {
    const silent = m.files.status.neighbours.filter((one) => one.misses > 0).map((one) => one.node);
    if (holds('silent ' + m.id, silent.length > 0, now)) notes.push(`Node ${m.id} hears nothing of ${nodes(silent)}.`);
    const alone = fresh.filter((other) => other !== m && !m.files.status.neighbours.some((one) => one.node === other.id)).map((other) => other.id);
    if (holds('unlinked ' + m.id, alone.length > 0, now)) notes.push(`Node ${m.id} does not have ${nodes(alone)} as ${verb(alone, 'a neighbour', 'neighbours')}.`);
    if (!m.files.status.room) notes.push(`The disk of node ${m.id} is full: it takes no files.`);
  }
  const without = inOrder().filter((m) => m.fresh(now) && m.status.files === false);
  if (without.length > 0) notes.push(`${capital(nodes(idsOf(without)))} ${verb(without, 'shares', 'share')} no files.`);
  return notes;
}
const filesAge = (m, now) => m.files.fresh(now) ? '' : `last known, ${ago(now - m.files.at)}`;

function drawFiles(now) {
  const all = sharers();
  byId('files').hidden = all.length === 0;
  if (all.length === 0) return;
  const verdict = filesVerdict(now);
  say(byId('files-verdict'), verdict.text);
  put(byId('files-headline'), 'data-tone', verdict.tone);
  list(byId('files-notes'), filesNotes(now), (note) => note, (note) => make('li', {}, note));
  list(byId('peers'), all, (m) => m.id, (m) => make('tr', {'data-node': m.id}, ...Array.from({length: 6}, () => make('td'))), (row, m) => drawPeer(row, m, now));
  drawTransfers(all, now);
  drawSearches(now);
  for (const id of ['find-button', 'index-button']) byId(id).disabled = !home.files.runs();
}
function drawPeer(row, m, now) {
  const {neighbours, files, open_searches: open, sent_bytes: sent, received_bytes: received} = m.files.status;
  put(row, 'class', m.files.fresh(now) ? null : 'stale');
  const met = neighbours.map((one) => `${one.node} (${ago(one.heard_ms + now - m.files.at)})`).join(', ');
  [`node ${m.id}`, filesAge(m, now) || met || 'nobody', whole(files), whole(open), bytes(sent), bytes(received)].forEach((text, i) => say(row.children[i], text));
}

// Those on their way first, then the latest that ended.
function drawTransfers(all, now) {
  const under = all.flatMap((m) => m.files.status.fetches.map((one) => ({m, one, key: `${m.id} ${one.name}`})));
  const busyKeys = new Set(under.map(({key}) => key));
  const over = all.flatMap((m) => m.files.ended.slice(0, 8).map((one, i) => ({m, one, key: `${m.id} ${one.name} ended ${m.files.ended.length - i}`}))).slice(0, 16);
  byId('no-transfers').hidden = under.length + over.length > 0;
  list(byId('transfers'), [...under, ...over], ({key}) => key,
    ({key}) => make('li', {}, make('b'), make('span', {class: 'age note'}), ...(busyKeys.has(key) ? [make('div', {class: 'bar', role: 'img'}, make('div', {class: 'committed'}))] : []), make('p', {class: 'numbers'})),
    (item, {m, one, key}) => {
      say(item.children[0], `node ${m.id}: ${one.name}`);
      say(item.children[1], filesAge(m, now));
      if (busyKeys.has(key)) drawUnderWay(item, one);
      else say(item.lastChild, one.outcome === 'done' ? `came in ${span(one.seconds * 1000)}, ${bytes(one.size)}` : `given up after ${span(one.seconds * 1000)}: ${one.reason}`);
      put(item, 'class', `${m.files.fresh(now) ? '' : 'stale '}${busyKeys.has(key) ? 'unknown' : one.outcome === 'done' ? 'done' : 'refused'}`);
    });
}
function drawUnderWay(item, {state, size, here, chunks, chunks_here: got, sources, bytes_per_s: rate, searches_in_vain: vain}) {
  const share = size ? here / size : 0;
  item.children[2].firstChild.style.width = `${100 * share}%`;
  put(item.children[2], 'aria-label', `${Math.floor(100 * share)} %`);
  const from = sources.length > 0 ? `from ${nodes(sources)}` : '';
  const words = [state === 'fetching' ? from : fetchWords[state] + (vain > 0 ? ` (${vain} searches in vain)` : ''),
    chunks > 0 ? `${whole(got)} of ${whole(chunks)} chunks, ${bytes(here)} of ${bytes(size)}` : '', rate > 0 ? `${bytes(rate)}/s` : ''];
  say(item.lastChild, words.filter(Boolean).join(' · '));
}

function drawSearches(now) {
  const all = [...searches.values()].reverse();
  byId('no-searches').hidden = all.length > 0;
  list(byId('searches'), all, (one) => one.query, () => make('tr', {}, ...Array.from({length: 5}, () => make('td'))), (row, one) => {
    const reached = [...one.reached].filter((id) => id !== one.asker?.id).sort((a, b) => a - b);
    const found = one.sources === null ? (now - one.at < 20000 ? 'travelling' : 'not told') : `${whole(one.sources)} in ${span(one.took)}`;
    put(row, 'class', one.sources === null && now - one.at < 20000 ? 'travels' : null);
    [ago(now - one.at), one.asker ? `node ${one.asker.id}` : '–', one.text ?? '–',
      reached.length > 0 ? `${nodes(reached)}, ${whole(one.messages)} messages${one.ttl ? `, at most ${one.ttl} hops` : ''}` : 'nobody', found].forEach((text, i) => say(row.children[i], text));
  });
}
