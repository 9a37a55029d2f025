// mock_election_test.js PAGE.html: the dashboard's election against a made-up cluster (mock.js, mock_election.js).
'use strict';
const {Cluster, adminToken} = require('./mock.js');
const {expect, becomes, openPage, giveToken, electionVerdict, electionNote, trailHas, setCpu, overflow, run} = require('./browser.js');

async function cluster(options) {
  const made = new Cluster(process.argv[2], {members: 4, election: {}, ...options});
  await made.start();
  return made;
}
const office = (id, text) => [id, text];
const officeSays = ([id, text]) => document.getElementById('office-' + id).textContent.includes(text);
const allFactors = ['id', 'health', 'uptime', 'reliability', 'resources', 'critical_boost', 'load', 'latency', 'cpu_penalty', 'memory_penalty'];

async function showsTheElection(browser) {
  const made = await cluster();
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'the elected leader shows', electionVerdict, 'Node 4 leads in epoch 1 and may act');
  await becomes(page, 'its token shows', officeSays, office('token', '1.1'));
  await becomes(page, 'its age shows', () => /^\d\.\d s ago$/.test(document.getElementById('office-age').textContent));
  await becomes(page, 'the quorum shows', officeSays, office('quorum', '2.6 of 4.0'));
  await becomes(page, 'the lease is counted down', () => {
    const left = Number.parseFloat(document.getElementById('office-lease').textContent);
    const before = window.leaseBefore;
    window.leaseBefore = left;
    return before - left > 0.05 && before - left < 1.5;
  });
  expect(await page.evaluate((names) => [...document.querySelectorAll('.score-bar')].every((bar) => names.every((name) => bar.querySelector(`[data-factor=${name}]`))), allFactors)
    && await page.locator('.score-bar').count() === 4, 'every member has a bar with every factor');
  expect(await page.evaluate(() => [...document.querySelectorAll('.score-bar')].every((bar) => {
    const wide = (name) => bar.querySelector(`[data-factor=${name}]`).getBoundingClientRect().width;
    const [sum, box] = [bar.querySelector('.sum').getBoundingClientRect(), bar.getBoundingClientRect()];
    return wide('id') > wide('health') && wide('health') > wide('load') && sum.left > box.left && sum.right <= box.right + 1;
  })), 'to one scale, with the sum on it');
  await becomes(page, 'the trail names all who saw it', trailHas, 'node 4 leads in epoch 1 – said by all');

  await page.click('#guarded button[type=submit]');
  await becomes(page, 'a write shows its token', () => document.querySelector('#guarded-outcomes .done')?.textContent.includes('under token 1.2'));
  await page.click('#guarded-read');
  await becomes(page, 'a read shows the value and its token', () => /keeps “open”, written under token 1\.2/.test(document.querySelector('#guarded-outcomes .done')?.textContent));
  await page.locator('.stand').first().click();
  await becomes(page, 'why nobody stands is said', () => document.getElementById('election-outcome').textContent.includes('a leader is heard'));
  await handsOver(made, page);
  // Browsers themselves write down the 409 of the refusal above.
  expect(page.errors.length === 0 && page.complaints.filter((text) => !text.includes('409')).length === 0, `no errors on the console ${page.errors} ${page.complaints}`);
  await becomes(page, 'the leader shows before it dies', electionVerdict, `Node ${made.election.leader} leads`);
  await losesItsLeader(made, page);
  await page.context().close();
  made.stop();
}
async function handsOver(made, page) {
  await setCpu(page, 4, 99);
  await giveToken(page, adminToken);
  await becomes(page, 'a full CPU is said to be ordered', () => document.getElementById('election-outcome').textContent === 'Node 4 says from now on that its CPU is 99 % busy.');
  await becomes(page, 'the hand-over is in the trail, with a probability above the limit', () => /node 4 is asked to hand over: it fails with a probability of (7[1-9]|[89]\d|100) %/
    .test(document.getElementById('election-events').textContent));
  await becomes(page, 'the next leader shows', electionVerdict, 'Node 3 leads in epoch 2');
  expect(await page.evaluate(() => Math.max(...samples.flatMap((sample) => [...sample.failure.values()]))) > 70, 'and the probability over time rose above the limit');
  await becomes(page, 'the penalty shows', () => document.getElementById('score-4').closest('.card').textContent.includes('CPU nearly full −'));
  await page.getByRole('button', {name: 'Measure: node 4'}).click();
  await becomes(page, 'it measures again', () => document.getElementById('election-outcome').textContent === 'Node 4 measures its CPU again.');
  await page.click('#hand-over');
  await becomes(page, 'a leader resigns when told', electionVerdict, 'in epoch 3');
}
async function losesItsLeader(made, page) {
  const leader = made.election.leader;
  made.kill(leader);
  await becomes(page, 'the death is in the trail', trailHas, `node ${leader} is taken for dead`);
  await becomes(page, 'and the next leader shows', electionVerdict, `Node ${made.election.leader} leads in epoch 4`);
  await becomes(page, 'what is known of the dead one is last known', (id) => document.getElementById(`score-${id}`).closest('.card').classList.contains('stale'), leader);
}

