// files_nodes_test.js LOCKSTEPD FOLDER: the dashboard's shared files as three real nodes serve them.
'use strict';
const crypto = require('crypto');
const {Nodes} = require('./nodes.js');
const {expect, becomes, openPage, overflow, run} = require('./browser.js');

const peerSays = ([id, pattern]) => new RegExp(pattern).test(document.querySelector(`#peers [data-node="${id}"]`)?.textContent);
const outcomeSays = (pattern) => new RegExp(pattern).test(document.querySelector('#find-outcomes li')?.textContent);
const transferOf = (pattern) => [...document.querySelectorAll('#transfers li')].some((item) => new RegExp(pattern).test(item.textContent));

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3], {files: true});
  process.on('exit', () => nodes.stop());
  await nodes.start();
  await nodes.leader();
  const page = await openPage(browser, nodes.address(1));
  await becomes(page, 'all are neighbours', () => [...document.querySelectorAll('#peers tr')].every((row, i) => {
    const met = row.children[1].textContent.replace(/ \([^)]*\)/g, '');
    return met === [1, 2, 3].filter((id) => id !== i + 1).join(', ');
  }) && document.querySelectorAll('#peers tr').length === 3, null, 20000);

  const content = crypto.randomBytes(48 * 2 ** 20);
  nodes.share(2, 'field notes.pdf', content);
  nodes.share(3, 'field notes.pdf', content);
  for (const id of [2, 3]) await fetch(`${nodes.address(id)}v1/files/index`, {method: 'POST'});
  await becomes(page, 'what a member offers shows', peerSays, [2, '\\)10']);
  await page.fill('#find-text', 'notes');
  await page.click('#find-button');
  await becomes(page, 'a search finds it at both', outcomeSays, 'field notes.pdf, 48 MiB, at nodes 2 and 3');
  await becomes(page, 'and shows whom it went to', () => /node 1notesnodes 2 and 3, \d+ messages, at most 3 hops2 in /.test(document.querySelector('#searches tr')?.textContent));

  // So that its way can be seen: what comes in is late.
  for (const peer of [2, 3]) await nodes.order(1, 'v1/admin/faults', {peer, direction: 'in', delay_ms: 60});
  await page.getByRole('button', {name: 'Fetch field notes.pdf'}).click();
  await becomes(page, 'a transfer shows its sources, chunks and rate', transferOf, 'node 1: field notes.pdf.*from nodes 2 and 3 · [1-9]\\d* of 768 chunks, .* of 48 MiB · .*iB/s', 20000);
  nodes.kill(3);
  await becomes(page, 'it goes on without a source that dies, and its end shows', transferOf, 'node 1: field notes.pdfcame in .*, 48 MiB', 60000);
  await becomes(page, 'who fetched it offers it', peerSays, [1, '\\)1\\D?0']);
  await becomes(page, 'what is known of the dead one is last known', peerSays, [3, 'last known'], 20000);
  nodes.run(3);
  await becomes(page, 'it comes back', peerSays, [3, '1 \\(.*2 \\('], 20000);
  expect(page.errors.length === 0, `the script met no error ${page.errors}`);
  expect(await page.evaluate(overflow) <= 0, 'nothing to scroll sideways');
});
