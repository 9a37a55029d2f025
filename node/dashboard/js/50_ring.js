// The members in a ring: who leads, which links are cut.

const ringCentre = {x: 160, y: 146};

function place(i, n) {
  const radius = n <= 1 ? 0 : 100;
  const angle = -Math.PI / 2 + 2 * Math.PI * i / n;
  return {x: ringCentre.x + radius * 1.18 * Math.cos(angle), y: ringCentre.y + radius * Math.sin(angle) + (n === 3 ? 20 : 0)};
}

function drawRing(now) {
  const svg = byId('ring');
  const all = inOrder();
  const size = all.length <= 5 ? 36 : 31;
  const spots = new Map(all.map((m, i) => [m.id, place(i, all.length)]));
  if (svg.children.length === 0) svg.append(make('g', {class: 'links'}), make('g', {class: 'nodes'}));
  const [links, dots] = svg.children;
  const leader = leadersNow(now)[0] || null;
  list(links, linksOf(all), (l) => `${l.a.id}-${l.b.id}`, () => make('g', {}, make('line'), make('path'), make('text')),
    (g, l) => drawLink(g, l, spots.get(l.a.id), spots.get(l.b.id), all.length, leader, now));
  list(dots, all, (m) => m.id, (m) => {
    const g = make('g', {}, make('circle', {class: 'halo', r: size + 5}), make('circle', {class: 'disc', r: size}),
      make('text', {class: 'name', y: -7}), make('text', {class: 'role', y: 8}), make('text', {class: 'when', y: 21}));
    say(g.children[2], String(m.id));
    return g;
  }, (g, m) => {
    const spot = spots.get(m.id);
    const state = stateOf(m, now);
    put(g, 'transform', `translate(${spot.x.toFixed(1)} ${spot.y.toFixed(1)})`);
    put(g, 'class', `node ${state.kind}${state.kind === 'leader' && leader && m !== leader ? ' old' : ''}${state.stale ? ' stale' : ''}${state.word === 'paused' ? ' paused' : ''}`);
    say(g.children[3], m.status ? state.word : '');
    put(g.children[3], 'data-long', state.word.length > 10 ? 'yes' : null);
    say(g.children[4], m.status ? `term ${m.status.term}` : '');
  });
  put(svg, 'aria-label', 'The members in a ring. ' + all.map((m) => {
    const state = stateOf(m, now);
    return `Node ${m.id}: ${state.word}${m.status ? ', term ' + m.status.term : ''}${state.stale ? ', last known' : ''}`;
  }).join('. ') + '.');
}

function drawLink(g, link, from, to, n, leader, now) {
  const [line, cross, label] = g.children;
  for (const [name, value] of Object.entries({x1: from.x, y1: from.y, x2: to.x, y2: to.y})) put(line, name, value.toFixed(1));
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const silent = !link.a.fresh(now) || !link.b.fresh(now);
  const kind = link.there && link.back ? 'cut' : link.there || link.back ? 'half' : silent ? 'silent' : link.troubled ? 'troubled' : '';
  const carries = kind === '' && leader && (link.a === leader || link.b === leader);
  put(g, 'class', `link ${kind}${carries ? ' carries' : ''}`);
  put(cross, 'd', kind === 'cut' || kind === 'half' ? `M${x - 7} ${y - 7} l14 14 M${x + 7} ${y - 7} l-14 14` : '');
  // Which way still works, or how long a message and its answer take.
  const view = link.a.fresh(now) ? viewOf(link.a, link.b.id) : null;
  const back = link.b.fresh(now) ? viewOf(link.b, link.a.id) : null;
  const trip = [view, back].filter((said) => said && heardLately(said)).map((said) => said.round_trip_ms).find((ms) => ms > 0);
  const words = kind === 'half' ? (link.there ? `${link.b.id} → ${link.a.id} works` : `${link.a.id} → ${link.b.id} works`)
    : kind === 'cut' ? 'cut' : kind === 'troubled' ? 'disturbed' : kind === '' && n <= 5 && trip ? millis(trip) : '';
  // Beside the middle, away from the centre of the ring.
  const away = {x: x - ringCentre.x, y: y - ringCentre.y};
  const length = Math.hypot(away.x, away.y) || 1;
  put(label, 'x', (x + away.x / length * 30).toFixed(1));
  put(label, 'y', (y + away.y / length * 16 + 4).toFixed(1));
  say(label, words);
}
