// mock_messages_test.js PAGE.html: the dashboard's message log against a made-up cluster (mock.js, mock_messages.js).
'use strict';
const {Cluster} = require('./mock.js');
const {expect, becomes, openPage, overflow, run} = require('./browser.js');

async function cluster(options) {
  const made = new Cluster(process.argv[2], {messages: {}, ...options});
  await made.start();
  return made;
}
const verdictSays = (text) => document.getElementById('messages-verdict').textContent.includes(text);
const noteSays = (text) => document.getElementById('messages-notes').textContent.includes(text);
const rowsAre = (wanted) => JSON.stringify([...document.querySelectorAll('#message-rows tr')].map((row) => [...row.children].map((cell) => cell.textContent).join(' | '))) === wanted;
const clockSays = ([id, text]) => document.querySelector(`#clocks [data-node="${id}"]`)?.textContent.includes(text);
const outcomeSays = (text) => document.querySelector('#post-outcomes li')?.textContent.includes(text);
const quiet = (page, allowed) => page.errors.length === 0 && page.complaints.filter((text) => !allowed.test(text)).length === 0;

async function showsMessages(browser) {
  const made = await cluster();
  made.messages.add('before the page', '7.1');
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'who leads shows', verdictSays, 'Node 3 leads and stamps what every member takes');
  await becomes(page, 'what was there before shows', rowsAre, JSON.stringify(['3.3 | before the page | all']));
  made.messages.add('second', '7.2', {time: 9});
  made.messages.add('first <b>', '7.3', {time: 6, late: [2]});
  await becomes(page, 'messages stand in the order of their stamps, and who saw them out of order is marked', rowsAre,
    JSON.stringify(['9.3 | second | all', '6.3 | first <b> | all; arrived out of order at node 2', '3.3 | before the page | all']));
  expect(await page.locator('#message-rows .late').count() === 1 && await page.locator('#message-rows b').count() === 0, 'as text');
  await becomes(page, 'every member’s clock and violations show', clockSays, [2, 'node 2follows11301']);

  await page.fill('#post-text', 'from the page');
  await page.click('#post-button');
  await becomes(page, 'a post shows its stamp', outcomeSays, 'as 14.3');
  await becomes(page, 'and is in the table', () => document.querySelector('#message-rows tr').textContent.includes('from the page'));
  await page.fill('#post-text', 'too many');
  await page.click('#post-button');
  await becomes(page, 'a refusal is said', outcomeSays, 'Refused, nothing happened: too many posts wait');
  made.messages.unsure = true;
  await page.fill('#post-text', 'again');
  await page.click('#post-button');
  await becomes(page, 'so is what is not known', outcomeSays, 'Unknown: it was not acknowledged in time');
  made.messages.unsure = false;
  await page.click('#post-button');
  await becomes(page, 'posted again it is done', outcomeSays, 'Done in');
  await becomes(page, 'once', () => [...document.querySelectorAll('#message-rows tr')].filter((row) => row.children[1].textContent === 'again').length === 1);
  expect(quiet(page, /503|504/), `no errors on the console ${page.errors} ${page.complaints}`);

  made.kill(3);
  await becomes(page, 'the next leader shows', verdictSays, 'Node 2 leads');
  await becomes(page, 'what is known of the dead one is last known', clockSays, [3, 'last known']);
  await page.context().close();
  made.stop();
}

async function keepsUp(browser) {
  const made = await cluster({messages: {idle: [2]}});
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'a member without messages is said to keep none', noteSays, 'Node 2 keeps no messages.');
  made.messages.streams = false;
  for (let i = 1; i <= 150; i++) made.messages.add(`m${i}`, `7.${i}`);
  await becomes(page, 'messages that do not come by themselves are asked for', () => document.querySelector('#message-rows tr')?.textContent.includes('m150'));
  await becomes(page, 'the latest hundred stand there', () => document.querySelectorAll('#message-rows tr').length === 100);
  made.messages.add('only here', '8.1', {at: [made.messages.nodes.get(1)]});
  await becomes(page, 'who shows less is said', noteSays, 'Node 3 shows 150 of 151 messages.');
  await becomes(page, 'and who shows what', () => document.querySelector('#message-rows tr').textContent.endsWith('only herenode 1'));
  expect(quiet(page, /^$/), `no errors on the console ${page.errors} ${page.complaints}`);
  await page.context().close();
  made.stop();
}

async function worksInAPhone(browser) {
  const made = await cluster({webSockets: false});
  const page = await openPage(browser, made.address(1), {viewport: {width: 360, height: 740}, colorScheme: 'dark', isMobile: true, hasTouch: true});
  made.messages.add('a long word '.repeat(20) + 'x'.repeat(200), '7.1', {late: [1]});
  await becomes(page, 'messages show without WebSockets', () => document.querySelectorAll('#message-rows tr').length === 1);
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways at 360 pixels');
  await page.context().close();
  made.stop();
}

async function isNotThere(browser) {
  const made = await cluster({messages: null});
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'the members show', () => document.querySelectorAll('.card .bar').length === 3);
  await page.waitForTimeout(1500);
  expect(await page.locator('#messages').isHidden(), 'no messages, no panel');
  expect(quiet(page, /^$/), `and nothing is asked for it ${page.errors} ${page.complaints}`);
  await page.context().close();
  made.stop();
}

run(async (browser) => {
  await Promise.all([showsMessages(browser), keepsUp(browser), worksInAPhone(browser), isNotThere(browser)]);
});
