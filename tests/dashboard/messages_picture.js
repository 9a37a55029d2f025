// messages_picture.js LOCKSTEPD FOLDER PICTURE.png: see picture.sh.
'use strict';
const {Nodes} = require('./nodes.js');
const {openPage, run} = require('./browser.js');

const pass = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const wards = ['bed 7 is free', 'bed 3 is taken', 'Dr. Weiß is on call', 'theatre 2 is ready', 'visitors until 8', 'blood 0− is short', 'ward 4 is full', 'lift 1 is out of order'];

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3], {messages: true});
  process.on('exit', () => nodes.stop());
  await nodes.start();
  const leader = await nodes.leader('v1/lamport');
  const page = await openPage(browser, nodes.address(1), {colorScheme: 'light'});
  const post = (id, text) => fetch(`${nodes.address(id)}v1/messages`, {method: 'POST', body: text, signal: AbortSignal.timeout(8000)}).catch(() => {});
  for (let round = 0; round < 4; round++) {
    await Promise.all(wards.map((text, i) => post(1 + i % 3, text)));
    await pass(0.7);
  }
  nodes.kill(leader);
  await pass(4);
  await Promise.all(wards.slice(0, 4).map((text, i) => post(1 + i % 2, text)));
  nodes.run(leader);
  await pass(5);
  await page.click('#post-button');
  await pass(2);
  await page.evaluate(() => document.activeElement?.blur());
  await page.locator('#messages').screenshot({path: process.argv[4]});
});
