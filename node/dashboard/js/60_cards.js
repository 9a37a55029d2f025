// A card for each member: role, term, age, its log as a bar on the scale that all share, and its buttons.

const scale = {from: 0, span: 20, roomySince: null};

// What a member has stored and knows to be committed. Members report half a second apart, in which a busy leader appends
// thousands of entries; where the leader itself says how far a follower's log matches, that is from the same instant as
// the leader's own log, and only such numbers can be compared.
function logOf(member, leader, now) {
  const own = member.status?.log;
  const matched = leader && member !== leader ? viewOf(leader, member.id)?.match : null;
  const follows = member.status && (!member.fresh(now) || (member.status.leader === leader?.id && member.status.term === leader?.status.term));
  if (matched > 0 && (follows || !own)) {
    const open = own ? Math.max(0, own.last - own.commit) : 0;
    return {stored: matched, committed: Math.max(0, Math.min(matched, leader.status.log.commit) - Math.min(open, matched)), lag: leader.status.log.last - matched};
  }
  if (!own) return null;
  const astray = Boolean(leader) && leader !== member && member.fresh(now) && !follows;
  return {stored: own.last, committed: own.commit, astray, lag: leader ? Math.max(0, leader.status.log.last - own.last) : null};
}

function fitScale(logs, now) {
  const known = logs.filter(Boolean);
  if (known.length === 0) return;
  const right = Math.max(...known.map((l) => l.stored), 1);
  const left = Math.min(...known.map((l) => Math.min(l.committed, l.stored)));
  const needed = Math.max(20, (right - left) * 1.3);
  let round = 20;
  for (let i = 1; round < needed; i++) round = 20 * 10 ** Math.floor(i / 3) * [1, 2.5, 5][i % 3];
  // Grows at once, shrinks when it was too large for a while.
  if (round > scale.span) { scale.span = round; scale.roomySince = null; }
  else if (round * 2 < scale.span) {
    scale.roomySince ??= now;
    if (now - scale.roomySince > 4000) { scale.span = round; scale.roomySince = null; }
  } else { scale.roomySince = null; }
  scale.from = Math.max(0, right - scale.span);
  say(byId('scale-from'), whole(scale.from));
  say(byId('scale-to'), whole(scale.from + scale.span));
}
const onScale = (index) => 100 * Math.min(1, Math.max(0, (index - scale.from) / scale.span));

function drawCards(now) {
  const all = inOrder();
  const leader = leadersNow(now)[0] || null;
  const logs = new Map(all.map((m) => [m.id, logOf(m, leader, now)]));
  fitScale([...logs.values()], now);
  list(byId('cards'), all, (m) => m.id, buildCard, (card, m) => updateCard(card, m, logs.get(m.id), leader, now));
}

function buildCard(member) {
  const part = (name, tag = 'span') => make(tag, {class: name});
  const button = (action, word, title) => {
    const element = make('button', {'data-action': action, title, 'aria-label': `${word}: node ${member.id}`}, word);
    element.addEventListener('click', () => command(action, member));
    return element;
  };
  const id = `card-${member.id}`;
  return make('article', {class: 'card', 'aria-labelledby': id},
    make('div', {class: 'card-head'}, make('h3', {id}, `Node ${member.id}`), part('role'), part('term'), part('where'), part('age')),
    make('div', {class: 'bar', role: 'img'}, part('stored', 'div'), part('committed', 'div'), part('missing', 'div')),
    make('p', {class: 'numbers'}, part('stored-text'), part('committed-text'), part('lag'), part('trip'), part('vote'), part('disk')),
    make('div', {class: 'buttons fault-buttons', hidden: true},
      button('cut', 'Cut off', 'Cut every link of this member'), button('heal', 'Heal', 'Heal every link of this member'),
      button('pause', 'Pause 5 s', 'It does nothing for five seconds, as if its machine had stopped'),
      button('campaign', 'Force an election', 'It stands for election at once')));
}

function updateCard(card, member, log, leader, now) {
  const part = (name) => card.querySelector('.' + name);
  const state = stateOf(member, now);
  const status = member.status;
  put(card, 'class', `card ${state.kind}${state.stale ? ' stale' : ''}`);
  say(part('role'), state.word);
  say(part('term'), status ? `term ${whole(status.term)}` : '');
  say(part('where'), `${member.api || ''}${member === home ? ' (this page)' : ''}`);
  say(part('age'), status ? `${state.stale ? 'last known, ' : ''}${ago(member.age(now))}` : 'has not answered');
  if (log) {
    part('bar').children[0].style.width = onScale(log.stored) + '%';
    part('bar').children[1].style.width = onScale(log.committed) + '%';
    const edge = leader ? onScale(leader.status.log.last) : 0;
    part('missing').style.left = onScale(log.stored) + '%';
    part('missing').style.width = Math.max(0, edge - onScale(log.stored)) + '%';
  }
  put(part('bar'), 'aria-label', log ? `stored up to entry ${log.stored}, committed up to ${log.committed}` : 'nothing known');
  say(part('stored-text'), `stored ${log ? whole(log.stored) : '–'}`);
  say(part('committed-text'), `committed ${log ? whole(log.committed) : '–'}`);
  say(part('lag'), lagText(member, log, leader));
  put(part('lag'), 'data-behind', (log?.lag > 0 || log?.astray) && member !== leader ? 'yes' : null);
  const view = leader && leader !== member ? viewOf(leader, member.id) : null;
  say(part('trip'), view && heardLately(view) ? `round trip ${millis(view.round_trip_ms)}`
    : view ? (number(view.last_contact_ms) === null ? 'the leader never heard it' : `silent to the leader for ${span(view.last_contact_ms)}`) : '');
  say(part('vote'), status && status.vote ? `voted for ${status.vote === member.id ? 'itself' : 'node ' + status.vote}` : '');
  say(part('disk'), !status?.disk ? '' : status.disk.room === false ? 'disk full' : `disk ${millis(number(status.disk.sync_p50_ms))}`);
  const buttons = part('fault-buttons');
  buttons.hidden = !faultsShown();
  for (const button of buttons.children) {
    const action = button.dataset.action;
    const pointless = action === 'campaign' && state.kind === 'leader';
    button.disabled = busy || pointless || (!state.stale && action !== 'campaign' && status && !status.faults_enabled) || (state.stale && action !== 'heal' && action !== 'cut');
  }
}
function lagText(member, log, leader) {
  if (!log || log.lag === null) return '';
  if (member === leader) return '';
  if (log.astray) return `${log.lag > 0 ? whole(log.lag) + ' behind, ' : ''}not following`;
  return log.lag > 0 ? `${whole(log.lag)} behind` : 'up to date';
}
