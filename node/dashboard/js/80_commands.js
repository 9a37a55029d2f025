// What a reader can do: put and get, and disturb the cluster where the nodes allow it.

let token = null;              // the admin token, in this page's memory only
let busy = false;              // a command is under way
const pauseMs = 5000;

const faultsShown = () => inOrder().some((m) => m.status?.faults_enabled);

// Keys and values.

const asText = new TextDecoder('utf-8', {fatal: true});
function readable(bytes) {
  try {
    const text = asText.decode(bytes);
    return text.length > 300 ? `“${text.slice(0, 300)}…” (${whole(bytes.length)} bytes)` : `“${text}”`;
  } catch { return `${whole(bytes.length)} bytes that are no text`; }
}
async function reasonIn(answer) {
  try { return (await answer.json()).reason || ''; } catch { return ''; }
}
async function putOrGet(method) {
  const [key, value] = [byId('key').value, byId('value').value];
  if (key === '') { byId('key').focus(); return; }
  const line = addOutcome(`${method === 'PUT' ? 'Put' : 'Get'} ${key}`);
  const began = performance.now();
  try {
    const answer = await fetch(`/v1/kv/${encodeURIComponent(key)}?forward=1`,
      {method, body: method === 'PUT' ? value : undefined, cache: 'no-store', signal: AbortSignal.timeout(15000)});
    const took = `in ${span(performance.now() - began)}`;
    if (method === 'GET' && answer.ok) tell(line, 'done', `Done ${took}: it is ${readable(new Uint8Array(await answer.arrayBuffer()))}`);
    else if (answer.ok) tell(line, 'done', `Done ${took}: “${value}” is stored by a majority`);
    else if (answer.status === 404) tell(line, 'done', `Done ${took}: there is no such key`);
    else if (answer.status === 504) tell(line, 'unknown', `Unknown: it may have happened, or may yet. ${await reasonIn(answer)}`);
    else tell(line, 'refused', `Refused, nothing happened: ${await reasonIn(answer) || 'status ' + answer.status}`);
  } catch {
    tell(line, 'unknown', method === 'PUT' ? 'Unknown: the connection ended before an answer came; it may have happened, or may yet'
      : 'No answer: the connection ended first. A get changes nothing; try again');
  }
}
function addOutcome(what, outcomes = byId('kv-outcomes')) {
  const line = make('li', {}, make('b', {}, what), make('span', {}, 'asked, no answer yet'));
  outcomes.prepend(line);
  while (outcomes.children.length > 8) outcomes.lastChild.remove();
  return line;
}
function tell(line, kind, text) {
  line.className = kind;
  line.lastChild.textContent = text;
}

// Faults.

