// Puts the page together: draws four times a second what is known, and samples it twice.

function drawHeadline(now) {
  const {verdict, notes} = story(now);
  say(byId('verdict'), verdict.text);
  put(byId('headline'), 'data-tone', verdict.tone);
  list(byId('notes'), notes, (note) => note, (note) => make('li', {}, note));
  const status = home.status;
  if (!status) return;
  say(byId('cluster'), `Lockstep, cluster ${status.cluster}`);
  say(byId('origin'), `page of node ${home.id}, ${home.live ? 'live' : home.fresh(now) ? 'asked each second' : 'not answering'} · version ${status.version}`);
  const title = `${verdict.text} – Lockstep`;
  if (document.title !== title) document.title = title;
}

function drawElections(now) {
  const all = reigns(now).slice(-30).reverse();
  list(byId('elections'), all, (r) => `${r.term} ${r.leader}`, () => make('tr', {}, make('td'), make('td'), make('td'), make('td')), (row, r) => {
    const lasted = r.leader === null || (r.to === null && !r.end.endsWith('leads')) ? '' : span((r.to ?? now) - r.from);
    const became = r.end.endsWith('leads') ? `${r.end}, for ${lasted}` : r.end + (lasted && ` (led ${lasted})`);
    [whole(r.term), r.leader === null ? 'nobody' : `node ${r.leader}`, clock(r.from), became].forEach((text, i) => say(row.children[i], text));
  });
}

const eventWords = {
  became_leader: (e) => `became leader of term ${e.term}`,
  became_candidate: (e) => `stands for election in term ${e.term}`,
  became_pre_candidate: (e) => `heard no leader in term ${e.term}, asks whether an election would help`,
  became_follower: (e) => leaderIn(e) ? `follows node ${leaderIn(e)} in term ${e.term}` : `is a follower in term ${e.term}, knows no leader`,
  stepped_down: endWords,
  vote_cast: (e) => { const c = /candidate\s*[=:]?\s*n?(\d+)/.exec(e.text || ''); return c ? `voted for node ${c[1]} in term ${e.term}` : `voted in term ${e.term}`; },
};
function faultWords(event) {
  const start = (event.text || '').indexOf('{');
  let said;
  try { said = JSON.parse(event.text.slice(start)); } catch { return event.text; }
  const way = said.direction === 'in' ? `from node ${said.peer}` : said.direction === 'out' ? `to node ${said.peer}` : `with node ${said.peer}`;
  if (said.cut) return `cut its link ${way}`;
  const rest = Object.entries(said).filter(([key]) => key !== 'peer' && key !== 'direction' && key !== 'cut');
  return rest.length === 0 ? `healed its link ${way}` : `disturbs its link ${way}: ${rest.map(([key, value]) => `${key} ${value}`).join(', ')}`;
}
eventWords.faults = faultWords;
function drawEvents() {
  const all = inOrder().flatMap((m) => [...m.events.values()].filter((e) => e.kind !== 'committed').map((event) => ({m, event, at: m.moment(event)})))
    .sort((a, b) => a.at - b.at || a.event.number - b.event.number);
  // A member that is cut off asks again and again: that is one line.
  const lines = [];
  const latest = new Map();
  for (const {m, event, at} of all) {
    const words = eventWords[event.kind]?.(event) || event.text || String(event.kind);
    if (latest.get(m)?.words === words) { latest.get(m).times++; continue; }
    latest.set(m, {m, at, words, times: 1, key: `${m.id} ${event.number} ${event.time}`});
    lines.push(latest.get(m));
  }
  list(byId('events'), lines.slice(-60).reverse(), (line) => line.key,
    ({m}) => make('li', {}, make('time'), make('b', {}, `node ${m.id} `), make('span')),
    (item, {at, words, times}) => {
      say(item.firstChild, clock(at));
      say(item.lastChild, times === 1 ? words : `${words} (${times} times)`);
    });
}

let drawn = 0;
function draw() {
  const now = Date.now();
  if (members.size === 0) { drawHeadline(now); return; }
  drawHeadline(now);
  drawRing(now);
  drawLinks();
  drawCards(now);
  drawElection(now);
  drawLamport(now);
  drawFiles(now);
  if (drawn++ % 2 === 0) {
    takeSample(now);
    drawTime(now);
    drawElections(now);
    drawEvents();
    drawElectionHistory();
    drawMessages();
  }
}
sawNews = noteLeader;
watchPointer();
listenToReader();
listenToElection();
listenToMessages();
listenToFiles();
startAsking();
setInterval(draw, 250);
addEventListener('resize', () => members.size > 0 && drawTime(Date.now()));
draw();
