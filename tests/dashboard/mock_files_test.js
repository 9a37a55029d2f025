// mock_files_test.js PAGE.html: the dashboard's shared files against a made-up cluster (mock.js, mock_files.js).
'use strict';
const {Cluster} = require('./mock.js');
const {expect, becomes, openPage, overflow, run} = require('./browser.js');

async function cluster(options) {
  const made = new Cluster(process.argv[2], {files: {}, ...options});
  await made.start();
  return made;
}
const verdictSays = (text) => document.getElementById('files-verdict').textContent.includes(text);
const noteSays = (text) => document.getElementById('files-notes').textContent.includes(text);
const peerSays = ([id, text]) => document.querySelector(`#peers [data-node="${id}"]`)?.textContent.includes(text);
const transferSays = (text) => document.querySelector('#transfers li')?.textContent.includes(text);
const searchSays = (text) => document.querySelector('#searches tr')?.textContent.includes(text);
const outcomeSays = (text) => document.querySelector('#find-outcomes li')?.textContent.includes(text);
const quiet = (page, allowed) => page.errors.length === 0 && page.complaints.filter((text) => !allowed.test(text)).length === 0;

async function showsFiles(browser) {
  const made = await cluster();
  made.files.put(2, 'field notes.pdf');
  made.files.put(3, 'many notes.pdf');
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'who shares files shows', verdictSays, 'Nodes 1, 2 and 3 share files');
  await becomes(page, 'whom each knows and when it was heard', peerSays, [1, 'node 12 (0.']);
  await becomes(page, 'and what it offers', peerSays, [2, ')10']);

  const query = made.files.begin(3, 'notes');
  await becomes(page, 'a search shows while it travels', searchSays, 'node 3notesnodes 1 and 2, 3 messages, at most 3 hopstravelling');
  made.files.end(3, query, 2);
  await becomes(page, 'and what it found', () => / in \d/.test(document.querySelector('#searches tr').lastChild.textContent));

  made.files.fetch(3, 'film <b>.mkv', [1, 2]);
  made.files.progress(3, 'film <b>.mkv', 40);
  await becomes(page, 'a transfer shows its sources, chunks and rate', transferSays, 'node 3: film <b>.mkvfrom nodes 1 and 2 · 40 of 100 chunks, 2.5 MiB of 6.3 MiB · 12 MiB/s');
  expect(await page.locator('#transfers .bar').first().getAttribute('aria-label') === '40 %' && await page.locator('#transfers li b b').count() === 0, 'as a bar, and names as text');
  await becomes(page, 'the headline counts it', verdictSays, '1 is on the way');
  made.files.finish(3, 'film <b>.mkv');
  await becomes(page, 'that it came is told', transferSays, 'came in 310 ms, 6.3 MiB');
  made.files.fetch(2, 'lost.txt', []);
  await becomes(page, 'the next one shows', transferSays, 'node 2: lost.txt');
  made.files.finish(2, 'lost.txt', 'failed', 'nobody has it');
  await becomes(page, 'one that was given up says why', () => document.getElementById('transfers').textContent.includes('given up after 310 ms: nobody has it'));

  await page.fill('#find-text', 'notes');
  await page.click('#find-button');
  await becomes(page, 'a search of the page lists files and their owners', outcomeSays, 'field notes.pdf, 195 KiB, at node 2');
  await page.getByRole('button', {name: 'Fetch field notes.pdf'}).click();
  await becomes(page, 'a fetch begins', outcomeSays, 'It is on its way to node 1');
  await becomes(page, 'and shows among the transfers', () => document.getElementById('transfers').textContent.includes('node 1: field notes.pdf'));
  await page.getByRole('button', {name: 'Fetch many notes.pdf'}).click();
  await becomes(page, 'a refusal is said', outcomeSays, 'Refused, nothing happened: as many files are on their way as may be');
  await page.click('#index-button');
  await becomes(page, 'the folder is read again', outcomeSays, 'skipped link: it is a link');
  expect(quiet(page, /409/), `no errors on the console ${page.errors} ${page.complaints}`);

  made.kill(3);
  await becomes(page, 'what is known of a dead one is last known', peerSays, [3, 'last known']);
  await page.context().close();
  made.stop();
}

async function worksInAPhone(browser) {
  const made = await cluster({webSockets: false, files: {idle: [2]}});
  made.files.fetch(3, 'a long name '.repeat(8) + 'x'.repeat(100), [1]);
  const page = await openPage(browser, made.address(1), {viewport: {width: 360, height: 740}, colorScheme: 'dark', isMobile: true, hasTouch: true});
  await becomes(page, 'transfers show without WebSockets', transferSays, 'node 3: a long name');
  await becomes(page, 'a member without files is said to share none', noteSays, 'Node 2 shares no files.');
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways at 360 pixels');
  expect(quiet(page, /WebSocket/), `no errors on the console ${page.errors} ${page.complaints}`);
  await page.context().close();
  made.stop();
}

async function isNotThere(browser) {
  const made = await cluster({files: null});
  const page = await openPage(browser, made.address(1));
  await becomes(page, 'the members show', () => document.querySelectorAll('.card .bar').length === 3);
  await page.waitForTimeout(1500);
  expect(await page.locator('#files').isHidden(), 'no files, no panel');
  expect(quiet(page, /^$/), `and nothing is asked for it ${page.errors} ${page.complaints}`);
  await page.context().close();
  made.stop();
}

run(async (browser) => {
  await Promise.all([showsFiles(browser), worksInAPhone(browser), isNotThere(browser)]);
});
