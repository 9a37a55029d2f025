// messages_nodes_test.js LOCKSTEPD FOLDER: the dashboard's message log as three real nodes serve it.
'use strict';
const {Nodes} = require('./nodes.js');
const {expect, becomes, openPage, overflow, run} = require('./browser.js');

const lamport = 'v1/lamport';
const leads = (id) => document.getElementById('messages-verdict').textContent === `Node ${id} leads and stamps what every member takes`;
const firstRow = (text) => document.querySelector('#message-rows tr')?.textContent.includes(text);

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3], {messages: true});
  process.on('exit', () => nodes.stop());
  await nodes.start();
  const leader = await nodes.leader(lamport);
  const page = await openPage(browser, nodes.address(1));
  await becomes(page, 'the leader shows', leads, leader, 20000);
  await page.fill('#post-text', 'from the page');
  await page.click('#post-button');
  await becomes(page, 'a post is done', (id) => new RegExp(`^Post from the pageDone in .*, as \\d+\\.${id}$`).test(document.querySelector('#post-outcomes .done')?.textContent), leader);
  await becomes(page, 'and every member shows it', () => /^\d+\.\d+from the pageall$/.test(document.querySelector('#message-rows tr')?.textContent));
  for (let i = 1; i <= 30; i++) await fetch(`${nodes.address(1 + i % 3)}v1/messages`, {method: 'POST', body: `number ${i}`});
  await becomes(page, 'those that others post come, too', firstRow, 'number 30');
  const stamps = await page.evaluate(() => [...document.querySelectorAll('#message-rows tr')].map((row) => Number.parseInt(row.firstChild.textContent, 10)));
  expect(stamps.length === 31 && stamps.every((time, i) => i === 0 || time <= stamps[i - 1]), `in the order of their stamps ${stamps}`);
  await becomes(page, 'every clock has passed the last stamp', (last) => [...document.querySelectorAll('#clocks tr')]
    .every((row) => Number(row.children[2].textContent.replace(/\D/g, '')) > last && row.children[3].textContent === '31'), stamps[0]);

  nodes.kill(leader);
  const next = [3, 2, 1].find((id) => id !== leader);
  await becomes(page, 'the next leader shows', leads, next, 20000);
  await page.fill('#post-text', 'after the kill');
  for (let tries = 0; tries < 20 && !await page.evaluate(firstRow, 'after the kill'); tries++) {
    await page.click('#post-button');
    await page.waitForTimeout(500);
  }
  await becomes(page, 'posts go on', firstRow, 'after the kill');
  nodes.run(leader);
  await becomes(page, 'who comes back catches up', () => [...document.querySelectorAll('#message-rows tr')].every((row) => row.lastChild.textContent === 'all'), null, 20000);
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways');
});
