// What a reader can do with the shared files: search, fetch to the node of this page, and have its folder read again.

// The parsed answer of the node of this page, or nothing, and `line` says why.
async function askFiles(line, path, method) {
  try {
    const answer = await fetch(path, {method, cache: 'no-store', signal: AbortSignal.timeout(30000)});
    if (answer.ok) return await answer.json();
    tell(line, answer.status === 504 ? 'unknown' : 'refused', `${answer.status === 504 ? 'Unknown' : 'Refused, nothing happened'}: ${await reasonIn(answer) || 'status ' + answer.status}`);
  } catch {
    tell(line, 'unknown', 'Unknown: the connection ended before an answer came');
  }
  return null;
}
async function findFiles() {
  const text = byId('find-text').value;
  if (text === '') { byId('find-text').focus(); return; }
  const line = addOutcome(`Search ${text}`, byId('find-outcomes'));
  const began = performance.now();
  const found = await askFiles(line, `/v1/search?everywhere=1&words=${encodeURIComponent(text)}`, 'GET');
  if (!found) return;
  const files = new Map();     // one content under one name, to those who have it
  for (const source of found.sources) {
    const key = source.file + source.name;
    files.set(key, {...source, owners: [...(files.get(key)?.owners || []), source.node], here: source.here || files.get(key)?.here});
  }
  tell(line, 'done', `${files.size === 0 ? 'Nobody has such a file' : `Found ${whole(files.size)}`}, in ${span(performance.now() - began)}`);
  for (const {name, size, owners, here} of files.values()) {
    const item = make('div', {class: 'found'}, `${name}, ${bytes(size)}, at ${nodes(owners.sort((a, b) => a - b))} `);
    if (!here) {
      const button = make('button', {type: 'button', 'aria-label': `Fetch ${name}`}, 'Fetch');
      button.addEventListener('click', () => fetchFile(name));
      item.append(button);
    }
    line.append(item);
  }
}
async function fetchFile(name) {
  const line = addOutcome(`Fetch ${name}`, byId('find-outcomes'));
  const answer = await askFiles(line, `/v1/files/${encodeURIComponent(name)}/fetch`, 'POST');
  if (answer) tell(line, 'done', answer.outcome === 'done' ? 'It is here' : `It is on its way to node ${home.id}`);
}
async function indexFiles() {
  const line = addOutcome('Read the shared folder again', byId('find-outcomes'));
  const answer = await askFiles(line, '/v1/files/index', 'POST');
  if (!answer) return;
  const skipped = answer.skipped.map((one) => `; skipped ${one.name}: ${one.reason}`).join('');
  tell(line, 'done', `Node ${home.id} offers ${whole(answer.files)}: ${whole(answer.added.length)} more, ${whole(answer.removed.length)} fewer${skipped}`);
}
function listenToFiles() {
  byId('find').addEventListener('submit', (event) => { event.preventDefault(); findFiles(); });
  byId('index-button').addEventListener('click', indexFiles);
}
