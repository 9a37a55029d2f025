// The election of a made-up cluster (mock.js), behind the calls of docs/election.md: enough to elect, hand over when the
// leader's CPU is full, strike a liar and answer writes to the guarded resource.
'use strict';

const leaseMs = 3000;
const silentMs = 1000;         // of a leader, then another one is elected
const beatMs = 250;
const weight = 10;

class Election {
  constructor(cluster, {idle = []} = {}) {
    Object.assign(this, {cluster, leader: null, epoch: 0, number: 0, leaseUntil: 0, leaderSeen: Date.now(), beaten: 0, kept: new Map(), struck: [],
      nodes: new Map(cluster.nodes.filter((node) => !idle.includes(node.id)).map((node) => [node.id, {node, events: [], cpu: null, probability: 0, view: null, aside: 0}]))});
  }
  runs(node) { return this.nodes.has(node.id); }
  living() { return [...this.nodes.values()].filter((one) => one.node.alive && !one.node.paused); }
  cpu(one) { return one.cpu ?? 120; }

  event(one, kind, fields) {
    const written = Object.entries(fields).map(([key, value]) => `${key}=${typeof value === 'object' ? `${value.epoch}.${value.number}` : value}`).join(' ');
    const event = {sequence: one.events.length + 1, time: new Date().toISOString(), kind, text: `${kind}{${written}}`, fields};
    one.events.push(event);
    one.node.send({election_event: event});
  }
  tell(kind, fields) { for (const one of this.living()) this.event(one, kind, fields); }

  step(now) {
    if (now - this.beaten < beatMs) return;
    this.beaten = now;
    const leader = this.living().find((one) => one.node.id === this.leader);
    if (!leader) {
      if (now - this.leaderSeen < silentMs) return;
      if (this.leader !== null) this.tell('node_failed', {node: this.leader});
      return this.elect();
    }
    this.leaderSeen = now;
    if (this.leaseUntil - now < leaseMs / 2) this.leaseUntil = now + leaseMs;
    const full = this.cpu(leader) >= 950;
    for (const one of this.living()) one.probability = one === leader ? 0 : full ? Math.min(990, one.probability + 240) : 30;
    const alarmed = this.living().find((one) => one.probability > 700);
    if (!alarmed) return;
    this.event(alarmed, 'preemptive_election', {epoch: this.epoch, leader: this.leader, failure_permille: alarmed.probability});
    this.handOver();
  }
  handOver() {
    this.nodes.get(this.leader).aside = Date.now() + 6000;
    this.elect();
  }
  // The highest id that is not set aside, as nothing else differs much.
  elect() {
    const now = Date.now();
    const fit = this.living().filter((one) => one.aside < now && !this.struck.some((said) => said.node === one.node.id));
    const winner = fit.at(-1);
    if (!winner) return;
    const before = this.leader || 0;
    Object.assign(this, {leader: winner.node.id, epoch: this.epoch + 1, number: 1, leaderSeen: now, leaseUntil: now + leaseMs});
    this.event(winner, 'election_started', {epoch: this.epoch, by: this.leader});
    this.event(winner, 'quorum_reached', {epoch: this.epoch, candidate: this.leader, weight: fit.length * weight, threshold: this.threshold()});
    this.tell('leader_changed', {epoch: this.epoch, before, after: this.leader});
    this.event(winner, 'token_issued', {token: this.token(), holder: this.leader});
    for (const one of this.living()) one.probability = 0;
  }
  token() { return {epoch: this.epoch, number: this.number}; }
  threshold() { return Math.floor((this.nodes.size + 1) * weight / 2) + 1; }
  // Every member but the culprit and `unaware` has the proof.
  strike(culprit, unaware = []) {
    const said = {node: culprit, offence: 'double_vote', epoch: this.epoch, evidence: `evidence{double_vote n${culprit} <b>votes</b>=${'0123456789abcdef'.repeat(12)}}`, unaware};
    this.struck.push(said);
    for (const one of this.living()) {
      if (this.knows(one, said)) this.event(one, 'byzantine_detected', {epoch: this.epoch, culprit, offence: said.offence, evidence: '6f1d'.repeat(16)});
    }
    if (culprit === this.leader) this.elect();
  }
  knows(one, said) { return one.node.id !== said.node && !said.unaware.includes(one.node.id); }

