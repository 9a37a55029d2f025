// election_nodes_test.js LOCKSTEPD FOLDER: the dashboard's election as four real nodes serve it.
'use strict';
const {Nodes, adminToken} = require('./nodes.js');
const {expect, becomes, openPage, giveToken, trailHas, setCpu, overflow, run} = require('./browser.js');

const status = 'v1/election/status';
// How busy this machine is must not decide who leads: every member says that it is idle.
async function calm(nodes, ids = nodes.ids) {
  await Promise.all(ids.map((id) => nodes.order(id, 'v1/admin/vitals', {cpu: 0.2, memory: 0.2})));
}
// The page names the leader that the nodes name. Heartbeats that come late on a busy machine may change it in between.
async function showsTheLeader(nodes, page, claim, not = null) {
  const end = Date.now() + 30000;
  let [leader, said] = [null, ''];
  while (Date.now() < end) {
    leader = await nodes.leader(status);
    said = await page.locator('#election-verdict').textContent();
    if (leader !== not && said.startsWith(`Node ${leader} leads in epoch`)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(leader !== not && said.startsWith(`Node ${leader} leads in epoch`), `${claim}: ${said}`);
  return leader;
}
async function handsOverInTime(nodes, page) {
  const leader = await showsTheLeader(nodes, page, 'somebody leads before the CPU is full');
  const before = (await nodes.json(leader, status)).epoch;
  await setCpu(page, leader, 99);
  await giveToken(page, adminToken);
  await becomes(page, 'the slider is obeyed', (id) => document.getElementById('election-outcome').textContent === `Node ${id} says from now on that its CPU is 99 % busy.`, leader);
  await becomes(page, 'and shows', (id) => /99 %.*set by hand/.test(document.getElementById(`score-${id}`).closest('.card').textContent), leader);
  await becomes(page, 'followers ask for a hand-over, with a probability above 70 %',
    (id) => new RegExp(`node ${id} is asked to hand over: it fails with a probability of (7[1-9]|[89]\\d|100) %`).test(document.getElementById('election-events').textContent), leader, 20000);
  const next = await showsTheLeader(nodes, page, 'another leads', leader);
  await becomes(page, 'which the trail tells', ([id, epoch]) => [...document.querySelectorAll('#election-events .lead')]
    .some((item) => Number(/in epoch (\d+)/.exec(item.textContent)?.[1]) > epoch && item.textContent.includes(`node ${id} leads`)), [next, before]);
  await page.getByRole('button', {name: `Measure: node ${leader}`}).click();
  await becomes(page, 'it measures again', (id) => document.getElementById('election-outcome').textContent === `Node ${id} measures its CPU again.`, leader);
  await calm(nodes);
}
async function actsUnderAToken(page) {
  await page.fill('#guarded-value', 'closed');
  // Between two leaders, and until the first lease, a write is refused.
  for (let tries = 0; tries < 20 && await page.locator('#guarded-outcomes .done').count() === 0; tries++) {
    await page.click('#guarded button[type=submit]');
    await page.waitForTimeout(500);
  }
  await becomes(page, 'a write shows its token', () => /Done in .* under token \d+\.\d+$/.test(document.querySelector('#guarded-outcomes .done')?.textContent));
  const token = /token (\S+)$/.exec(await page.locator('#guarded-outcomes .done').first().textContent())?.[1];
  await page.click('#guarded-read');
  await becomes(page, 'and a read shows the same token', (text) => document.querySelector('#guarded-outcomes li').textContent.includes(`keeps “closed”, written under token ${text}`), token);
}

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3], {election: true});
  process.on('exit', () => nodes.stop());
  await nodes.start();
  await nodes.leader();
  await calm(nodes);
  const page = await openPage(browser, nodes.address(1));
  await showsTheLeader(nodes, page, 'the elected leader shows');
  await becomes(page, 'its lease is counted down', () => {
    const left = Number.parseFloat(document.getElementById('office-lease').textContent);
    const before = window.leaseBefore;
    window.leaseBefore = left;
    return before - left > 0.05;
  });
  await becomes(page, 'so are its token and the quorum', () => /^\d+\.\d+$/.test(document.getElementById('office-token').textContent)
    && document.getElementById('office-quorum').textContent === '2.6 of 4.0');
  expect(await page.evaluate(() => [...document.querySelectorAll('.score-bar')].map((bar) => bar.querySelectorAll('[data-factor]').length).join()) === '10,10,10,10', 'every member has a bar with every factor');
  await becomes(page, 'the trail is told', trailHas, 'issues token');
  await becomes(page, 'nobody was struck', () => !document.getElementById('nobody-struck').hidden);
  await page.getByRole('button', {name: 'Stand for election: node 2'}).click();
  await becomes(page, 'an order without a token reaches another member', () => /^Node 2 (stands for election|does not stand: (?!cross_site))/.test(document.getElementById('election-outcome').textContent));
  await actsUnderAToken(page);
  await handsOverInTime(nodes, page);
  const refused = page.complaints.filter((text) => !/409|503|504/.test(text));
  expect(page.errors.length === 0 && refused.length === 0, `no errors on the console ${page.errors} ${refused}`);
  expect([...page.asked].every((host) => nodes.ports.some((port) => host === `${nodes.host}:${port}`)), `asks nobody but the members: ${[...page.asked]}`);
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways');

  // The page's own node must live on.
  let leader = await showsTheLeader(nodes, page, 'somebody leads before it is killed');
  if (leader === 1) {
    await page.click('#hand-over');
    leader = await showsTheLeader(nodes, page, 'a leader resigns when told', 1);
  }
  nodes.kill(leader);
  await becomes(page, 'the killed leader is last known', (id) => document.getElementById(`score-${id}`).closest('.card').classList.contains('stale'), leader);
  await showsTheLeader(nodes, page, 'the next leader shows', leader);
  await becomes(page, 'the death is in the trail', trailHas, `node ${leader} is taken for dead`);
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
});
