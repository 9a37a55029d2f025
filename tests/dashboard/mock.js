// A made-up cluster behind the API of docs/node.md: enough of Raft to elect, replicate, be cut and be killed, so that the
// dashboard can be tried without lockstepd.   node mock.js PAGE.html [PORT]; MEMBERS=4 ELECTION=1 for an election, MESSAGES=1 for messages, FILES=1 for files.
'use strict';
const http = require('http');
const crypto = require('crypto');
const fs = require('fs');
const {Election} = require('./mock_election.js');
const {MessageLog} = require('./mock_messages.js');
const {Shares} = require('./mock_files.js');

const adminToken = 'secret';

class Node {
  constructor(cluster, id) {
    Object.assign(this, {cluster, id, role: 'follower', term: 1, leader: null, vote: null, last: 1, commit: 1,
      heard: Date.now(), reached: Date.now(), began: Date.now(), pausedUntil: 0, faults: new Map(), events: [], sockets: new Set(),
      contact: new Map(), match: new Map(), alive: true, connections: new Set()});
  }
  get paused() { return Date.now() < this.pausedUntil; }
  fault(peer, direction) { return this.faults.get(peer)?.[direction] || {}; }
  event(kind, text) {
    const event = {number: this.events.length + 1, time: new Date().toISOString(), term: this.term, kind, text: `${kind}{term=${this.term}${text ? ' ' + text : ''}}`};
    this.events.push(event);
    this.send({event});
  }
  become(role, leader, why = '') {
    if (this.role === 'leader' && role !== 'leader') this.event('stepped_down', `reason=${why}`);
    this.role = role;
    this.leader = leader;
    this.event('became_' + role, role === 'follower' ? `leader=${leader === null ? 'nobody' : 'n' + leader}` : '');
  }
  send(message) { for (const socket of this.sockets) socket.write(frame(JSON.stringify(message))); }
  status(withRates) {
    const leads = this.role === 'leader';
    const {cluster} = this;
    return {id: this.id, cluster: cluster.name, version: '0.1.0', commit: 'mock', role: this.role, term: this.term, leader: leads ? this.id : this.leader, vote: this.vote,
      log: {last: this.last, durable: this.last, commit: this.commit, applied: this.commit, bytes: this.last * 80},
      uptime_seconds: (Date.now() - this.began) / 1000, ready: this.leader !== null, time: new Date().toISOString(),
      faults_enabled: cluster.faultsEnabled, election: Boolean(cluster.election?.runs(this)), messages: Boolean(cluster.messages?.runs(this)), files: Boolean(cluster.files?.runs(this)), paused: this.paused, disk: {sync_p50_ms: 0.14, sync_p99_ms: 0.4, room: true},
      members: cluster.nodes.map((peer) => ({id: peer.id, peer: `127.0.0.1:${peer.id + 7100}`, api: `127.0.0.1:${peer.port}`, self: peer === this,
        ...(peer === this ? {} : {connected: cluster.reach(this, peer), match: leads ? this.match.get(peer.id) ?? 0 : null, next: leads ? (this.match.get(peer.id) ?? 0) + 1 : null,
          in_flight: leads ? 0 : null, last_contact_ms: this.contact.has(peer.id) ? Date.now() - this.contact.get(peer.id) : null,
          round_trip_ms: 0.2 + 0.1 * peer.id + 0.05 * Math.random(), queued_bytes: 0, dropped: 0,
          faults: Object.fromEntries(['in', 'out'].filter((d) => Object.keys(this.fault(peer.id, d)).length).map((d) => [d, this.fault(peer.id, d)]))})})),
      kv: {keys: cluster.values.size, sessions: 1},
      ...(withRates ? {rates: {commits_per_s: leads ? cluster.rate * (0.9 + 0.2 * Math.random()) : 0, requests_per_s: leads ? cluster.rate * 1.4 : 3, put_p50_ms: leads ? 0.9 + 0.2 * Math.random() : null,
        put_p99_ms: leads ? 2.1 + Math.random() : null, get_p50_ms: leads ? 0.4 + 0.1 * Math.random() : null, get_p99_ms: leads ? 1.1 + 0.4 * Math.random() : null}} : {})};
  }
}

