// Appended to a page by page_test.sh: uses every control as a reader would, and leaves in the title what went wrong.
const wrong = [];
const expect = (holds, claim) => { if (!holds) wrong.push(claim); };
addEventListener('error', (event) => wrong.push(event.message));

const press = (key) => canvas.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
const pointer = (kind, x, y, more = {}) => {
  const box = canvas.getBoundingClientRect();
  canvas.dispatchEvent(new PointerEvent(kind, {pointerId: 1, clientX: box.left + x, clientY: box.top + y, bubbles: true, ...more}));
};
canvas.setPointerCapture = () => {};  // there is no real pointer to capture

press('0');
expect(view.from < 0 && view.to > duration, '0 shows the whole run');
press('+');
expect(view.span < duration, '+ zooms in');
let before = view.from;
press('ArrowRight');
expect(view.from > before, 'the right arrow moves on');
press('n');
press('p');
press('Escape');
expect(chosen.step === -1, 'Escape chooses nothing');
press('.');
expect(chosen.step >= 0, 'a full stop chooses a step');
const first = chosen.step;
press('.');
expect(chosen.step === first + 1, 'the next full stop goes on');
press(',');
expect(chosen.step === first, 'a comma goes back');
for (const key of ['-', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'q']) press(key);

// The leader's election at 20 ms: its tick can be chosen with the pointer, and the message it causes as well.
view.set(0, 60e6);
drawAll();
const s = stepsOfRow[0].find((step) => text(steps.role[step]) === 'leader');
pointer('pointermove', layout.x(steps.at[s]), layout.y(0));
expect(!tooltip.hidden && tooltip.textContent.includes('vote_granted'), 'a tick shows its step');
pointer('pointerdown', layout.x(steps.at[s]), layout.y(0));
pointer('pointerup', layout.x(steps.at[s]), layout.y(0));
expect(chosen.step === s, 'a click chooses a step');
const m = shown.arrows.find((arrow) => messages.gotStep[arrow] >= 0);
const a = arrowOf(m);
pointer('pointermove', (a.x1 + a.x2) / 2, (a.y1 + a.y2) / 2);
expect(tooltip.textContent.includes('arrives after'), 'an arrow tells its message');
before = view.from;
pointer('pointerdown', 400, 200);
pointer('pointermove', 300, 200);
pointer('pointerup', 300, 200);
expect(view.from > before, 'dragging to the left moves on in time');
before = view.span;
canvas.dispatchEvent(new WheelEvent('wheel', {deltaY: -100, clientX: 400, clientY: 300, bubbles: true, cancelable: true}));
expect(view.span < before, 'the wheel zooms');

for (const id of ['zoom-in', 'zoom-out', 'zoom-all', 'event-next', 'event-back']) byId(id).click();
byId('from').value = '0.1';
byId('to').value = '0.2';
byId('to').dispatchEvent(new Event('change'));
expect(Math.abs(view.from - 0.1e9) < 1e3 && Math.abs(view.to - 0.2e9) < 1e3, 'from and to set the window');
collectMessages();
const all = shown.messages;
document.querySelector('#kinds input').click();
collectMessages();
expect(shown.messages < all, 'a kind can be hidden');
for (const button of document.querySelectorAll('#kinds button')) button.click();
collectMessages();
expect(shown.messages === 0, 'no kind, no message');
document.querySelector('#kinds button').click();
document.querySelector('#row-choice label input').click();
expect(layout.rows.length === rowCount - 1, 'a row can be hidden');
drawAll();
for (const button of document.querySelectorAll('#row-choice button')) { button.click(); drawAll(); }
document.querySelector('#row-choice button').click();
byId('outcome-choice').value = '2';
byId('outcome-choice').dispatchEvent(new Event('change'));
expect(document.querySelectorAll('#operations tbody tr').length === 3, 'operations can be filtered');
document.querySelector('#elections .jump').click();
document.querySelector('#operations .jump').click();
for (const button of document.querySelectorAll('#inspector button')) button.click();
dispatchEvent(new Event('beforeprint'));
expect(scheme() === 'light', 'paper is light');
dispatchEvent(new Event('afterprint'));
view.all();
drawAll();
setTimeout(() => { document.title = wrong.length ? 'wrong: ' + wrong.join('; ') : 'every control does what it says'; }, 1000);
