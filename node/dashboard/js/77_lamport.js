// The message log at this moment: who leads, every member's clock, and the messages in the order of their stamps.

const logRole = {coordinator: 'leads', electing: 'stands', waiting: 'waits', follower: 'follows', member: 'member'};

function lamportVerdict(now) {
  const fresh = keepers().filter((m) => m.lamport.fresh(now));
  if (fresh.length === 0) return {tone: 'bad', text: 'No member that keeps messages answers: what follows is last known'};
  if (fresh[0].lamport.status.mode === 'multicast') {
    const away = keepers().filter((m) => !m.lamport.fresh(now));
    return away.length > 0 ? {tone: 'odd', text: `Nothing is delivered while ${nodes(idsOf(away))} ${verb(away, 'is', 'are')} away: everybody has to be heard`}
      : {tone: 'good', text: 'Every member stamps, and delivers once all clocks have passed'};
  }
  const leaders = fresh.filter((m) => m.lamport.status.role === 'coordinator');
  if (holds('several lead the messages', leaders.length > 1, now))
    return {tone: 'odd', text: `${capital(nodes(idsOf(leaders)))} each lead: their logs become one when they meet`};
  if (leaders.length === 0) return {tone: 'odd', text: 'Nobody leads: posts wait for the next leader'};
  return {tone: 'good', text: `Node ${leaders[0].id} leads and stamps what every member takes`};
}
function lamportNotes(now) {
  const notes = [];
  const fresh = keepers().filter((m) => m.lamport.fresh(now));
  const most = Math.max(0, ...fresh.map((m) => m.lamport.status.log.messages));
  for (const m of fresh) {
    const {log, gaps, room} = m.lamport.status;
    if (holds('messages behind ' + m.id, log.messages < most, now)) notes.push(`Node ${m.id} shows ${whole(log.messages)} of ${whole(most)} messages.`);
    if (holds('messages parked ' + m.id, gaps.parked > 0, now)) notes.push(`At node ${m.id} ${whole(gaps.parked)} messages wait for what stands before them.`);
    if (!room) notes.push(`The disk of node ${m.id} is full: it takes no messages.`);
  }
  const without = inOrder().filter((m) => m.fresh(now) && m.status.messages === false);
  if (without.length > 0) notes.push(`${capital(nodes(idsOf(without)))} ${verb(without, 'keeps', 'keep')} no messages.`);
  return notes;
}

function drawLamport(now) {
  const all = keepers();
  byId('messages').hidden = all.length === 0;
  if (all.length === 0) return;
  const verdict = lamportVerdict(now);
  say(byId('messages-verdict'), verdict.text);
  put(byId('messages-headline'), 'data-tone', verdict.tone);
  list(byId('messages-notes'), lamportNotes(now), (note) => note, (note) => make('li', {}, note));
  list(byId('clocks'), all, (m) => m.id, (m) => make('tr', {'data-node': m.id}, ...Array.from({length: 8}, () => make('td'))), (row, m) => drawClock(row, m, now));
  byId('post-button').disabled = !home.lamport.runs();
}
function drawClock(row, m, now) {
  const {role, clock: time, log, waiting, violations, posts, per_s} = m.lamport.status;
  const stale = !m.lamport.fresh(now);
  put(row, 'class', stale ? 'stale' : null);
  [`node ${m.id}`, stale ? `last known, ${ago(now - m.lamport.at)}` : logRole[role] || role, whole(time), whole(log.messages), whole(waiting), whole(violations),
    per_s.shown.toFixed(1), posts.done > 0 ? `${millis(posts.mean_ms)}, ${millis(posts.p99_ms)}` : '–'].forEach((text, i) => say(row.children[i], text));
}
function drawMessages() {
  const count = keepers().length;
  if (count === 0) return;
  const all = messagesNow();
  byId('no-messages').hidden = all.length > 0;
  list(byId('message-rows'), all, (one) => one.origin, () => make('tr', {}, ...Array.from({length: 3}, () => make('td'))), (row, one) => {
    const shown = one.shown.length === count ? 'all' : nodes(idsOf(one.shown));
    put(row, 'class', one.late.length > 0 ? 'late' : null);
    [stampOf(one), one.text, one.late.length > 0 ? `${shown}; arrived out of order at ${nodes(idsOf(one.late))}` : shown].forEach((text, i) => say(row.children[i], text));
  });
}
