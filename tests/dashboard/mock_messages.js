// The message log of a made-up cluster (mock.js), behind the calls of docs/messages.md: enough to stamp what is posted, show it
// at every member in order, and have some of it arrive late.
'use strict';

class MessageLog {
  constructor(cluster, {idle = []} = {}) {
    Object.assign(this, {cluster, names: new Map(), streams: true, unsure: false,
      nodes: new Map(cluster.nodes.filter((node) => !idle.includes(node.id)).map((node) => [node.id, {node, clock: 0, messages: [], violations: 0, posts: 0}]))});
  }
  runs(node) { return this.nodes.has(node.id); }
  living() { return [...this.nodes.values()].filter((one) => one.node.alive && !one.node.paused); }
  leader() { return this.living().at(-1); }

  // `late`: members at which it arrives behind a later one.
  add(text, origin, {late = [], time = null, at = this.living()} = {}) {
    const stamp = {time: time ?? this.leader().clock + 3, node: this.leader().node.id};
    for (const one of at) this.show(one, {stamp, origin, text, violation: late.includes(one.node.id)});
    return stamp;
  }
  show(one, message) {
    one.clock = Math.max(one.clock, message.stamp.time) + 1;
    one.violations += message.violation ? 1 : 0;
    one.messages.push(message);
    one.messages.sort((a, b) => a.stamp.time - b.stamp.time || a.stamp.node - b.stamp.node);
    if (this.streams) one.node.send({message});
  }
  status(node) {
    const one = this.nodes.get(node.id);
    const leader = this.leader()?.node.id ?? null;
    const last = one.messages.at(-1)?.stamp ?? null;
    return {node: node.id, mode: 'replicated', role: leader === node.id ? 'coordinator' : 'follower', leader, clock: one.clock, room: true,
      log: {messages: one.messages.length, entries: one.messages.length, bytes_on_disk: 4096, last}, waiting: 0, gaps: {parked: 0, asked: 0},
      violations: one.violations, elections: 1, sent: 2 * one.messages.length, received: one.messages.length,
      posts: {done: one.posts, failed: 0, unknown: 0, mean_ms: 1.2, p50_ms: 1, p95_ms: 2.1, p99_ms: 4}, per_s: {shown: 2.4, posted: 0.8}};
  }

  // Whether the call was one of these.
  answers(node, request, {pathname, searchParams}, body, reply) {
    if (!this.runs(node)) return false;
    const one = this.nodes.get(node.id);
    if (pathname === '/v1/lamport') reply(200, this.status(node));
    else if (pathname !== '/v1/messages') return false;
    else if (request.method === 'POST') this.post(one, request.headers['idempotency-key'], body.toString(), reply);
    else {
      const last = Number(searchParams.get('last'));
      reply(200, {messages: one.messages.slice(-last), more: one.messages.length > last, clock: one.clock});
    }
    return true;
  }
  post(one, name, text, reply) {
    if (text === 'too many') return reply(503, {outcome: 'failed', reason: 'busy'}, {'Retry-After': '1'});
    if (!this.names.has(name)) this.names.set(name, this.add(text, name));
    if (this.unsure) return reply(504, {outcome: 'unknown', reason: 'timed_out'});
    one.posts++;
    return reply(200, {outcome: 'done', stamp: this.names.get(name), origin: name});
  }
}
module.exports = {MessageLog};
