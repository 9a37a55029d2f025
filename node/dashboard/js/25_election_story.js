// What the facts of the election mean, in words. Nothing here draws.

const tenths = (weight) => (weight / 10).toFixed(1);
const points = (thousandths) => (thousandths / 1000).toLocaleString('en', {maximumFractionDigits: 1}).replaceAll(',', '\u202f').replace('-', '−');
const percent = (permille) => `${Math.round(permille / 10)} %`;
const tokenText = (token) => `${token.epoch}.${token.number}`;

function electionVerdict(now) {
  const fresh = voters().filter((m) => m.election.fresh(now));
  if (fresh.length === 0) return {tone: 'bad', text: 'No member that runs the election answers: what follows is last known'};
  const chiefs = coordinatorsNow(now);
  const acting = chiefs.filter((m) => m.election.status.may_act);
  if (holds('several may act', acting.length > 1, now)) {
    return {tone: 'bad', text: `${capital(nodes(idsOf(acting)))} each say that they lead and hold a lease: only the newest token counts`};
  }
  if (holds('several coordinators', chiefs.length > 1, now)) {
    return {tone: 'odd', text: `${capital(nodes(idsOf(chiefs)))} each say that they lead: the newest epoch counts`};
  }
  if (chiefs.length === 0) return leaderless(fresh);
  const {epoch, may_act} = chiefs[0].election.status;
  const lease = holds('no lease ' + chiefs[0].id, !may_act, now);
  return lease ? {tone: 'odd', text: `Node ${chiefs[0].id} leads in epoch ${epoch} and may not act: it has no lease`}
    : {tone: 'good', text: `Node ${chiefs[0].id} leads in epoch ${epoch} and may act`};
}
function leaderless(fresh) {
  const standing = fresh.filter((m) => m.election.status.role === 'electing');
  if (standing.length > 0) return {tone: 'odd', text: `Nobody leads: ${nodes(idsOf(standing))} ${verb(standing, 'stands', 'stand')} for election`};
  return {tone: 'odd', text: 'Nobody leads: the members wait for a leader to be silent for long enough, or for the winner'};
}

function electionNotes(now) {
  const notes = [];
  const fresh = voters().filter((m) => m.election.fresh(now));
  const chief = coordinatorsNow(now)[0] || null;
  for (const m of fresh.filter((one) => one !== chief)) {
    const {leader, epoch} = m.election.status;
    const differs = chief && (leader !== chief.id || epoch !== chief.election.status.epoch);
    const words = leader === null ? `Node ${m.id} knows of no leader` : leader === m.id ? `Node ${m.id} says that it leads itself, in epoch ${epoch}`
      : `Node ${m.id} says that node ${leader} leads in epoch ${epoch}`;
    if (holds('election: ' + words, Boolean(differs), now)) notes.push(words + '.');
  }
  const last = chiefOf(now);
  if (last && !last.election.fresh(now)) notes.push(`Node ${last.id} does not answer: its token and lease are last known. Until the lease is out, no other member can have one.`);
  const without = inOrder().filter((m) => m.fresh(now) && m.status.election === false);
  if (without.length > 0) notes.push(`${capital(nodes(idsOf(without)))} ${verb(without, 'runs', 'run')} no election.`);
  for (const m of fresh) {
    const {behind, dropped, problem} = m.election.status.audit;
    if (problem) notes.push(`Node ${m.id} writes no audit trail: ${problem}.`);
    else if (behind || dropped > 0) notes.push(`The audit database of node ${m.id} is behind its trail${dropped > 0 ? ` and lacks ${whole(dropped)} events until the next start` : ''}.`);
  }
  const store = leadersNow(now)[0];
  if (store && chief && store !== chief) notes.push(`The store is led by node ${store.id}: the two are elected separately.`);
  return notes;
}

const offences = {double_vote: 'voted for two candidates in one epoch', bad_signature: 'showed a signature that is wrong',
  unsupported_score: 'claimed a score that its figures do not give', no_quorum: 'claimed a quorum it did not have'};
const offenceText = (name) => offences[name] || String(name).replaceAll('_', ' ');

const trailWords = {
  election_started: (f) => `node ${f.by} calls an election for epoch ${f.epoch}`,
  election_won: (f) => `node ${f.winner} wins epoch ${f.epoch} with ${points(f.score)} points`,
  leader_changed: (f) => f.after ? `node ${f.after} leads in epoch ${f.epoch}${f.before ? `, after node ${f.before}` : ''}` : `nobody leads after epoch ${f.epoch} of node ${f.before}`,
  node_failed: (f) => `node ${f.node} is taken for dead`,
  node_recovered: (f) => `node ${f.node} is back`,
  heartbeat_missed: (f) => `${f.in_a_row === 1 ? 'a heartbeat' : `${f.in_a_row} heartbeats`} of node ${f.node} did not come`,
  preemptive_election: (f) => `node ${f.leader} is asked to hand over: it fails with a probability of ${percent(f.failure_permille)}`,
  byzantine_detected: (f) => `node ${f.culprit} is caught: in epoch ${f.epoch} it ${offenceText(f.offence)}`,
  quorum_reached: (f) => `node ${f.candidate} has a quorum for epoch ${f.epoch}: votes of weight ${tenths(f.weight)}, of ${tenths(f.threshold)} needed`,
  quorum_failed: (f) => `node ${f.candidate} has no quorum for epoch ${f.epoch}: votes of weight ${tenths(f.weight)}, of ${tenths(f.threshold)} needed`,
  token_issued: (f) => `node ${f.holder} issues token ${tokenText(f.token)}`,
  token_refused: (f) => `token ${tokenText(f.token)} of node ${f.holder} is refused: ${tokenText(f.newest)} was seen`,
};
const trailTone = (kind) => /^(node_failed|byzantine_detected|quorum_failed|token_refused)$/.test(kind) ? 'bad'
  : kind === 'leader_changed' ? 'lead' : kind === 'preemptive_election' ? 'odd' : '';

// The trails of all members in one, by time. What several of them saw within some seconds is one line.
function electionTimeline() {
  const together = 10e3;
  const seen = inOrder().flatMap((m) => [...m.election.events.values()].map((event) => ({m, event, at: m.moment(event)})))
    .sort((a, b) => a.at - b.at || a.event.sequence - b.event.sequence);
  const lines = [];
  const latest = new Map();    // text to its newest line
  for (const {m, event, at} of seen) {
    const line = latest.get(event.text);
    if (line && at - line.at < together && !line.by.includes(m.id)) { line.by.push(m.id); continue; }
    const words = event.fields && trailWords[event.kind]?.(event.fields) || event.text;
    latest.set(event.text, {at, event, words, by: [m.id], key: `${m.id} ${event.sequence} ${event.time}`});
    lines.push(latest.get(event.text));
  }
  return lines;
}
// Everybody that some member has struck, with the proof and who has it.
function struckMembers() {
  const found = new Map();
  for (const m of voters()) {
    for (const said of m.election.status.struck) {
      const key = `${said.node} ${said.offence} ${said.epoch}`;
      if (!found.has(key)) found.set(key, {...said, key, by: []});
      found.get(key).by.push(m.id);
    }
  }
  return [...found.values()].sort((a, b) => a.node - b.node || a.epoch - b.epoch);
}