// The token, asked for once; null when the reader changed their mind.
function askToken(complaint) {
  if (token !== null) return Promise.resolve(token);
  const dialog = byId('ask');
  if (complaint) byId('ask-why').textContent = complaint;
  byId('token').value = '';
  dialog.returnValue = 'cancel';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      if (dialog.returnValue === 'ok') token = byId('token').value;
      resolve(token);
    }, {once: true});
  });
}
class Refusal extends Error {}
// Sends one order to one member: an empty text if it was done, else why not.
async function order(member, path, body) {
  let answer;
  try {
    answer = await fetch(member.base + path, {method: 'POST', headers: {Authorization: `Bearer ${token}`, ...(body ? {'Content-Type': 'application/json'} : {})},
      body: body && JSON.stringify(body), signal: AbortSignal.timeout(4000)});
  } catch {
    return member.fresh(Date.now()) ? `node ${member.id} takes no orders from this page; open its own page` : `node ${member.id} does not answer`;
  }
  if (answer.ok) return '';
  const reason = await reasonIn(answer);
  if (answer.status === 401) throw new Refusal(reason || 'the token is wrong');
  return `node ${member.id} refused: ${reason || 'status ' + answer.status}`;
}
const faultsPath = '/v1/admin/faults';
// Both ends of a link: one that obeys is enough, as it drops what comes in and what goes out.
async function setLink(a, b, cut) {
  const failed = (await Promise.all([
    order(a, faultsPath, {peer: b.id, direction: 'both', ...(cut ? {cut: true} : {})}),
    order(b, faultsPath, {peer: a.id, direction: 'both', ...(cut ? {cut: true} : {})})])).filter(Boolean);
  return {done: cut ? failed.length < 2 : failed.length === 0, failed};
}
async function setLinks(pairs, cut, words) {
  const results = await Promise.all(pairs.map(([a, b]) => setLink(a, b, cut)));
  const failed = [...new Set(results.flatMap((r) => r.failed))].join('; ');
  const done = results.every((r) => r.done);
  if (done) return words + (failed ? ` (${failed})` : '') + '.';
  return `${results.some((r) => r.done) ? 'Done in part' : 'Not done'}: ${failed}.`;
}
const orders = {
  cut: (m) => setLinks(inOrder().filter((p) => p !== m).map((p) => [m, p]), true, `Node ${m.id} is cut off`),
  heal: (m) => setLinks(inOrder().filter((p) => p !== m).map((p) => [m, p]), false, `The links of node ${m.id} are healed`),
  pause: async (m) => {
    const failure = await order(m, faultsPath, {pause_ms: pauseMs});
    if (!failure) m.pausedUntil = Date.now() + pauseMs;
    return orderText(failure, `Node ${m.id} pauses for ${pauseMs / 1000} s.`);
  },
  campaign: async (m) => {
    const failure = await order(m, '/v1/admin/campaign');
    if (failure) return orderText(failure);
    const end = Date.now() + 1500;
    while (Date.now() < end && m.status.role !== 'leader') {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await m.ask();
    }
    if (m.status.role === 'leader') return `Node ${m.id} stood for election and leads in term ${m.status.term}.`;
    return `Node ${m.id} stood for election and does not lead: too few members answered, or its log is behind theirs.`;
  },
  healAll: async () => {
    const failed = (await Promise.all(inOrder().map((m) => order(m, faultsPath, {clear: true})))).filter(Boolean);
    return failed.length === 0 ? 'Every link is healed.' : `Not everywhere: ${failed.join('; ')}.`;
  },
  link: (l) => setLinks([[l.a, l.b]], !(l.there || l.back), l.there || l.back ? `The link ${l.a.id}–${l.b.id} is healed` : `The link ${l.a.id}–${l.b.id} is cut`),
};
const orderText = (failure, words) => failure ? `Not done: ${failure}.` : words;

// Says in `outcome` what came of it.
async function command(name, subject, outcome = byId('command-outcome')) {
  if (busy || await askToken() === null) return;
  busy = true;
  say(outcome, 'Asking the members');
  try {
    say(outcome, await orders[name](subject));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    token = null;
    say(outcome, `Not done: ${error.message}. The next order asks for the token again.`);
  } finally {
    busy = false;
    for (const member of inOrder()) member.ask();
  }
}

function drawLinks() {
  const all = inOrder();
  const shown = faultsShown();
  byId('faults').hidden = !shown;
  byId('faults-off').hidden = shown || !all.some((m) => m.status);
  if (!shown) return;
  list(byId('links'), linksOf(all), (l) => `${l.a.id}-${l.b.id}`, (l) => {
    const button = make('button', {class: 'link-button'});
    const key = `${l.a.id}-${l.b.id}`;
    button.addEventListener('click', () => command('link', linksOf(inOrder()).find((one) => `${one.a.id}-${one.b.id}` === key)));
    return button;
  }, (button, l) => {
    const cut = l.there || l.back;
    say(button, `${cut ? 'Heal' : 'Cut'} ${l.a.id}–${l.b.id}`);
    put(button, 'aria-pressed', String(cut));
    button.disabled = busy;
  });
}
function listenToReader() {
  byId('kv').addEventListener('submit', (event) => { event.preventDefault(); putOrGet('PUT'); });
  byId('get').addEventListener('click', () => putOrGet('GET'));
  byId('heal-all').addEventListener('click', () => command('healAll'));
}