class Cluster {
  constructor(page, {members = 3, rate = 40, faultsEnabled = true, stubborn = false, name = 'mock', webSockets = true, election = null, messages = null, files = null} = {}) {
    Object.assign(this, {page, rate, faultsEnabled, stubborn, name, webSockets, nodes: [], values: new Map(), posts: []});
    for (let id = 1; id <= members; id++) this.nodes.push(new Node(this, id));
    this.election = election && new Election(this, election);
    this.messages = messages && new MessageLog(this, messages);
    this.files = files && new Shares(this, files);
  }
  async start(port = 0) {
    for (const node of this.nodes) await this.listen(node, port ? port + node.id - 1 : 0);
    this.timers = [setInterval(() => this.step(), 50), setInterval(() => {
      for (const node of this.nodes) {
        if (node.paused) continue;
        node.send({status: node.status(true)});
        if (this.election?.runs(node)) node.send({election: this.election.status(node)});
        if (this.messages?.runs(node)) node.send({lamport: this.messages.status(node)});
        if (this.files?.runs(node)) node.send({files: this.files.status(node)});
      }
    }, 500)];
  }
  listen(node, port) {
    node.server = http.createServer((request, response) => this.answer(node, request, response));
    node.server.on('upgrade', (request, socket) => {
      if (!this.webSockets) { socket.destroy(); return; }
      const key = crypto.createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
      node.sockets.add(socket);
      socket.on('close', () => node.sockets.delete(socket));
      socket.on('error', () => {});
      socket.resume();
    });
    node.server.on('connection', (socket) => { node.connections.add(socket); socket.on('close', () => node.connections.delete(socket)); });
    return new Promise((resolve) => node.server.listen(port, '127.0.0.1', () => { node.port = node.server.address().port; resolve(); }));
  }
  stop() {
    this.timers.forEach(clearInterval);
    for (const node of this.nodes) this.kill(node.id);
  }
  node(id) { return this.nodes.find((node) => node.id === id); }
  address(id) { return `http://127.0.0.1:${this.node(id).port}/`; }
  leader() { return this.nodes.filter((n) => n.alive && n.role === 'leader').sort((a, b) => b.term - a.term)[0]; }
  kill(id) {
    const node = this.node(id);
    if (!node.alive) return;
    node.alive = false;
    node.server.close();
    for (const socket of node.connections) socket.destroy();
  }
  async revive(id) {
    const node = this.node(id);
    Object.assign(node, {alive: true, role: 'follower', leader: null, began: Date.now(), heard: Date.now(), events: []});
    await this.listen(node, node.port);
  }

  reach(a, b) {
    return a.alive && b.alive && !a.paused && !b.paused && !a.fault(b.id, 'out').cut && !b.fault(a.id, 'in').cut && !b.fault(a.id, 'out').cut && !a.fault(b.id, 'in').cut;
  }
  step() {
    const now = Date.now();
    const running = this.nodes.filter((n) => n.alive && !n.paused);
    const majority = Math.floor(this.nodes.length / 2) + 1;
    this.election?.step(now);
    for (const leader of running.filter((n) => n.role === 'leader').sort((a, b) => a.term - b.term)) {
      const peers = running.filter((n) => n !== leader && this.reach(leader, n));
      const newer = peers.find((n) => n.term > leader.term);
      if (newer) { leader.term = newer.term; leader.become('follower', newer.leader, 'higher_term'); leader.last = leader.commit; leader.heard = now; continue; }
      if (peers.length + 1 >= majority) leader.reached = now;
      leader.last += Math.round(this.rate * 0.05 * 2 * Math.random());
      for (const peer of peers) {
        if (peer.term !== leader.term || peer.leader !== leader.id || peer.role !== 'follower') { peer.term = leader.term; peer.become('follower', leader.id, 'higher_term'); }
        Object.assign(peer, {heard: now, last: leader.last});
        leader.match.set(peer.id, peer.last);
        leader.contact.set(peer.id, now);
        peer.contact.set(leader.id, now);
      }
      if (peers.length + 1 >= majority) { leader.commit = leader.last; for (const peer of peers) peer.commit = leader.commit; }
      else if (!this.stubborn && now - leader.reached > 1200) leader.become('follower', null, 'lost_quorum');
    }
    for (const node of running) {
      if (node.role === 'leader' || now - node.heard < 250 + 80 * node.id) continue;
      if (node.leader !== null) { node.leader = null; node.become('pre_candidate', null); }
      const voters = running.filter((n) => n === node || (this.reach(node, n) && now - n.heard > 200 && n.role !== 'leader' && n.last <= node.last));
      if (voters.length >= majority) this.elect(node.id, voters);
    }
  }
  elect(id, voters = this.nodes.filter((n) => n.alive)) {
    const node = this.node(id);
    node.term = Math.max(...voters.map((n) => n.term), node.term) + 1;
    node.become('candidate', null);
    for (const voter of voters) { voter.vote = id; if (voter !== node) voter.event('vote_cast', `candidate=n${id}`); }
    node.become('leader', id);
    node.reached = Date.now();
    node.match.clear();
  }

