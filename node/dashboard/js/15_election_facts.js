// What a member last said of its election (docs/election.md), and when. Nothing here draws.

class ElectionFacts {
  constructor(member) {
    this.member = member;
    this.status = null;        // its own words; null until the first, and where its node runs no election
    this.at = -Infinity;
    this.events = new Map();   // sequence and time, to the event
    this.cursor = 0;
    this.ordered = null;       // {share, until}: the CPU this page ordered, until the member's words show it
  }
  fresh(now) { return this.status !== null && now - this.at <= staleAfter; }
  says(role, now) { return this.fresh(now) && this.status.role === role; }

  take(status, now) {
    this.status = status;
    this.at = now;
  }
  takeEvent(event) {
    if (typeof event !== 'object' || event === null) return;
    this.events.set(event.sequence + ' ' + event.time, event);
    if (this.events.size > eventsKept) this.events.delete(this.events.keys().next().value);
    this.cursor = Math.max(this.cursor, event.sequence);
  }
  // A node without an election answers 404, which browsers write on the console: it is not asked.
  runs() { return this.member.status?.election === true; }
  async ask() {
    if (!this.runs()) return;
    try {
      this.take(await this.member.get('/v1/election/status'), Date.now());
    } catch { return; /* it does not answer: its age says so */ }
    await this.askEvents();
  }
  async askEvents() {
    if (!this.runs()) return;
    try {
      const page = await this.member.get('/v1/election/events?after=' + this.cursor);
      if (page.last < this.cursor) this.cursor = 0;   // its trail began anew
      for (const event of page.events) this.takeEvent(event);
    } catch { /* as above */ }
  }
}

const voters = () => inOrder().filter((m) => m.election.status);
// Members that answer and say that they lead the election, the newest epoch first.
function coordinatorsNow(now) {
  return voters().filter((m) => m.election.says('coordinator', now))
    .sort((a, b) => b.election.status.epoch - a.election.status.epoch || b.id - a.id);
}
// The leader whose token and lease are shown: one that answers, else the last known one of the newest epoch.
function chiefOf(now) {
  const led = voters().filter((m) => m.election.status.role === 'coordinator')
    .sort((a, b) => b.election.status.epoch - a.election.status.epoch);
  return coordinatorsNow(now)[0] || led[0] || null;
}
// What is left of a leader's lease, which runs out whether or not its holder can still say so; null without one.
function leaseLeft(member, now) {
  const {lease_ms: left} = member.election.status;
  return left === null ? null : Math.max(0, left - (now - member.election.at));
}
// A prediction ends with the leader's office, often between two statuses: the event of the hand-over has kept it.
function askedWith(member, after, upto) {
  const asked = [...member.election.events.values()].filter((event) => event.kind === 'preemptive_election' && member.moment(event) > after && member.moment(event) <= upto);
  return Math.max(0, ...asked.map((event) => event.fields.failure_permille));
}
// Of two minutes' history: whether somebody led, and how probable each follower held the leader's failure, in per cent.
function electionSample(now) {
  const failure = new Map();
  for (const m of voters()) {
    const {leader, prediction} = m.election.status;
    const said = m.election.says('follower', now) && leader !== null ? prediction.probability : null;
    const probability = Math.max(said, askedWith(m, samples.at(-1)?.at ?? now, now));
    if (said !== null || probability > 0) failure.set(m.id, probability / 10);
  }
  return {coordinated: coordinatorsNow(now).length > 0, failure};
}
