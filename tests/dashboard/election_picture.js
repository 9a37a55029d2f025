// election_picture.js LOCKSTEPD FOLDER PICTURE.png: see picture.sh.
'use strict';
const {Nodes, adminToken} = require('./nodes.js');
const {openPage, giveToken, setCpu, run} = require('./browser.js');

const status = 'v1/election/status';
const pass = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3], {election: true});
  process.on('exit', () => nodes.stop());
  await nodes.start();
  await nodes.leader();
  const measure = (id) => nodes.order(id, 'v1/admin/vitals', {cpu: 0.1 + 0.05 * id, memory: 0.3, beds_free: 8 - id, beds_total: 10, doctors_free: 2, doctors_total: 4, visits: 10 * id, critical: id === 2 ? 4 : 0});
  await Promise.all(nodes.ids.map(measure));
  const page = await openPage(browser, nodes.address(1), {colorScheme: 'light'});
  await pass(45);
  const first = await nodes.leader(status);
  if (first === 1) throw new Error('the page’s own node leads, and its death cannot be shown: run this again');
  nodes.kill(first);
  await pass(20);
  nodes.run(first);
  await pass(2);
  await measure(first);
  await pass(20);
  await page.click('#guarded button[type=submit]');
  // A leader whose CPU fills up.
  const second = await nodes.leader(status);
  for (const share of [40, 60, 72, 84, 99]) {
    if (await nodes.leader(status) !== second) break;
    await setCpu(page, second, share);
    if (share === 40) await giveToken(page, adminToken);
    await pass(1.2);
  }
  for (let tries = 0; tries < 50 && await nodes.leader(status) === second; tries++) await pass(0.1);
  await pass(1.5);
  await page.click('#guarded button[type=submit]');
  await pass(0.5);
  await page.click('#guarded-read');
  await pass(1);
  await page.evaluate(() => document.activeElement?.blur());
  await page.locator('#election').screenshot({path: process.argv[4]});
});