  answer(node, request, response) {
    const url = new URL(request.url, 'http://x');
    const reply = (code, body, headers = {}) => {
      response.writeHead(code, {'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*', ...headers});
      response.end(typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
    };
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => this.route(node, request, url, Buffer.concat(chunks), reply));
  }
  route(node, request, url, body, reply) {
    const {method} = request;
    if (url.pathname === '/') return reply(200, fs.readFileSync(this.page), {'Content-Type': 'text/html; charset=utf-8'});
    if (url.pathname === '/v1/status') return reply(200, node.status(false));
    if (url.pathname === '/v1/events') return reply(200, {events: node.events.filter((e) => e.number > Number(url.searchParams.get('after'))), next: node.events.length + 1});
    if (url.pathname.startsWith('/v1/kv/')) return this.keyValue(method, decodeURIComponent(url.pathname.slice(7)), body, reply);
    if (this.election?.answers(node, method, url, body, reply)) return null;
    if (this.messages?.answers(node, request, url, body, reply)) return null;
    if (this.files?.answers(node, request, url, reply)) return null;
    if (!url.pathname.startsWith('/v1/admin/')) return reply(404, {outcome: 'refused', reason: 'no such path'});
    if (method === 'OPTIONS') return reply(204, '', {'Access-Control-Allow-Methods': 'POST', 'Access-Control-Allow-Headers': 'authorization, content-type'});
    if (request.headers.authorization !== `Bearer ${adminToken}`) return reply(401, {outcome: 'refused', reason: 'the token is wrong'});
    this.posts.push({node: node.id, path: url.pathname, body: body.toString()});
    if (url.pathname.endsWith('campaign')) { this.elect(node.id); return reply(202, {outcome: 'started'}); }
    if (this.election?.obeys(node, url.pathname, body, reply)) return null;
    const order = JSON.parse(body);
    if (order.clear) node.faults.clear();
    else if (order.pause_ms) node.pausedUntil = Date.now() + order.pause_ms;
    else {
      const {peer, direction, ...fault} = order;
      const before = node.faults.get(peer) || {};
      for (const d of direction === 'both' ? ['in', 'out'] : [direction]) before[d] = fault;
      node.faults.set(peer, before);
    }
    return reply(200, {outcome: 'done'});
  }
  keyValue(method, key, body, reply) {
    if (!this.leader()) return reply(503, {outcome: 'failed', reason: 'no leader is known'}, {'Retry-After': '1'});
    if (key === 'slow') return reply(504, {outcome: 'unknown', reason: 'proposed, and not known to be committed after 5 s'});
    if (method === 'PUT') { this.values.set(key, body); return reply(200, {outcome: 'done'}); }
    return this.values.has(key) ? reply(200, this.values.get(key), {'Content-Type': 'application/octet-stream'}) : reply(404, {outcome: 'missing'});
  }
}

// A WebSocket text message of a server: one frame, not masked.
function frame(text) {
  const data = Buffer.from(text);
  const head = data.length < 126 ? Buffer.from([0x81, data.length]) : Buffer.from([0x81, 126, data.length >> 8, data.length & 255]);
  return Buffer.concat([head, data]);
}

module.exports = {Cluster, adminToken};
if (require.main === module) {
  const cluster = new Cluster(process.argv[2], {members: Number(process.env.MEMBERS || 3), election: process.env.ELECTION ? {} : null,
    messages: process.env.MESSAGES ? {} : null, files: process.env.FILES ? {} : null});
  cluster.start(Number(process.argv[3] || 7000)).then(() => console.log(cluster.address(1), 'token', adminToken));
}
