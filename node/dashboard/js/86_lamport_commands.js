// What a reader can do with the message log: post.

// A message whose outcome is not known: sent again it keeps its name, and is in the log once.
let unsure = null;
const freshName = () => `${crypto.getRandomValues(new BigUint64Array(1))[0] | 1n}.1`;
const postRefusals = {no_leader: 'no leader is known; try again in a moment', busy: 'too many posts wait', disk_full: 'the disk is full', timed_out: 'it was not acknowledged in time'};

// Goes to the node of this page, which passes it on to the leader.
async function postMessage() {
  const text = byId('post-text').value;
  if (text === '') { byId('post-text').focus(); return; }
  const name = unsure?.text === text ? unsure.name : freshName();
  unsure = {text, name};
  const line = addOutcome(`Post ${text}`, byId('post-outcomes'));
  const began = performance.now();
  try {
    const answer = await fetch('/v1/messages', {method: 'POST', headers: {'Idempotency-Key': name}, body: text, cache: 'no-store', signal: AbortSignal.timeout(15000)});
    if (answer.ok) {
      tell(line, 'done', `Done in ${span(performance.now() - began)}, as ${stampOf(await answer.json())}`);
      unsure = null;
      return;
    }
    const reason = await reasonIn(answer);
    const words = postRefusals[reason] || reason || 'status ' + answer.status;
    if (answer.status === 504) tell(line, 'unknown', `Unknown: ${words}. Post it again: it will be in the log once`);
    else tell(line, 'refused', `Refused, nothing happened: ${words}`);
  } catch {
    tell(line, 'unknown', 'Unknown: the connection ended before an answer came. Post it again: it will be in the log once');
  }
}
function listenToMessages() {
  byId('post').addEventListener('submit', (event) => { event.preventDefault(); postMessage(); });
}
