// picture.js LOCKSTEPD FOLDER PICTURE.png: see picture.sh.
'use strict';
const {Nodes, adminToken} = require('./nodes.js');
const {openPage, giveToken, run} = require('./browser.js');

// Two clients that put and get through the page's own node, one operation after another, until told to stop.
function load(address) {
  const state = {running: true};
  for (const client of [1, 2]) {
    (async () => {
      for (let i = 0; state.running; i++) {
        const options = i % 3 === 0 ? {} : {method: 'PUT', body: `value ${i}`};
        await fetch(`${address}v1/kv/key-${client}-${i % 50}?forward=1`, {...options, signal: AbortSignal.timeout(5000)}).then((answer) => answer.arrayBuffer()).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 5 + 10 * Math.random()));
      }
    })();
  }
  return state;
}
const pass = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

run(async (browser) => {
  const nodes = new Nodes(process.argv[2], process.argv[3]);
  process.on('exit', () => nodes.stop());
  await nodes.start();
  await nodes.leader();
  await pass(3);
  const home = await nodes.leader() % 3 + 1;
  const page = await openPage(browser, nodes.address(home), {colorScheme: 'light'});
  const clients = load(nodes.address(home));
  await pass(50);
  const first = await nodes.leader();
  if (first === home) throw new Error('the leader changed by itself, and its page cannot show its death: run this again');
  nodes.kill(first);
  await pass(20);
  nodes.run(first);
  await pass(25);
  await page.fill('#key', 'colour');
  await page.fill('#value', 'green');
  await page.click('#put');
  await pass(0.5);
  await page.click('#get');
  const leader = await nodes.leader();
  // The one that is cut off is neither the leader nor the node that the clients ask.
  const lonely = [1, 2, 3].find((id) => id !== leader && id !== home) || [1, 2, 3].find((id) => id !== leader);
  await page.getByRole('button', {name: `Cut off: node ${lonely}`}).click();
  await giveToken(page, adminToken);
  await pass(4);
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  await page.screenshot({path: process.argv[4], fullPage: true});
  clients.running = false;
});
