// Three real nodes on loopback, started from a lockstepd and ended by their ids.
'use strict';
const {spawn} = require('child_process');
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
  constructor(program, folder) { Object.assign(this, {program, folder, processes: new Map(), ports: []}); }
  async start(host = '127.0.0.1') {
    this.host = host;
    const ports = await freePorts(6, host);
    this.ports = ports.slice(3);
    this.members = [1, 2, 3].map((id) => `${id}=${host}:${ports[id - 1]}/${host}:${ports[id + 2]}`).join();
    for (const id of [1, 2, 3]) this.run(id);
  }
  run(id) {
    const log = fs.openSync(path.join(this.folder, `node-${id}.log`), 'a');
    this.processes.set(id, spawn(this.program, ['--id', id, '--members', this.members, '--data', path.join(this.folder, `data-${id}`),
      '--admin.token', adminToken, '--enable_faults', 'true',
      // Browsers and nodes share few cores here: a node that waits for one is not to be taken for dead.
      '--raft.election_timeout', '400..800 ms'].map(String), {stdio: ['ignore', log, log]}));
  }
  address(id) { return `http://${this.host}:${this.ports[id - 1]}/`; }
  kill(id) { this.processes.get(id).kill('SIGKILL'); }
  // The leader that a majority names, polled for until the time is up.
  async leader(timeout = 20000) {
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      const named = await Promise.all([1, 2, 3].map((id) => fetch(this.address(id) + 'v1/status', {signal: AbortSignal.timeout(1000)})
        .then((answer) => answer.json()).then((status) => status.leader, () => null)));
      const most = [1, 2, 3].find((id) => named.filter((leader) => leader === id).length >= 2);
      if (most) return most;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no leader within ${timeout} ms; the last lines of the nodes:\n${this.lastWords()}`);
  }
  lastWords() {
    return [1, 2, 3].map((id) => fs.readFileSync(path.join(this.folder, `node-${id}.log`), 'utf8').split('\n').slice(-4).join('\n')).join('\n');
  }
  stop() { for (const child of this.processes.values()) child.kill('SIGKILL'); }
}
module.exports = {Nodes, adminToken, loopback};
