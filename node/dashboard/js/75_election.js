// The election at this moment: who leads, its token and lease, and every member's score by factor.

// In the order of the bar: what is added, then what is taken off.
const factors = [
  {key: 'id', word: 'id'}, {key: 'health', word: 'health'}, {key: 'uptime', word: 'uptime'}, {key: 'reliability', word: 'reliability'},
  {key: 'resources', word: 'free beds and doctors'}, {key: 'critical_boost', word: 'critical patients'}, {key: 'load', word: 'visits', off: true},
  {key: 'latency', word: 'latency', off: true}, {key: 'cpu_penalty', word: 'CPU nearly full', off: true}, {key: 'memory_penalty', word: 'memory nearly full', off: true}];
const swatch = (factor) => make('span', {class: `key f-${factor.key}`, 'aria-hidden': 'true'});

function drawElection(now) {
  const all = voters();
  byId('election').hidden = all.length === 0;
  if (all.length === 0) return;
  const verdict = electionVerdict(now);
  say(byId('election-verdict'), verdict.text);
  put(byId('election-headline'), 'data-tone', verdict.tone);
  list(byId('election-notes'), electionNotes(now), (note) => note, (note) => make('li', {}, note));
  drawOffice(now);
  const scale = scoreScale(all);
  list(byId('score-legend'), factors, (f) => f.key, (f) => make('span', {class: 'pair'}, swatch(f), f.word));
  list(byId('scores'), all, (m) => m.id, buildScore, (row, m) => updateScore(row, m, scale, now));
  byId('hand-over').disabled = busy || coordinatorsNow(now).length === 0;
}

// Who is in office, and for how long by its lease.
function drawOffice(now) {
  const chief = chiefOf(now);
  const said = chief?.election.status;
  const old = chief && !chief.election.fresh(now);
  say(byId('office-leader'), !chief ? 'nobody' : `node ${chief.id}`);
  say(byId('office-epoch'), said ? whole(said.epoch) : whole(Math.max(...voters().map((m) => m.election.status.newest))));
  say(byId('office-token'), said?.token ? tokenText(said.token) : 'none');
  const left = chief ? leaseLeft(chief, now) : null;
  say(byId('office-lease'), left === null ? 'none' : left === 0 ? 'has run out' : `${(left / 1000).toFixed(1)} s left`);
  const wholeLease = said?.timers.lease_ms || 1;
  byId('lease-bar').firstElementChild.style.width = `${Math.min(100, 100 * (left || 0) / wholeLease)}%`;
  put(byId('lease-bar'), 'aria-label', left === null ? 'no lease' : `${Math.round(left / 1000)} of ${Math.round(wholeLease / 1000)} seconds of the lease are left`);
  const rules = (chief || voters()[0]).election.status;
  say(byId('office-quorum'), `${tenths(rules.threshold)} of ${tenths(rules.total)}`);
  say(byId('office-mode'), rules.mode === 'byzantine' ? `votes by weight; safe with ${rules.f} ${rules.f === 1 ? 'liar' : 'liars'}` : `votes by weight; ${rules.mode}`);
  say(byId('office-age'), chief ? `${old ? 'last known, ' : ''}${ago(now - chief.election.at)}` : 'by everybody’s word');
  put(byId('office'), 'data-old', old ? 'yes' : null);
}

// One scale for all members, in steps of 500 points, so that it seldom moves.
function scoreScale(all) {
  const step = 500e3;
  const sum = (m, off) => factors.filter((f) => Boolean(f.off) === off).reduce((total, f) => total + Math.abs(m.election.status.score.factors[f.key] || 0), 0);
  return {low: Math.ceil(Math.max(0, ...all.map((m) => sum(m, true))) / step) * step,
    high: Math.max(1, Math.ceil(Math.max(...all.map((m) => sum(m, false))) / step)) * step};
}
function buildScore(member) {
  const id = `score-${member.id}`;
  const part = (name, tag = 'span') => make(tag, {class: name});
  return make('article', {class: 'card score', 'aria-labelledby': id},
    make('div', {class: 'card-head'}, make('h4', {id}, `Node ${member.id}`), part('role'), part('total'), part('where'), part('age')),
    make('div', {class: 'bar score-bar', role: 'img'}, ...factors.map((f) => make('div', {class: `f-${f.key}`, 'data-factor': f.key})), make('i', {class: 'zero'}), make('i', {class: 'sum'})),
    make('p', {class: 'numbers'}, ...factors.map((f) => make('span', {'data-factor': f.key}))),
    vitalsControls(member));
}
const electionRole = {coordinator: 'leads', electing: 'stands', waiting: 'waits', follower: 'follows'};
function updateScore(row, member, scale, now) {
  const part = (name) => row.querySelector('.' + name);
  const {status, at} = member.election;
  const stale = !member.election.fresh(now);
  const struck = voters().some((m) => m.election.status.struck.some((said) => said.node === member.id));
  put(row, 'class', `card score ${status.role === 'coordinator' ? 'leader' : status.role === 'electing' ? 'candidate' : ''}${stale ? ' stale' : ''}`);
  say(part('role'), (electionRole[status.role] || status.role) + (struck ? ', struck' : ''));
  say(part('total'), `${points(status.score.total)} points`);
  const weight = status.members.find((said) => said.id === member.id)?.weight;
  say(part('where'), `epoch ${whole(status.epoch)}${weight ? `, weight ${tenths(weight)}` : ''}`);
  say(part('age'), `${stale ? 'last known, ' : ''}${ago(now - at)}`);
  drawFactors(part('score-bar'), part('numbers'), status.score, scale);
  updateVitals(row, member, stale, now);
}
// From zero to the right what is added, to the left what is taken off; the mark is the sum.
function drawFactors(bar, numbers, score, scale) {
  const span = scale.low + scale.high;
  let [right, left] = [scale.low, scale.low];
  const spoken = [];
  factors.forEach((factor, i) => {
    const value = score.factors[factor.key] || 0;
    const segment = bar.children[i];
    if (value < 0) left += value;
    segment.style.left = `${100 * (value < 0 ? left : right) / span}%`;
    segment.style.width = `${100 * Math.abs(value) / span}%`;
    if (value > 0) right += value;
    if (value !== 0) spoken.push(`${factor.word} ${points(value)}`);
    say(numbers.children[i], value === 0 ? '' : `${factor.word} ${value > 0 ? '+' : ''}${points(value)}`);
  });
  bar.querySelector('.zero').style.left = `${100 * scale.low / span}%`;
  bar.querySelector('.sum').style.left = `${100 * Math.max(0, scale.low + score.total) / span}%`;
  put(bar, 'aria-label', `score ${points(score.total)}: ${spoken.join(', ')}`);
}
