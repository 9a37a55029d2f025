// The election over time: how probable the leader's failure was, what happened, and who was struck for what.

const alarmAt = 70;            // per cent: above it a follower asks for a hand-over
const dashes = [null, [7, 3], [2, 3], [9, 3, 2, 3]];
charts.push({id: 'failure', unit: (v) => `${Math.round(v)} %`, least: 100, led: (sample) => sample.coordinated, marks: markFailure,
  lines: () => voters().map((m, i) => ({name: `node ${m.id} says`, tint: m.id, dash: dashes[i % dashes.length], of: (s) => s.failure?.get(m.id) ?? null}))});

// The limit, the moments at which a hand-over was asked for, and who led from when on.
function markFailure({pen, width, height, x}, y, now) {
  pen.strokeStyle = pen.fillStyle = colour('bad');
  pen.setLineDash([3, 3]);
  pen.beginPath(); pen.moveTo(margin.left, y(alarmAt)); pen.lineTo(width - margin.right, y(alarmAt)); pen.stroke();
  pen.setLineDash([]);
  let free = -Infinity;        // from where on there is room for words
  for (const {event, at} of electionTimeline()) {
    if (at < now - windowMs || !event.fields) continue;
    if (event.kind === 'preemptive_election') {
      const [px, py] = [x(at, now), y(event.fields.failure_permille / 10)];
      pen.fillStyle = colour('bad');
      pen.beginPath(); pen.moveTo(px, py - 5); pen.lineTo(px + 5, py + 4); pen.lineTo(px - 5, py + 4); pen.fill();
    }
    if (event.kind !== 'leader_changed' || !event.fields.after) continue;
    const px = x(at, now);
    pen.strokeStyle = pen.fillStyle = colour('chief');
    pen.beginPath(); pen.moveTo(px, margin.top); pen.lineTo(px, height - margin.bottom); pen.stroke();
    const words = `node ${event.fields.after}`;
    const wide = pen.measureText(words).width + 6;
    if (px < free || px + wide > width - margin.right) continue;
    pen.fillStyle = colour('fg');
    pen.textAlign = 'left';
    pen.fillText(words, px + 4, height - margin.bottom - 5);
    free = px + wide;
  }
}

const risings = {cpu: 'CPU', memory: 'memory', latency: 'latency', jitter: 'late heartbeats', missed: 'missed heartbeats'};
// Why the most worried follower is worried.
function worry(now) {
  const worried = voters().filter((m) => m.election.says('follower', now) && m.election.status.leader !== null)
    .reduce((most, m) => !most || m.election.status.prediction.probability > most.election.status.prediction.probability ? m : most, null);
  if (!worried) return 'Nobody follows a leader: there is nothing to predict.';
  const {leader, prediction} = worried.election.status;
  if (prediction.probability === 0) return `No follower sees a sign that node ${leader} is about to fail.`;
  const why = [prediction.trend > 0 && `the trend of ${risings[prediction.rising] || prediction.rising} (${percent(prediction.trend)})`,
    prediction.anomaly > 0 && `heartbeats unlike the usual (${percent(prediction.anomaly)})`,
    prediction.limits > 0 && 'a limit that was passed'].filter(Boolean);
  return `Node ${worried.id} says that node ${leader} fails with a probability of ${percent(prediction.probability)}: ${why.join(', ')}.`;
}

function drawElectionHistory() {
  if (byId('election').hidden) return;
  say(byId('worry'), worry(Date.now()));
  list(byId('election-events'), electionTimeline().slice(-80).reverse(), (line) => line.key,
    () => make('li', {}, make('time'), make('span'), make('span', {class: 'by'})),
    (item, {at, event, words, by}) => {
      put(item, 'class', trailTone(event.kind));
      put(item, 'data-kind', event.kind);
      say(item.children[0], clock(at));
      say(item.children[1], words);
      say(item.children[2], ` – said by ${by.length > 1 && by.length === voters().length ? 'all' : nodes([...by].sort((a, b) => a - b))}`);
    });
  drawStruck();
}
function drawStruck() {
  const struck = struckMembers();
  byId('nobody-struck').hidden = struck.length > 0;
  list(byId('struck'), struck, (s) => s.key, (s) => make('li', {}, make('b', {}, `Node ${s.node}`), make('span', {}, ` ${offenceText(s.offence)}, epoch ${s.epoch}`),
    make('div', {class: 'note'}), make('details', {}, make('summary', {}, 'The evidence, as anybody with the keys can check it'), make('code'))),
  (item, s) => {
    const unaware = voters().filter((m) => m.id !== s.node && !s.by.includes(m.id)).map((m) => m.id);
    say(item.children[2], `Struck by ${nodes(s.by)}${unaware.length > 0 ? `; ${nodes(unaware)} ${verb(unaware, 'does', 'do')} not know of it` : ''}.`);
    say(item.children[3].lastChild, s.evidence);
  });
}
