'use strict';
// The run as columns; see sim/report/data.hpp.
const run = JSON.parse(document.getElementById('data').textContent);

function undoDeltas(column) {
  let sum = 0;
  return Float64Array.from(column, (difference) => (sum += difference));
}

const strings = run.strings;
const text = (place) => (place < 0 ? '' : strings[place]);
const rowCount = run.nodes + run.clients;
const isClientRow = (row) => row >= run.nodes;
const rowName = (row) => (row < 0 ? '–' : isClientRow(row) ? 'c' + (row - run.nodes + 1) : 'n' + (row + 1));
const duration = Math.max(run.duration, 1);

const steps = run.steps;
steps.number = undoDeltas(steps.number);
steps.at = undoDeltas(steps.at);
steps.who = Int32Array.from(steps.who);
steps.count = steps.at.length;

const messages = run.messages;
messages.sent = undoDeltas(messages.sent);
messages.count = messages.sent.length;
messages.flight = Float64Array.from(messages.flight);

const operations = run.operations;
operations.invoked = undoDeltas(operations.invoked);
operations.count = operations.invoked.length;

const outcomeNames = ['ok', 'failed', 'unknown'];

// A message that never arrived is drawn as a stub of half the usual time: the trace does not say where it died.
const usualFlight = (() => {
  const known = Array.from(messages.flight).filter((flight) => flight >= 0).sort((a, b) => a - b);
  return known.length ? known[known.length >> 1] : duration / 1000;
})();
messages.end = new Float64Array(messages.count);
for (let m = 0; m < messages.count; ++m)
  messages.end[m] = messages.sent[m] + (messages.flight[m] >= 0 ? messages.flight[m] : usualFlight / 2);
const neverArrives = (m) => messages.flight[m] < 0;

// The latest end within each block of messages, so that those in flight at an instant are found without reading all.
const blockSize = 256;
const blockEnd = new Float64Array(Math.ceil(messages.count / blockSize));
for (let m = 0; m < messages.count; ++m) {
  const block = Math.floor(m / blockSize);
  blockEnd[block] = Math.max(blockEnd[block], messages.end[m]);
}

// First place of a sorted column whose value is not below `value`.
function lowerBound(column, value, from = 0, to = column.length) {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (column[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

// The steps of each row, and the messages each step sent and received.
const stepsOfRow = Array.from({length: rowCount}, () => []);
for (let s = 0; s < steps.count; ++s) stepsOfRow[steps.who[s]].push(s);
const sentBy = new Map();
const receivedBy = new Map();
for (let m = 0; m < messages.count; ++m) {
  const sender = messages.sentStep[m];
  if (sender >= 0) sentBy.has(sender) ? sentBy.get(sender).push(m) : sentBy.set(sender, [m]);
  if (messages.gotStep[m] >= 0) receivedBy.set(messages.gotStep[m], m);
}
const commitSteps = new Set(steps.commits);

const bandsOfRow = Array.from({length: rowCount}, () => []);
for (const [row, from, to, role, term] of run.bands)
  bandsOfRow[row].push({from, to: to < 0 ? duration : to, role: text(role), term});
const operationsOfRow = Array.from({length: rowCount}, () => []);
for (let o = 0; o < operations.count; ++o) operationsOfRow[operations.client[o]].push(o);
// A client's operations are sorted by when they began; the longest bounds how far back one has to look.
const longestOperation = operations.took.reduce((most, took) => Math.max(most, took), 0);

const faults = run.faults.map(([at, kind, words, cut], place) => ({
  at, kind: text(kind), text: text(words) || text(kind), cut, nodes: run.faultNodes[place], groups: run.faultGroups[place], until: -1,
}));
const troubles = run.troubles.map(([kind, row, from, to, fault]) => ({
  kind: text(kind), row, from, to: to < 0 ? duration : to, open: to < 0, fault: fault < 0 ? null : faults[fault],
}));
for (const trouble of troubles) if (trouble.fault && !trouble.open) trouble.fault.until = Math.max(trouble.fault.until, trouble.to);
const violations = run.violations.map(([at, step, row, rule, words]) => ({at, step, row, rule: text(rule), text: text(words)}));
// Rules about the whole run, as linearizability, are judged when it is over: the trace has no line for them.
for (const {rule, text: words, t_ns: at} of run.summary?.violations || [])
  if (!violations.some((v) => v.rule === rule && v.text === words)) violations.push({at: at || 0, step: 0, row: -1, rule: String(rule), text: String(words), judgedLate: true});
const reigns = run.reigns.map(([row, role, term, from, to, crashed, step]) => ({row, role: text(role), term, from, to, crashed: !!crashed, step}));
const campaignResults = ['won', 'lost', 'crashed', 'still running at the end'];
const campaigns = run.campaigns.map(([row, term, from, to, result, stood, step, ...voters]) => ({
  row, term, from, to, result: campaignResults[result], stood: !!stood, step, voters,
}));

const chiefs = new Set(['leader', 'coordinator']);
const contenders = new Set(['candidate', 'pre_candidate', 'electing', 'waiting']);

// The place among the page's steps of the step with a number, -1 when the page does not carry it.
function placeOfNumber(number) {
  const place = lowerBound(steps.number, number);
  return place < steps.count && steps.number[place] === number ? place : -1;
}
