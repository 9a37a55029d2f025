// Small helpers for everything that draws. Text goes through textContent, never through markup.

const byId = (id) => document.getElementById(id);
function make(tag, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'circle', 'line', 'text', 'path', 'title', 'rect', 'tspan'].includes(tag);
  const element = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}
// Only what changed is written: a reader of the screen hears nothing twice, and a selection stays.
function say(element, text) { if (element.textContent !== text) element.textContent = text; }
function put(element, name, value) {
  if (value === null || value === false) { if (element.hasAttribute(name)) element.removeAttribute(name); }
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}
// As many children as items, each made once by its key and then updated.
function list(parent, items, key, build, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, i) => {
    const name = String(key(item));
    let child = old.get(name);
    if (!child) { child = build(item); child.dataset.key = name; }
    old.delete(name);
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] || null);
    update?.(child, item);
  });
  for (const child of old.values()) child.remove();
}

const whole = (n) => n === null || n === undefined ? '–' : Number(n).toLocaleString('en').replaceAll(',', '\u202f');
function ago(ms) {
  if (!Number.isFinite(ms)) return 'never';
  if (ms < 10e3) return `${(Math.max(0, ms) / 1000).toFixed(1)} s ago`;
  return `${span(ms)} ago`;
}
function span(ms) {
  if (ms < 950) return `${Math.round(ms / 10) * 10} ms`;
  if (ms < 10e3) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90e3) return `${Math.round(ms / 1000)} s`;
  if (ms < 90 * 60e3) return `${Math.round(ms / 60e3)} min`;
  return ms < 48 * 3600e3 ? `${Math.round(ms / 3600e3)} h` : `${Math.round(ms / 86400e3)} days`;
}
function millis(ms) {
  if (ms === null || ms === undefined) return '–';
  return ms < 0.995 ? `${ms.toFixed(2)} ms` : ms < 99.5 ? `${ms.toFixed(1)} ms` : ms < 9950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
const clock = (at) => new Date(at).toLocaleTimeString('en-GB');
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
// A member's colour in the charts, by its place among the members.
const tint = (id) => colour('node-' + (Math.max(0, inOrder().findIndex((m) => m.id === id)) % 7 + 1));
// What a member is at this moment, as a class and a word.
function stateOf(member, now) {
  if (!member.status) return {kind: 'unknown', word: 'no word yet'};
  const role = member.status.role;
  const kind = role === 'leader' ? 'leader' : standing(role) ? 'candidate' : 'follower';
  return {kind, word: member.paused(now) ? 'paused' : roleWord(role), stale: !member.fresh(now)};
}
