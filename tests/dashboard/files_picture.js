// files_picture.js LOCKSTEPD FOLDER PICTURE.png: see picture.sh.
'use strict';
const crypto = require('crypto');
const {Nodes} = require('./nodes.js');
const {becomes, openPage, run} = require('./browser.js');

const pass = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3], {files: true});
  process.on('exit', () => nodes.stop());
  await nodes.start();
  await nodes.leader();
  const call = (id, path, method = 'POST') => fetch(nodes.address(id) + path, {method});
  const film = crypto.randomBytes(96 * 2 ** 20);
  for (const id of [1, 2]) nodes.share(id, 'film of the ward.mkv', film);
  nodes.share(1, 'field notes of 1978.pdf', crypto.randomBytes(3 * 2 ** 20));
  nodes.share(2, 'rota notes.txt', crypto.randomBytes(2000));
  for (const id of nodes.ids) await call(id, 'v1/files/index');
  const page = await openPage(browser, nodes.address(3), {colorScheme: 'light'});
  await becomes(page, 'all share files', () => document.querySelectorAll('#peers tr').length === 3, null, 20000);
  await call(1, 'v1/search?name=nobody%20has%20this.txt', 'GET');
  await call(2, 'v1/search?words=1978', 'GET');
  await page.click('#find-button');
  await page.getByRole('button', {name: 'Fetch field notes'}).click();
  await pass(2);
  for (const peer of [1, 2]) await nodes.order(3, 'v1/admin/faults', {peer, direction: 'in', delay_ms: 80});
  await call(3, 'v1/files/film%20of%20the%20ward.mkv/fetch');
  await becomes(page, 'half of it is here', () => Number.parseInt(document.querySelector('#transfers .bar')?.getAttribute('aria-label'), 10) > 45, null, 60000);
  call(1, 'v1/search?name=the%20next.txt', 'GET');
  await pass(0.4);
  await page.evaluate(() => document.activeElement?.blur());
  await page.locator('#files').screenshot({path: process.argv[4]});
});
