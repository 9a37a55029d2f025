// nodes_test.js LOCKSTEPD FOLDER: the dashboard as three real nodes serve it.
'use strict';
const http = require('http');
const {Nodes, adminToken, loopback} = require('./nodes.js');
const {expect, becomes, openPage, giveToken, headline, roleOf, isStale, overflow, run} = require('./browser.js');

// Somebody leads, who is not node `id`.
const replaced = (id) => {
  const text = document.getElementById('verdict').textContent;
  return /^Node \d leads/.test(text) && !text.startsWith(`Node ${id} `);
};

// The page and the nodes name the same leader; elections may come in between on a busy machine.
async function showsTheLeader(nodes, page, claim) {
  const end = Date.now() + 20000;
  let leader = null;
  let said = '';
  while (Date.now() < end) {
    leader = await nodes.leader();
    said = await page.locator('#verdict').innerText();
    if (said.startsWith(`Node ${leader} leads in term`)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(said.startsWith(`Node ${leader} leads in term`), `${claim}: ${said}`);
  return leader;
}

async function survivesTheLeader(nodes, page, leader) {
  nodes.kill(leader);
  await becomes(page, 'the killed leader is shown as last known', isStale, leader);
  const next = await showsTheLeader(nodes, page, 'the next leader shows');
  await becomes(page, 'the next reign is listed', (id) => document.querySelector('#elections tr td:nth-child(2)')?.textContent === `node ${id}`, next);
  nodes.run(leader);
  await becomes(page, 'the killed one is back', roleOf, {id: leader, role: 'follower'}, 20000);
  await becomes(page, 'and all agree', headline, 'All 3 members answer and agree', 20000);
}

// A page of somebody else may not have its reader's browser write here; one of a member may (election_nodes_test.js).
async function isSafeFromOthers(browser, address) {
  const server = http.createServer((request, response) => response.end('a page')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const page = await openPage(browser, `http://127.0.0.1:${server.address().port}/`);
  await page.evaluate((url) => fetch(url, {method: 'POST', mode: 'no-cors', body: '{"operations":[{"put":"stolen","value":"1"}]}'}), `${address}v1/kv:batch?forward=1`);
  await page.context().close();
  server.close();
  const answer = await fetch(`${address}v1/kv/stolen?forward=1`);
  expect(answer.status === 404, `what a page of others sends is not done: ${answer.status}`);
}

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3]);
  process.on('exit', () => nodes.stop());
  await nodes.start(await loopback());
  const home = await nodes.leader() % 3 + 1;
  const page = await openPage(browser, nodes.address(home));
  const leader = await showsTheLeader(nodes, page, 'the leader shows');
  await becomes(page, 'all agree', headline, 'All 3 members answer and agree');
  await becomes(page, 'the page is live', () => document.getElementById('origin').textContent.includes('live'));
  await becomes(page, 'the reign is listed', () => document.getElementById('elections').textContent.includes('leads, for'));
  await page.click('#put');
  await becomes(page, 'a put through a follower is done', () => document.querySelector('#kv-outcomes .done')?.textContent.includes('stored by a majority'));
  await page.click('#get');
  await becomes(page, 'and a get finds it', () => document.querySelector('#kv-outcomes .done')?.textContent.includes('it is “hello”'));
  expect(page.errors.length === 0 && page.complaints.length === 0, `no errors on the console ${page.errors} ${page.complaints}`);
  expect([...page.asked].every((host) => nodes.ports.some((port) => host === `${nodes.host}:${port}`)), `asks nobody but the members: ${[...page.asked]}`);
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways');
  await isSafeFromOthers(browser, nodes.address(leader));

  const third = [1, 2, 3].find((id) => id !== leader && id !== home);
  const name = [home, third].sort().join('–');
  await page.getByRole('button', {name: `Cut ${name}`}).click();
  await giveToken(page, adminToken);
  await becomes(page, 'a cut shows', (ids) => [...document.querySelectorAll('#ring .link.cut')].some((g) => g.dataset.key === ids), name.replace('–', '-'));
  await becomes(page, 'and is said', headline, `Cut: ${name}`);
  await page.getByRole('button', {name: `Heal ${name}`}).click();
  await becomes(page, 'and healed', headline, 'All 3 members answer and agree');
  const lonely = await nodes.leader();
  await page.getByRole('button', {name: `Cut off: node ${lonely}`}).click();
  await becomes(page, 'a leader that is cut off is replaced', replaced, lonely, 20000);
  await page.getByRole('button', {name: 'Heal every link'}).click();
  await becomes(page, 'healed, all agree', headline, 'All 3 members answer and agree', 20000);
  const ruler = await nodes.leader();
  const rival = [1, 2, 3].find((id) => id !== ruler);
  await page.getByRole('button', {name: `Force an election: node ${rival}`}).click();
  await becomes(page, 'what a forced election came to is said', (id) => new RegExp(`^Node ${id} (stood for election and leads|asked for votes and got too few)`)
    .test(document.getElementById('command-outcome').textContent), rival);
  const paused = await nodes.leader();
  await page.getByRole('button', {name: `Pause 5 s: node ${paused}`}).click();
  await becomes(page, 'a paused leader is replaced', replaced, paused);
  await becomes(page, 'its pause is said', headline, `Node ${paused} is paused`);
  await becomes(page, 'and it comes back', headline, 'All 3 members answer and agree', 20000);
  await survivesTheLeader(nodes, page, await nodes.leader());
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
});
