// mock_test.js PAGE.html: the dashboard against a made-up cluster (mock.js).
'use strict';
const {Cluster, adminToken} = require('./mock.js');
const {expect, becomes, openPage, giveToken, verdict, headline, roleOf, isStale, overflow, run} = require('./browser.js');

const pageFile = process.argv[2];
async function cluster(options) {
  const made = new Cluster(pageFile, options);
  await made.start();
  return made;
}
const hosts = (made) => made.nodes.map((n) => `127.0.0.1:${n.port}`);
const outcome = (text) => document.querySelector('#kv-outcomes li span')?.textContent.includes(text);
const settled = (made) => new Promise((resolve) => {
  const timer = setInterval(() => { if (made.leader()) { clearInterval(timer); resolve(made.leader().id); } }, 20);
});

async function showsTheCluster(browser) {
  const made = await cluster({name: '<img src=x onerror=alert(1)>'});
  const leader = await settled(made);
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'the leader shows in the headline', verdict, `Node ${leader} leads in term`);
  await becomes(page, 'and on its card', roleOf, {id: leader, role: 'leader'});
  await becomes(page, 'members agree', headline, 'All 3 members answer and agree');
  await becomes(page, 'ages show', () => [...document.querySelectorAll('.card .age')].every((age) => /^\d\.\d s ago$/.test(age.textContent)));
  await becomes(page, 'the reign is in the list of elections', () => document.getElementById('elections').textContent.includes('leads, for'));
  await becomes(page, 'round trips and rates show', () => /\d ms/.test(document.getElementById('trips-legend').textContent) && /committed \d/.test(document.getElementById('throughput-legend').textContent));
  expect((await page.locator('#cluster').innerText()).includes('<img'), 'markup in a name is text');
  expect(await page.locator('img').count() === 0, 'and makes no element');

  await page.fill('#key', 'a key/with %');
  await page.fill('#value', 'Grüße');
  await page.click('#put');
  await becomes(page, 'a put says that it is done', outcome, 'is stored by a majority');
  await page.click('#get');
  await becomes(page, 'a get shows the value', outcome, 'it is “Grüße”');
  await page.fill('#key', 'nothing here');
  await page.click('#get');
  await becomes(page, 'a missing key is said to be missing', outcome, 'there is no such key');
  expect(page.errors.length === 0 && page.complaints.filter((text) => !text.includes('404')).length === 0, `no errors on the console ${page.errors} ${page.complaints}`);
  expect([...page.asked].every((host) => hosts(made).includes(host)), `asks nobody but the members: ${[...page.asked]}`);
  await page.fill('#key', 'slow');
  await page.focus('#key');
  await page.keyboard.press('Enter');
  await becomes(page, 'an unknown outcome is said to be unknown', outcome, 'Unknown: it may have happened');

  await survivesTheLeader(made, page, leader);
  await page.context().close();
  made.stop();
}

async function survivesTheLeader(made, page, leader) {
  const top = await page.evaluate(() => document.getElementById('ring-panel').getBoundingClientRect().top);
  made.kill(leader);
  await settled(made);
  await becomes(page, 'the killed leader is shown as last known', isStale, leader);
  const next = made.leader().id;
  await becomes(page, 'the next leader shows', verdict, `Node ${next} leads`);
  await becomes(page, 'the silence is said', headline, `Node ${leader} does not answer`);
  expect(await page.evaluate(() => document.getElementById('ring-panel').getBoundingClientRect().top) === top, 'nothing moved');
  await becomes(page, 'the next reign is listed', (id) => document.querySelector('#elections tr td:nth-child(2)')?.textContent === `node ${id}`, next);
  await becomes(page, 'and what became of the last', () => document.getElementById('elections').textContent.includes('has not answered since'));
  await made.revive(leader);
  await becomes(page, 'the member is back', roleOf, {id: leader, role: 'follower'});
  await becomes(page, 'and all agree', headline, 'All 3 members answer and agree');
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
}

async function takesOrders(browser) {
  const made = await cluster({stubborn: true});
  const leader = await settled(made);
  const other = made.nodes.find((n) => n.id !== leader).id;
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'the buttons show', () => !document.getElementById('faults').hidden);
  const name = [leader, other].sort().join('–');
  await page.getByRole('button', {name: `Cut ${name}`}).click();
  await giveToken(page, 'wrong');
  await becomes(page, 'a wrong token is said to be wrong', () => document.getElementById('command-outcome').textContent.includes('token is wrong'));
  await page.getByRole('button', {name: `Cut ${name}`}).click();
  await giveToken(page, adminToken);
  await becomes(page, 'a cut link shows', (ids) => [...document.querySelectorAll('#ring .link.cut')].some((g) => g.dataset.key === ids), name.replace('–', '-'));
  await becomes(page, 'and is said', headline, `Cut: ${name}`);
  expect(made.posts.filter((p) => JSON.parse(p.body).cut).map((p) => p.node).sort().join() === [leader, other].sort().join(), 'both ends were told');
  await page.getByRole('button', {name: `Cut off: node ${leader}`}).click();
  await becomes(page, 'two leaders are said to be two', verdict, 'Two members say they lead', 15000);
  await becomes(page, 'and why that is no harm', headline, 'Only the highest term counts');
  await page.getByRole('button', {name: 'Heal every link'}).click();
  await becomes(page, 'after the healing all agree', headline, 'All 3 members answer and agree');
  const next = made.leader().id;
  const follower = made.nodes.find((n) => n.id !== next).id;
  await page.getByRole('button', {name: `Force an election: node ${follower}`}).click();
  await becomes(page, 'a forced election has its winner', verdict, `Node ${follower} leads`);
  await page.getByRole('button', {name: `Pause 5 s: node ${follower}`}).click();
  await becomes(page, 'a pause shows', (id) => document.querySelector(`#card-${id}`).closest('.card').querySelector('.role').textContent === 'paused', follower);
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
  await page.context().close();
  made.stop();
}

// A proxy that lets no WebSocket through; no faults; five members; a phone in the dark.
async function worksInAPhone(browser) {
  const made = await cluster({webSockets: false, faultsEnabled: false, members: 5});
  const leader = await settled(made);
  const page = await openPage(browser, made.address(1), {viewport: {width: 360, height: 740}, colorScheme: 'dark', isMobile: true, hasTouch: true});
  await becomes(page, 'the leader shows without WebSockets', verdict, `Node ${leader} leads`);
  await becomes(page, 'five cards', () => document.querySelectorAll('.card .bar').length === 5);
  await page.waitForTimeout(2500);
  expect(await page.evaluate(() => ![...document.querySelectorAll('.card')].some((c) => c.classList.contains('stale'))), 'asked each second, nobody is stale');
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways at 360 pixels');
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor) === 'rgb(20, 24, 29)', 'dark where the system is dark');
  expect(await page.locator('#faults').isHidden() && await page.locator('#faults-off').isVisible(), 'no buttons where faults are not enabled, and the reason');
  expect(await page.locator('.fault-buttons:visible').count() === 0, 'nor on the cards');
  made.nodes.filter((n) => n.id > 2).forEach((n) => made.kill(n.id));
  await becomes(page, 'a lost majority is said', verdict, 'No leader: 2 of 5 members answer, and it takes 3', 15000);
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
  await page.context().close();
  made.stop();
}

run(async (browser) => {
  await Promise.all([showsTheCluster(browser), takesOrders(browser), worksInAPhone(browser)]);
});
