// The shared files of a made-up cluster (mock.js), behind the calls of docs/files.md: enough to know neighbours, to search, and to have
// a file come chunk by chunk at the test's own pace.
'use strict';

const chunk = 65536;

class Shares {
  constructor(cluster, {idle = []} = {}) {
    Object.assign(this, {cluster, query: 100, events: true,
      nodes: new Map(cluster.nodes.filter((node) => !idle.includes(node.id)).map((node) => [node.id, {node, files: [], fetches: [], ended: [], heard: Date.now(), received: 0}]))});
  }
  runs(node) { return this.nodes.has(node.id); }
  living() { return [...this.nodes.values()].filter((one) => one.node.alive && !one.node.paused); }
  put(id, name, size = 200000) { this.nodes.get(id).files.push({name, size}); }
  send(one, event) { if (this.events) one.node.send({files_event: event}); }

  directory(one) {
    const neighbours = this.living().filter((other) => other !== one).map((other) => ({node: other.node.id, heard_ms: 120, misses: 0}));
    return {node: one.node.id, neighbours, files: one.files.length, open_searches: 0, room: true, sent_bytes: 0, received_bytes: one.received};
  }
  status(node) {
    const one = this.nodes.get(node.id);
    return {...this.directory(one), fetches: one.fetches};
  }
  // Begun, and open until end() is called.
  begin(id, text, ttl = 3) {
    const one = this.nodes.get(id);
    const query = String(++this.query);
    this.send(one, {kind: 'query_started', query, ttl});
    for (const other of this.living().filter((each) => each !== one)) {
      this.send(one, {kind: 'query_sent', query, to: other.node.id, ttl, hops: 0, text});
      if (other.files.some((file) => file.name.includes(text))) this.send(other, {kind: 'hit_sent', query, to: id, owner: other.node.id, files: 1});
    }
    return query;
  }
  end(id, query, sources) { this.send(this.nodes.get(id), {kind: 'search_ended', query, sources}); }

  fetch(id, name, sources, size = 100 * chunk) {
    this.nodes.get(id).fetches.push({name, state: 'fetching', size, here: 0, chunks: Math.ceil(size / chunk), chunks_here: 0, sources, searches_in_vain: 0, bytes_per_s: 0});
  }
  progress(id, name, got) {
    const one = this.nodes.get(id);
    Object.assign(one.fetches.find((fetch) => fetch.name === name), {chunks_here: got, here: got * chunk, bytes_per_s: 12 * 2 ** 20});
    one.received = got * chunk;
  }
  finish(id, name, outcome = 'done', reason = undefined) {
    const one = this.nodes.get(id);
    const {size} = one.fetches.find((fetch) => fetch.name === name);
    one.fetches = one.fetches.filter((fetch) => fetch.name !== name);
    if (outcome === 'done') this.put(id, name, size);
    one.ended.unshift({name, outcome, reason, size, seconds: 0.31});
  }

  // Whether the call was one of these.
  answers(node, {method}, {pathname, searchParams}, reply) {
    if (!this.runs(node)) return false;
    const one = this.nodes.get(node.id);
    const fetched = /^\/v1\/files\/([^/]+)\/fetch$/.exec(pathname);
    if (pathname === '/v1/directory') reply(200, this.directory(one));
    else if (pathname === '/v1/fetches') reply(200, {under_way: one.fetches, ended: one.ended});
    else if (pathname === '/v1/search') this.search(one, searchParams.get('words'), reply);
    else if (pathname === '/v1/files/index' && method === 'POST') reply(200, {outcome: 'done', files: one.files.length, added: ['more.txt'], removed: [], skipped: [{name: 'link', reason: 'it is a link'}], hashed_bytes: 0});
    else if (fetched && method === 'POST') this.order(one, decodeURIComponent(fetched[1]), reply);
    else return false;
    return true;
  }
  search(one, text, reply) {
    const query = this.begin(one.node.id, text);
    const sources = this.living().flatMap((other) => other.files.filter((file) => file.name.includes(text)).map((file) => ({node: other.node.id, ...file, file: 'f00d', here: other === one})));
    this.end(one.node.id, query, sources.length);
    reply(200, {sources});
  }
  order(one, name, reply) {
    if (name.startsWith('many')) return reply(409, {outcome: 'refused', reason: 'as many files are on their way as may be'});
    this.fetch(one.node.id, name, [2]);
    return reply(202, {outcome: 'begun', name});
  }
}
module.exports = {Shares};
