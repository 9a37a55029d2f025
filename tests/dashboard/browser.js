// What the tests of the dashboard share: a browser, and claims that are given time to become true.
'use strict';
const {chromium} = require(process.env.PLAYWRIGHT_CORE || 'playwright-core');

const failures = [];
function expect(holds, claim) {
  console.log(`${holds ? 'ok' : 'FAILED'}: ${claim}`);
  if (!holds) failures.push(claim);
}
// Polls until the page says so, or the time is up.
async function becomes(page, claim, condition, argument, timeout = 10000) {
  const holds = await page.waitForFunction(condition, argument, {timeout, polling: 100}).then(() => true, () => false);
  if (!holds) console.log('  the headlines:', await page.locator('#headline').innerText().catch(() => 'no page'), await page.locator('#election-headline').textContent().catch(() => ''));
  expect(holds, claim);
  return holds;
}
async function openBrowser() {
  return chromium.launch({executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync']});
}
// A page that writes down what its script complained about and whom it asked.
async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  page.complaints = [];
  page.errors = [];
  page.asked = new Set();
  page.on('pageerror', (error) => page.errors.push(error.stack));
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') page.complaints.push(message.text()); });
  page.on('request', (request) => { if (!request.url().startsWith('data:')) page.asked.add(new URL(request.url()).host); });
  page.on('websocket', (socket) => page.asked.add(new URL(socket.url()).host));
  await page.goto(address);
  return page;
}
// Answers the question for the token, where it is asked.
async function giveToken(page, token) {
  const dialog = page.locator('#ask');
  await dialog.waitFor({state: 'visible', timeout: 3000});
  await page.locator('#token').fill(token);
  await page.keyboard.press('Enter');
}
const verdict = (text) => document.getElementById('verdict').textContent.includes(text);
const headline = (text) => document.getElementById('headline').textContent.includes(text);
const roleOf = ({id, role}) => document.querySelector(`#card-${id}`)?.closest('.card').querySelector('.role').textContent === role;
const isStale = (id) => { const card = document.querySelector(`#card-${id}`).closest('.card'); return card.classList.contains('stale') && card.querySelector('.age').textContent.startsWith('last known'); };

// Of the election's panel.
const electionVerdict = (text) => document.getElementById('election-verdict').textContent.includes(text);
const electionNote = (text) => document.getElementById('election-notes').textContent.includes(text);
const trailHas = (text) => document.getElementById('election-events').textContent.includes(text);
const setCpu = (page, id, share) => page.getByRole('slider', {name: `CPU of node ${id}`}).fill(String(share));

// No element stands out of the page at the side.
const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

async function run(test) {
  const browser = await openBrowser();
  let error = null;
  try { await test(browser); } catch (caught) { error = caught; }
  await browser.close();
  if (error) { console.log('FAILED:', error.stack); failures.push(error.message); }
  console.log(failures.length === 0 ? 'the dashboard is as it should be' : `${failures.length} claims do not hold`);
  process.exit(failures.length === 0 ? 0 : 1);
}
module.exports = {expect, becomes, openPage, giveToken, verdict, headline, roleOf, isStale, electionVerdict, electionNote, trailHas, setCpu, overflow, run};
