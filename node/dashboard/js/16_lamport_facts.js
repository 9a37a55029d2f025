// What a member last said of its message log (docs/messages.md), and the latest messages it shows. Nothing here draws.

const messagesKept = 100;      // of each member, the latest

const stampOf = ({stamp}) => `${stamp.time}.${stamp.node}`;
const byStamp = (a, b) => a.stamp.time - b.stamp.time || a.stamp.node - b.stamp.node;

class LamportFacts {
  constructor(member) {
    this.member = member;
    this.status = null;        // its own words; null until the first, and where its node keeps no messages
    this.at = -Infinity;
    this.messages = new Map(); // origin to message: one that moves to an earlier stamp stays one
    this.known = null;         // how many it shows, of which those that are here are the latest
    this.asking = false;
  }
  fresh(now) { return this.status !== null && now - this.at <= staleAfter; }
  // A node without messages answers 404, which browsers write on the console: it is not asked.
  runs() { return this.member.status?.messages === true; }

  take(status, now) {
    this.status = status;
    this.at = now;
    // Not every message comes by itself: many at once do not, and the order of two may change.
    if (status.log.messages !== this.known) this.askMessages();
  }
  takeMessage(message) {
    const before = this.messages.get(message.origin);
    if (!before) this.known++;
    if (!before || byStamp(message, before) <= 0) this.messages.set(message.origin, message);
    this.forget();
  }
  forget() {
    if (this.messages.size <= 2 * messagesKept) return;
    this.messages = new Map([...this.messages.values()].sort(byStamp).slice(-messagesKept).map((one) => [one.origin, one]));
  }
  async ask() {
    if (!this.runs()) return;
    try { this.take(await this.member.get('/v1/lamport'), Date.now()); } catch { /* it does not answer: its age says so */ }
  }
  async askMessages() {
    if (!this.runs() || this.asking) return;
    this.asking = true;
    const told = this.status?.log.messages ?? null;
    try {
      const page = await this.member.get('/v1/messages?last=' + messagesKept);
      this.messages = new Map(page.messages.map((one) => [one.origin, one]));
      this.known = page.more ? told : page.messages.length;
    } catch { /* as above */ }
    this.asking = false;
  }
}

const keepers = () => inOrder().filter((m) => m.lamport.status);
// The latest messages that any member shows, the last one first: {stamp, text, shown: members, late: members}.
function messagesNow() {
  const all = new Map();
  for (const m of keepers()) {
    for (const message of m.lamport.messages.values()) {
      const {origin} = message;
      if (!all.has(origin)) all.set(origin, {...message, shown: [], late: []});
      const one = all.get(origin);
      if (byStamp(message, one) < 0) one.stamp = message.stamp;
      one.shown.push(m);
      if (message.violation) one.late.push(m);
    }
  }
  return [...all.values()].sort(byStamp).slice(-messagesKept).reverse();
}
