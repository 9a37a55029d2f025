// Real nodes on loopback, three or with an election four, with messages, with files or without, started from a lockstepd and ended by their ids.
'use strict';
const {execFileSync, spawn} = require('child_process');
const fs = require('fs');
const net = require('net');
const path = require('path');

const adminToken = 'a-token-for-this-test';

// Ports of that address that nobody listens on at this moment.
async function freePorts(count, host) {
  const servers = await Promise.all(Array.from({length: count}, () => new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject).listen(0, host.replace(/[[\]]/g, ''), () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

// The address of this machine that is harder to write, where there is one.
const loopback = () => freePorts(1, '[::1]').then(() => '[::1]', () => '127.0.0.1');

class Nodes {
  constructor(program, folder, {election = false, messages = false, files = false} = {}) {
    Object.assign(this, {program, folder, election, messages, files, ids: election ? [1, 2, 3, 4] : [1, 2, 3], processes: new Map(), ports: []});
  }
  async start(host = '127.0.0.1') {
    this.host = host;
    const count = this.ids.length;
    const ports = await freePorts(2 * count, host);
    this.ports = ports.slice(count);
    this.members = this.ids.map((id) => `${id}=${host}:${ports[id - 1]}/${host}:${ports[id - 1 + count]}`).join();
    if (this.election) this.makeKeys();
    for (const id of this.ids) this.run(id);
  }
  // With the lockstepctl beside the lockstepd: each node's secret, and the public keys of all.
  makeKeys() {
    for (const id of this.ids) execFileSync(path.join(path.dirname(this.program), 'lockstepctl'), ['keygen', '--node', String(id), '--out', this.folder], {stdio: 'pipe'});
  }
  electionFlags(id) {
    return this.election ? ['--election.quorum', 'byzantine', '--election.profile', 'lan', '--election.keys', this.folder, '--election.secret', path.join(this.folder, `node-${id}.secret`)] : [];
  }
  messagesFlags() {
    return this.messages ? ['--messages.mode', 'replicated', '--messages.heartbeat_timeout', '1500 ms', '--messages.answer_timeout', '400 ms', '--messages.coordinator_timeout', '1200 ms'] : [];
  }
  filesFlags() { return this.files ? ['--files.mode', 'on', '--files.answers_within', '400 ms'] : []; }
  // Into the shared folder of a node that runs.
  share(id, name, content) { fs.writeFileSync(path.join(this.folder, `data-${id}`, 'files', 'shared', name), content); }
  run(id) {
    const log = fs.openSync(path.join(this.folder, `node-${id}.log`), 'a');
    this.processes.set(id, spawn(this.program, ['--id', id, '--members', this.members, '--data', path.join(this.folder, `data-${id}`),
      '--admin.token', adminToken, '--enable_faults', 'true',
      // Browsers and nodes share few cores here: a node that waits for one is not to be taken for dead.
      '--raft.election_timeout', '400..800 ms', ...this.electionFlags(id), ...this.messagesFlags(), ...this.filesFlags()].map(String), {stdio: ['ignore', log, log]}));
  }
  address(id) { return `http://${this.host}:${this.ports[id - 1]}/`; }
  kill(id) { this.processes.get(id).kill('SIGKILL'); }
  async json(id, path) {
    const answer = await fetch(this.address(id) + path, {signal: AbortSignal.timeout(1000)});
    return answer.json();
  }
  // An order of an admin.
  async order(id, path, body) {
    const answer = await fetch(this.address(id) + path, {method: 'POST', headers: {Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json'}, body: JSON.stringify(body)});
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }
  // The leader that a majority names, polled for until the time is up.
  async leader(path = 'v1/status', timeout = 20000) {
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      const named = await Promise.all(this.ids.map((id) => this.json(id, path).then((status) => status.leader, () => null)));
      const most = this.ids.find((id) => named.filter((leader) => leader === id).length > this.ids.length / 2);
      if (most) return most;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no leader within ${timeout} ms; the last lines of the nodes:\n${this.lastWords()}`);
  }
  lastWords() {
    return this.ids.map((id) => fs.readFileSync(path.join(this.folder, `node-${id}.log`), 'utf8').split('\n').slice(-4).join('\n')).join('\n');
  }
  stop() { for (const child of this.processes.values()) child.kill('SIGKILL'); }
}
module.exports = {Nodes, adminToken, loopback};
