// What a reader can do in the election: stand, hand over, say how busy a member is, act on the guarded resource.

const electionOutcome = () => byId('election-outcome');

function vitalsControls(member) {
  const slider = make('input', {type: 'range', min: 0, max: 100, step: 1, 'aria-label': `CPU of node ${member.id}, per cent`});
  const button = (name, word, title, act) => {
    const element = make('button', {class: name, title, 'aria-label': `${word}: node ${member.id}`}, word);
    element.addEventListener('click', act);
    return element;
  };
  slider.addEventListener('input', () => say(slider.nextElementSibling, `${slider.value} %`));
  slider.addEventListener('change', () => setCpu(member, Number(slider.value) / 100));
  return make('div', {class: 'vitals'}, make('label', {}, 'CPU ', slider, make('output')), make('span', {class: 'set'}),
    make('div', {class: 'buttons'}, button('measure', 'Measure', 'Stop pretending: measure the CPU again', () => setCpu(member, null)),
      button('stand', 'Stand for election', 'It stands for election, unless it hears a leader', () => stand(member))));
}
function updateVitals(row, member, stale, now) {
  const {status, ordered} = member.election;
  const slider = row.querySelector('input');
  const set = status.vitals.set.includes('cpu');
  // While the reader holds it, and until the member shows what was ordered, it stays where it was put.
  if (!slider.matches(':active') && !(ordered && now < ordered.until)) {
    const value = String(Math.round(status.vitals.cpu / 10));
    if (slider.value !== value) slider.value = value;
    say(slider.nextElementSibling, `${value} %`);
  }
  say(row.querySelector('.set'), `${set ? 'set by hand' : 'measured'}; memory ${percent(status.vitals.memory)}`);
  slider.disabled = stale;
  row.querySelector('.measure').disabled = busy || stale || !set;
  row.querySelector('.stand').disabled = busy || stale || status.role === 'coordinator';
}

function setCpu(member, share) {
  member.election.ordered = {share, until: Date.now() + 1500};
  command('vitals', {member, share}, electionOutcome());
}
orders.vitals = async ({member, share}) => {
  const failure = await order(member, '/v1/admin/vitals', {cpu: share});
  member.election.ordered = share === null || failure ? null : {share, until: Date.now() + 1500};
  return orderText(failure, share === null ? `Node ${member.id} measures its CPU again.` : `Node ${member.id} says from now on that its CPU is ${Math.round(share * 100)} % busy.`);
};
orders.handOver = async () => {
  const leader = coordinatorsNow(Date.now())[0];
  if (!leader) return 'Not done: nobody leads.';
  return orderText(await order(leader, '/v1/admin/hand_over'), `Node ${leader.id} has resigned in favour of the fittest other member.`);
};
// Takes no token: it changes nothing while a leader is heard.
async function stand(member) {
  say(electionOutcome(), `Asking node ${member.id}`);
  try {
    const answer = await fetch(member.base + '/v1/election/start', {method: 'POST', signal: AbortSignal.timeout(4000)});
    say(electionOutcome(), answer.ok ? `Node ${member.id} stands for election.` : `Node ${member.id} does not stand: ${await reasonIn(answer) || 'status ' + answer.status}.`);
  } catch { say(electionOutcome(), `Node ${member.id} does not answer.`); }
}

const refusals = {no_leader: 'no leader is known', no_lease: 'the leader has no lease at this moment',
  too_few_resources: 'too few members’ resources answered', timed_out: 'no answer came in time'};
// Goes to the node of this page, which sends it on to the leader; reading shows what its own resource keeps.
async function actOrRead(method) {
  const [key, value] = [byId('guarded-key').value, byId('guarded-value').value];
  if (key === '') { byId('guarded-key').focus(); return; }
  const line = addOutcome(`${method === 'POST' ? 'Write' : 'Read'} ${key}`, byId('guarded-outcomes'));
  const began = performance.now();
  try {
    const answer = await fetch(`/v1/guarded/${encodeURIComponent(key)}`,
      {method, body: method === 'POST' ? value : undefined, cache: 'no-store', signal: AbortSignal.timeout(15000)});
    const took = `in ${span(performance.now() - began)}`;
    if (method === 'GET' && answer.ok) {
      const written = answer.headers.get('X-Fencing-Token');
      tell(line, 'done', `Done ${took}: node ${home.id} keeps ${readable(new Uint8Array(await answer.arrayBuffer()))}, written under token ${written}`);
    } else if (answer.ok) tell(line, 'done', `Done ${took} under token ${tokenText((await answer.json()).token)}`);
    else if (method === 'GET' && answer.status === 404) tell(line, 'done', `Done ${took}: node ${home.id} keeps no such key`);
    else await tellRefusal(line, answer);
  } catch {
    tell(line, 'unknown', method === 'POST' ? 'Unknown: the connection ended before an answer came; it may have happened, or may yet'
      : 'No answer: the connection ended first. Reading changes nothing; try again');
  }
}
async function tellRefusal(line, answer) {
  const reason = await reasonIn(answer);
  const words = refusals[reason] || reason || 'status ' + answer.status;
  if (answer.status === 504) tell(line, 'unknown', `Unknown: ${words}; it may have happened in part`);
  else tell(line, 'refused', `Refused, nothing happened: ${words}`);
}
function listenToElection() {
  byId('guarded').addEventListener('submit', (event) => { event.preventDefault(); actOrRead('POST'); });
  byId('guarded-read').addEventListener('click', () => actOrRead('GET'));
  byId('hand-over').addEventListener('click', () => command('handOver', null, electionOutcome()));
}