  status(node) {
    const one = this.nodes.get(node.id);
    const view = one.view || {leader: this.leader, epoch: this.epoch};
    const leads = view.leader === node.id;
    const now = Date.now();
    const left = leads ? Math.max(0, this.leaseUntil - now) : null;
    const struck = this.struck.filter((said) => this.knows(one, said)).map(({unaware, ...said}) => said);
    return {node: node.id, time: new Date(now).toISOString(), role: leads ? 'coordinator' : view.leader === null ? 'electing' : 'follower', ...view, newest: view.epoch,
      mode: 'byzantine', f: 1, threshold: this.threshold(), total: this.nodes.size * weight,
      members: [...this.nodes.keys()].map((id) => ({id, weight: struck.some((said) => said.node === id) ? 0 : weight, struck: struck.some((said) => said.node === id)})),
      token: leads ? this.token() : null, may_act: leads && left > 0 && !one.view, lease_ms: left, leader_heard_ms: leads || view.leader === null ? null : now - this.leaderSeen,
      score: this.score(one), prediction: {probability: one.probability, trend: one.probability, rising: one.probability > 0 ? 'cpu' : 'none', anomaly: 0, limits: 0},
      vitals: {cpu: this.cpu(one), memory: 340, load: 80, disk_latency_us: 900, set: one.cpu === null ? [] : ['cpu']},
      hospital: {visits: 3, beds_free: 2, beds_total: 20, doctors_free: 1, doctors_total: 4, critical: 1}, struck, seen: this.token(),
      audit: {last: one.events.length, head: '6f1d'.repeat(16), written: one.events.length, waiting: 0, dropped: 0, behind: false, problem: ''},
      timers: {heartbeat_ms: beatMs, election_ms: silentMs, lease_ms: leaseMs}};
  }
  score(one) {
    const busy = this.cpu(one);
    const factors = {id: one.node.id * 1000000, health: Math.round((1000 - (busy + 340) / 2) * 500), uptime: 120000, load: -6000, latency: -2000, reliability: 320000,
      resources: 43750, cpu_penalty: busy > 900 ? -(busy - 900) * 5000 : 0, memory_penalty: -1000, critical_boost: 20000};
    return {total: Object.values(factors).reduce((sum, value) => sum + value, 0), factors};
  }

  // Whether the call was one of the election's.
  answers(node, method, url, body, reply) {
    const {pathname} = url;
    if (!this.runs(node)) return false;
    if (pathname === '/v1/election/status') reply(200, this.status(node));
    else if (pathname === '/v1/election/events') {
      const {events} = this.nodes.get(node.id);
      reply(200, {last: events.length, events: events.filter((event) => event.sequence > Number(url.searchParams.get('after')))});
    } else if (pathname === '/v1/election/start') reply(409, {outcome: 'refused', reason: 'a leader is heard'});
    else if (pathname.startsWith('/v1/guarded/')) this.guarded(method, pathname, body, reply);
    else return false;
    return true;
  }
  guarded(method, key, body, reply) {
    if (method === 'POST') {
      if (!this.living().some((one) => one.node.id === this.leader)) return reply(503, {outcome: 'failed', reason: 'no_leader'});
      this.number++;
      this.kept.set(key, {value: body, token: this.token()});
      return reply(200, {outcome: 'done', token: this.token()});
    }
    const kept = this.kept.get(key);
    if (!kept) return reply(404, {outcome: 'missing'});
    return reply(200, kept.value, {'Content-Type': 'application/octet-stream', 'X-Fencing-Token': `${kept.token.epoch}.${kept.token.number}`});
  }
  // As an admin's order, whose token was looked at.
  obeys(node, pathname, body, reply) {
    if (!this.runs(node)) return false;
    if (pathname === '/v1/admin/hand_over') {
      if (node.id !== this.leader) { reply(503, {outcome: 'failed', reason: 'no_leader'}); return true; }
      this.handOver();
      reply(202, {outcome: 'started'});
      return true;
    }
    if (pathname !== '/v1/admin/vitals') return false;
    const {cpu} = JSON.parse(body);
    this.nodes.get(node.id).cpu = cpu === null ? null : Math.round(cpu * 1000);
    reply(200, {outcome: 'done'});
    return true;
  }
}
module.exports = {Election};
