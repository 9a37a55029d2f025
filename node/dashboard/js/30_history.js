// What was: a sample of the cluster twice a second, and who led which term, from the members' events and statuses.

const windowMs = 120e3;
const samples = [];            // {at, led, commits, requests, put50, put99, get50, get99, trips, and an electionSample}
const led = new Map();         // "term leader" to {term, leader, seen, until}: as statuses said

const number = (value) => typeof value === 'number' && Number.isFinite(value) ? value : null;

function takeSample(now) {
  const fresh = inOrder().filter((m) => m.fresh(now));
  const speaking = fresh.filter((m) => m.rates && m.age(now) < 1000);   // the rates of one that died are not added up
  // A latency is known to the node that clients ask, which need not lead.
  const asked = speaking.reduce((most, m) => most && most.rates.requests_per_s >= m.rates.requests_per_s ? most : m, null);
  const leader = leadersNow(now)[0] || null;
  const rates = leader?.rates || null;
  const own = fresh.map((m) => m.rate).filter((rate) => rate !== null);
  const busy = (value) => value > 0 ? value : null;   // no operation, no latency
  const sample = {
    ...electionSample(now), at: now, led: Boolean(leader), trips: new Map(),
    commits: rates ? number(rates.commits_per_s) : own.length > 0 ? Math.max(...own) : null,
    requests: speaking.length > 0 ? speaking.reduce((sum, m) => sum + (m.rates.requests_per_s || 0), 0) : null,
  };
  for (const name of ['put_p50', 'put_p99', 'get_p50', 'get_p99']) sample[name] = busy(number(asked?.rates[name + '_ms']));
  for (const said of leader?.status.members || []) {
    if (heardLately(said)) sample.trips.set(said.id, busy(number(said.round_trip_ms)));
  }
  samples.push(sample);
  while (samples.length > 0 && samples[0].at < now - windowMs - 2000) samples.shift();
}

function noteLeader(member, now) {
  const status = member.status;
  const leader = status.role === 'leader' ? member.id : status.leader;
  if (leader === null || leader === undefined) return;
  const key = status.term + ' ' + leader;
  if (!led.has(key)) led.set(key, {term: status.term, leader, seen: now, until: null});
  if (leader === member.id) led.get(key).until = now;
}

// Who a follower's event names as leader.
function leaderIn(event) {
  const match = /leader\s*[=:]?\s*n?(\d+)|node (\d+) leads/.exec(event.text || '');
  const id = match ? Number(match[1] || match[2]) : 0;
  return id > 0 ? id : null;
}

// Every reign that is known of: {term, leader, from, to (null: it lasts), end (in words)}, and terms that nobody won.
function reigns(now) {
  const found = new Map();     // "term leader" to a reign
  const stood = new Map();     // term to {at, ids}: who stood for election
  const reign = (term, leader) => {
    const key = term + ' ' + leader;
    if (!found.has(key)) found.set(key, {term, leader, from: Infinity, to: null, end: '', own: false});
    return found.get(key);
  };
  for (const seen of led.values()) reign(seen.term, seen.leader).from = seen.seen;
  for (const member of members.values()) readEvents(member, reign, stood);
  const all = [...found.values()].filter((r) => r.from < Infinity).sort((a, b) => a.term - b.term || a.from - b.from);
  all.forEach((r, i) => finish(r, all.slice(i + 1).find((later) => later.term > r.term), now));
  const terms = new Set(all.map((r) => r.term));
  for (const [term, {at, ids}] of stood) {
    const running = [...members.values()].some((m) => m.fresh(now) && m.status.term === term && standing(m.status.role));
    if (!terms.has(term) && !running) all.push({term, leader: null, from: at, to: at, end: `${nodes([...ids].sort((a, b) => a - b))} stood, nobody won`});
  }
  return all.sort((a, b) => a.term - b.term || a.from - b.from);
}
// A member's own events are the exact word on its reigns; what it says of others is used where they are silent.
function readEvents(member, reign, stood) {
  let current = null;
  let before = 0;
  const end = (at, words) => {
    if (current) Object.assign(current, {to: at, end: words});
    current = null;
  };
  for (const event of [...member.events.values()].sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.number - b.number)) {
    const at = member.moment(event);
    // Its events count from 1 again: the process that led is gone, at the latest since then.
    if (event.number <= before && current) end(led.get(current.term + ' ' + current.leader)?.until ?? at, 'its node stopped');
    before = event.number;
    if (/^(stepped_down|became_(follower|candidate|pre_candidate))$/.test(event.kind)) end(at, endWords(event));
    if (event.kind === 'became_leader') {
      current = reign(event.term, member.id);
      Object.assign(current, {from: at, own: true});
    }
    if (event.kind === 'became_candidate') {
      if (!stood.has(event.term)) stood.set(event.term, {at, ids: new Set()});
      stood.get(event.term).ids.add(member.id);
    }
    const named = event.kind === 'became_follower' ? leaderIn(event) : null;
    if (named !== null) {
      const other = reign(event.term, named);
      if (!other.own) other.from = Math.min(other.from, at);
    }
  }
}
function endWords(event) {
  if (/lost_quorum/.test(event.text)) return 'stepped down: lost touch with the majority';
  return /higher_term/.test(event.text) ? 'stepped down: heard of a higher term' : 'stepped down';
}
// Gives a reign whose end no event tells the end that the other facts leave.
function finish(reign, next, now) {
  if (reign.to !== null) return;
  const member = members.get(reign.leader);
  const answers = Boolean(member?.fresh(now));
  if (answers && member.status.role === 'leader' && member.status.term === reign.term) {
    reign.end = next ? 'still says that it leads' : 'leads';
    return;
  }
  const last = led.get(reign.term + ' ' + reign.leader)?.until ?? next?.from ?? null;
  reign.to = last === null ? null : Math.max(reign.from, last);
  reign.end = !answers ? 'its node has not answered since' : next ? `followed by term ${next.term}` : 'ended';
}
