// Colours (Okabe and Ito, 2008: told apart with any colour vision) and dashes of messages, and which of them are shown.

const palette = {
  light: ['#0072b2', '#d55e00', '#009e73', '#b85d92', '#c78500', '#3a9bd6', '#5f6872'],
  dark: ['#56a9e0', '#ff8138', '#20c797', '#e39ac1', '#f0b432', '#8fd0f7', '#b4bdc7'],
};
const dashes = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]];
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
let printing = false;
const scheme = () => (darkScheme.matches && !printing ? 'dark' : 'light');

// Each kind has a colour and a dash of its own; kinds beyond the seventh repeat a colour with another dash.
const kinds = (() => {
  const counts = new Map();
  for (const kind of messages.kind) counts.set(kind, (counts.get(kind) || 0) + 1);
  const names = [...counts.keys()].sort((a, b) => (text(a) < text(b) ? -1 : 1));
  return names.map((place, i) => ({
    place, name: text(place), count: counts.get(place), shown: true,
    get colour() { return palette[scheme()][i % 7]; },
    dash: dashes[(i + Math.floor(i / 7)) % 5],
  }));
})();
const kindOf = new Map(kinds.map((kind) => [kind.place, kind]));

const rowShown = new Uint8Array(rowCount).fill(1);

let theme = {};
function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['bg', 'panel', 'fg', 'muted', 'line', 'grid', 'good', 'bad', 'open', 'chief', 'chief-text', 'contender', 'passive', 'commit', 'focus'])
    theme[name.replace('-text', 'Text')] = style.getPropertyValue('--' + name).trim();
  theme.groups = palette[scheme()];
}

function outcomeColour(outcome) { return [theme.good, theme.bad, theme.open][outcome]; }

function buildKinds(changed) {
  const box = document.getElementById('kinds');
  const labels = kinds.map((kind) => {
    const label = element('label', {title: `${count(kind.count)} of these messages are on this page`});
    const check = element('input', {type: 'checkbox', checked: kind.shown});
    const sample = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    sample.setAttribute('width', '30');
    sample.setAttribute('height', '8');
    sample.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    line.setAttribute('d', 'M0 4H30');
    line.setAttribute('stroke-width', '2.2');
    line.setAttribute('stroke-dasharray', kind.dash.join(' '));
    sample.append(line);
    const show = () => {
      label.className = kind.shown ? '' : 'off';
      check.checked = kind.shown;
      line.setAttribute('stroke', kind.colour);
    };
    check.addEventListener('change', () => { kind.shown = check.checked; show(); changed(); });
    label.append(check, sample, kind.name.replaceAll('_', ' '), element('small', {}, count(kind.count)));
    box.append(label);
    return show;
  });
  const refresh = () => labels.forEach((show) => show());
  for (const [name, shown] of [['all', true], ['none', false]])
    box.append(element('button', {title: `Show ${name} of the kinds`, onclick: () => { for (const kind of kinds) kind.shown = shown; refresh(); changed(); }}, name));
  refresh();
  return refresh;
}

// A DOM element; strings in `content` become text, never markup.
function element(name, properties = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'className' || key.startsWith('on') || typeof value === 'boolean') made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}
