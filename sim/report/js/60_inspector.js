// Everything about the chosen step, with ways to its causes and consequences.

function jump(words, step, at) {
  const go = () => {
    if (step >= 0) choose(step, true);
    else view.show(at);
    document.getElementById('diagram').scrollIntoView({block: 'nearest'});
  };
  return element('button', {className: 'jump', onclick: go}, words);
}

// Goes to a step by its number when the page carries it, else to its instant.
function jumpToNumber(words, number, at) {
  return jump(words, number > 0 ? placeOfNumber(number) : -1, at);
}

function listOf(items) {
  return element('ul', {}, ...items.map((item) => element('li', {}, ...[item].flat())));
}

function sentItem(m) {
  const to = `${text(messages.kind[m]).replaceAll('_', ' ')} to ${rowName(messages.to[m])}`;
  const got = messages.gotStep[m];
  return got >= 0 ? [jump(to, got, steps.at[got]), ', ' + fate(m)] : `${to}, ${fate(m)}`;
}

function showChosen() {
  const s = chosen.step;
  if (s < 0) {
    inspector.replaceChildren(element('h3', {}, 'No step chosen'),
      element('p', {className: 'note'}, 'Choose a tick or an arrow to see the step, what it did, what caused it and what it caused.'),
      ...(steps.count ? [element('div', {className: 'toolbar'}, element('button', {onclick: () => chooseNeighbour(1)}, 'Choose a step in view'))] : []));
    return;
  }
  const row = steps.who[s];
  const parts = [
    element('h3', {}, `${rowName(row)} at ${exactly(steps.at[s])}`),
    element('p', {className: 'note'}, `step ${count(steps.number[s])} of ${count(run.stepsTotal)}`),
    element('p', {}, element('code', {}, text(steps.text[s]))),
  ];
  const role = text(steps.role[s]);
  if (role) {
    const term = steps.term[s] ? `, term ${steps.term[s]}` : '';
    const commit = steps.commit[s] ? `, committed up to ${steps.commit[s]}` : '';
    parts.push(element('p', {}, `Afterwards: ${role.replaceAll('_', ' ')}${term}${commit}`));
  }
  for (const violation of violations)
    if (violation.step === steps.number[s]) parts.push(element('p', {}, element('strong', {}, `Rule broken here: ${violation.rule}. `), violation.text));
  if (receivedBy.has(s)) {
    const m = receivedBy.get(s);
    const sender = messages.sentStep[m];
    const words = `${rowName(messages.from[m])} at ${exactly(messages.sent[m])}`;
    parts.push(element('h4', {}, 'Caused by a message from'), sender >= 0 ? jump(words, sender, messages.sent[m]) : document.createTextNode(words + ' (that step is not on this page)'));
  }
  const sent = sentBy.get(s) || [];
  if (sent.length) parts.push(element('h4', {}, 'Sent'), listOf(sent.map(sentItem)));
  const effects = steps.effects[s];
  if (effects.length) parts.push(element('h4', {}, 'Effects, in order'), listOf(effects.map((effect) => element('code', {}, text(effect)))));
  if (steps.state[s] >= 0 && text(steps.state[s])) parts.push(element('h4', {}, 'State afterwards'), element('code', {}, text(steps.state[s])));
  const own = stepsOfRow[row];
  const here = own.indexOf(s);
  const neighbour = (words, place) => element('button', {disabled: place === undefined, onclick: () => choose(place, true)}, words);
  parts.push(element('div', {className: 'toolbar'}, neighbour(`◀ at ${rowName(row)}`, own[here - 1]), neighbour(`at ${rowName(row)} ▶`, own[here + 1]),
    element('button', {onclick: () => choose(-1)}, 'Close')));
  inspector.replaceChildren(...parts);
}
chosen.listeners.push(showChosen);
