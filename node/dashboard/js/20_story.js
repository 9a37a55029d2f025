// What the facts mean, in words. Functions of the members and the time; nothing here draws.

const majorityOf = (n) => Math.floor(n / 2) + 1;
const nodes = (ids) => ids.length === 1 ? `node ${ids[0]}` : `nodes ${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const verb = (ids, one, many) => ids.length === 1 ? one : many;
const idsOf = (some) => some.map((m) => m.id);

const standing = (role) => role === 'candidate' || role === 'pre_candidate';
const roleWord = (role) => role === 'pre_candidate' ? 'pre-candidate' : String(role);

// Members that answer and say they lead, the highest term first: with the same term twice, Raft is broken.
function leadersNow(now) {
  return inOrder().filter((m) => m.fresh(now) && m.status.role === 'leader')
    .sort((a, b) => b.status.term - a.status.term);
}
const viewOf = (member, id) => member.status.members.find((said) => said.id === id) || null;

// Of a member, by the word of another: did anything come from it within the last second?
const heardLately = (said) => !said.self && said.connected && typeof said.last_contact_ms === 'number' && said.last_contact_ms < 1000;

// Is the way from a to b cut, by the word of either end? Both ends' words may be old, and are the last known.
function cutFrom(a, b) {
  const out = a.status && viewOf(a, b.id)?.faults?.out;
  const into = b.status && viewOf(b, a.id)?.faults?.in;
  return Boolean(out?.cut || into?.cut);
}
function troubled(a, b) {
  const touches = (fault) => fault && (fault.delay_ms || fault.drop || fault.duplicate);
  return [[a, b], [b, a]].some(([x, y]) => {
    const faults = x.status && viewOf(x, y.id)?.faults;
    return faults && (touches(faults.in) || touches(faults.out));
  });
}
function linksOf(all) {
  const links = [];
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 1; j < all.length; j++) {
      const [a, b] = [all[i], all[j]];
      links.push({a, b, there: cutFrom(a, b), back: cutFrom(b, a), troubled: troubled(a, b)});
    }
  }
  return links;
}

// Members report a moment apart, so for that moment they always seem to disagree: a claim counts once it has held for
// this long.
const patience = 700;
let heldSince = new Map();      // as of the last telling
let holding = new Map();        // of this telling; a claim that is not made in one starts over
function holds(claim, isTrue, now) {
  if (!isTrue) return false;
  const since = holding.get(claim) ?? heldSince.get(claim) ?? now;
  holding.set(claim, since);
  return now - since >= patience;
}

function verdictOn(all, fresh, leaders, now) {
  const majority = majorityOf(all.length);
  if (!all.some((m) => m.status)) return {tone: 'wait', text: 'Waiting for the first word of the node this page came from'};
  if (fresh.length === 0) return {tone: 'bad', text: 'No member answers: everything below is last known'};
  const several = holds('several leaders', leaders.length > 1, now);
  if (several && leaders[0].status.term === leaders[1].status.term) {
    return {tone: 'bad', text: `Two leaders in term ${leaders[0].status.term}: ${nodes(idsOf(leaders))}. Raft promises that this never happens`};
  }
  if (several) {
    const say = leaders.map((m) => `node ${m.id} in term ${m.status.term}`);
    return {tone: 'odd', text: `${leaders.length === 2 ? 'Two members say' : leaders.length + ' members say'} they lead: ${say.slice(0, -1).join(', ')} and ${say.at(-1)}`};
  }
  if (leaders.length > 0) return {tone: 'good', text: `Node ${leaders[0].id} leads in term ${leaders[0].status.term}`};
  if (fresh.length < majority) {
    return {tone: 'bad', text: `No leader: ${fresh.length} of ${all.length} members ${fresh.length === 1 ? 'answers' : 'answer'}, and it takes ${majority} to elect one`};
  }
  const candidates = fresh.filter((m) => standing(m.status.role));
  const term = Math.max(...fresh.map((m) => m.status.term));
  if (candidates.length === 0) return {tone: 'odd', text: `No leader in term ${term}: the members wait, then one of them stands for election`};
  return {tone: 'odd', text: `No leader: ${nodes(idsOf(candidates))} ${verb(candidates, 'asks', 'ask')} for votes`};
}

function notesOn(all, fresh, leaders, now) {
  const notes = [];
  const top = leaders[0];
  if (holds('several leaders', leaders.length > 1, now) && leaders.at(-1).status.term < top.status.term) {
    const old = leaders.filter((m) => m.status.term < top.status.term);
    notes.push(`Only the highest term counts. ${capital(nodes(idsOf(old)))} can commit nothing, because a majority listens to node ${top.id}, and ${verb(old, 'steps', 'step')} down on hearing of term ${top.status.term}.`);
  } else if (top && lonely(top, all, now)) {
    notes.push(`Node ${top.id} hears from too few members to commit anything, and will step down.`);
  }
  const silent = all.filter((m) => !m.fresh(now) && !m.paused(now));
  if (silent.length > 0 && fresh.length > 0) {
    notes.push(`${capital(nodes(idsOf(silent)))} ${verb(silent, 'does', 'do')} not answer: what is shown of ${verb(silent, 'it', 'them')} is last known.`);
  }
  const paused = all.filter((m) => m.paused(now));
  if (paused.length > 0) notes.push(`${capital(nodes(idsOf(paused)))} ${verb(paused, 'is', 'are')} paused and ${verb(paused, 'does', 'do')} nothing for a while.`);
  const terms = [...new Set(fresh.map((m) => m.status.term))].sort((a, b) => a - b);
  if (holds('terms ' + terms.join(), terms.length > 1 && leaders.length < 2, now)) {
    const say = terms.map((t) => {
      const there = fresh.filter((m) => m.status.term === t);
      return `${nodes(idsOf(there))} ${verb(there, 'is', 'are')} in term ${t}`;
    });
    notes.push(`The members are not in the same term: ${say.slice(0, -1).join(', ')} and ${say.at(-1)}. The lower term ends when word of the higher one arrives.`);
  }
  if (top) {
    const others = fresh.filter((m) => m !== top && m.status.role !== 'leader' && m.status.leader !== null && m.status.leader !== top.id);
    for (const m of others) {
      if (holds(`node ${m.id} names ${m.status.leader}`, true, now)) notes.push(`Node ${m.id} says that node ${m.status.leader} leads.`);
    }
    const unsure = fresh.filter((m) => m !== top && m.status.role !== 'leader' && m.status.leader === null);
    if (holds('unsure ' + idsOf(unsure), unsure.length > 0, now)) notes.push(`${capital(nodes(idsOf(unsure)))} ${verb(unsure, 'knows', 'know')} of no leader.`);
  } else {
    const named = [...new Set(fresh.map((m) => m.status.leader).filter((id) => id !== null))];
    const gone = named.filter((id) => !members.get(id)?.fresh(now));
    if (gone.length > 0) notes.push(`${capital(nodes(gone))} led until lately. Members wait for their election time-out before they look for another leader.`);
  }
  const cut = linksOf(all).filter((l) => l.there || l.back);
  if (cut.length > 0) notes.push('Cut: ' + cut.map((l) => l.there && l.back ? `${l.a.id}–${l.b.id}` : l.there ? `${l.a.id} to ${l.b.id} only` : `${l.b.id} to ${l.a.id} only`).join(', ') + '.');
  if (notes.length === 0 && top) notes.push(all.length > 1 ? `All ${all.length} members answer and agree.` : 'It is the only member.');
  return notes;
}
// A leader without fresh word from a majority.
function lonely(leader, all, now) {
  const heard = leader.status.members.filter(heardLately);
  return holds('lonely ' + leader.id, heard.length + 1 < majorityOf(all.length), now);
}

function story(now) {
  const all = inOrder();
  const fresh = all.filter((m) => m.fresh(now));
  const leaders = leadersNow(now);
  heldSince = holding;
  holding = new Map();
  const verdict = verdictOn(all, fresh, leaders, now);
  return {verdict, notes: notesOn(all, fresh, leaders, now)};
}