async function showsDisagreement(browser) {
  const made = await cluster({election: {idle: [2]}});
  const page = await openPage(browser, made.address(2));
  await becomes(page, 'a member without an election is said to have none', electionNote, 'Node 2 runs no election.');
  made.election.nodes.get(1).view = {leader: 3, epoch: 9};
  await becomes(page, 'a member that names another leader is said', electionNote, 'Node 1 says that node 3 leads in epoch 9.');
  made.election.nodes.get(1).view = {leader: 1, epoch: 9};
  await becomes(page, 'so are two leaders', electionVerdict, 'Nodes 1 and 4 each say that they lead');
  made.election.nodes.get(1).view = null;
  await becomes(page, 'until they agree', electionVerdict, 'Node 4 leads in epoch 1');
  made.election.strike(3, [1]);
  await becomes(page, 'who was struck, for what, shows', () => document.getElementById('struck').textContent.includes('Node 3 voted for two candidates in one epoch'));
  await becomes(page, 'by whom, and who knows nothing of it', () => document.getElementById('struck').textContent.includes('Struck by node 4; node 1 does not know of it.'));
  await page.locator('#struck summary').click();
  await becomes(page, 'with the evidence', () => document.querySelector('#struck code').textContent.includes('<b>votes</b>=0123456789abcdef'));
  expect(await page.locator('#struck code').isVisible() && await page.locator('#struck code b').count() === 0, 'which can be read, as text');
  await becomes(page, 'and in the trail', trailHas, 'node 3 is caught');
  expect(page.errors.length === 0 && page.complaints.length === 0, `no errors on the console ${page.errors} ${page.complaints}`);
  await page.context().close();
  made.stop();
}

async function worksInAPhone(browser) {
  const made = await cluster({webSockets: false});
  const page = await openPage(browser, made.address(1), {viewport: {width: 360, height: 740}, colorScheme: 'dark', isMobile: true, hasTouch: true});
  await becomes(page, 'the elected leader shows without WebSockets', electionVerdict, 'Node 4 leads');
  made.election.strike(2);
  await becomes(page, 'so does the trail', trailHas, 'node 2 is caught');
  await page.locator('#struck summary').click();
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways at 360 pixels');
  await page.context().close();
  made.stop();
}

async function isNotThere(browser) {
  const made = await cluster({election: null});
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'the members show', () => document.querySelectorAll('.card .bar').length === 4);
  await page.waitForTimeout(1500);
  expect(await page.locator('#election').isHidden(), 'no election, no panel');
  expect(page.errors.length === 0 && page.complaints.length === 0, `and nothing is asked for it ${page.errors} ${page.complaints}`);
  await page.context().close();
  made.stop();
}

run(async (browser) => {
  await Promise.all([showsTheElection(browser), showsDisagreement(browser), worksInAPhone(browser), isNotThere(browser)]);
});
