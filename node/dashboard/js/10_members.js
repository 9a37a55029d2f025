// Facts: what each member last said of itself, and when. Nothing here draws.

const staleAfter = 2000;       // ms without word from a member, then what is known of it is "last known"
const pollEvery = 1000;        // ms, of a member whose WebSocket does not speak
const socketBackoff = 8000;    // ms between attempts, where plain requests work and the WebSocket does not
const eventsKept = 1000;

const members = new Map();     // id to Member, in the order of ids
let home = null;             // the Member that this page came from
let sawNews = () => {};        // called with every status

class Member {
  constructor(id, api) {
    this.id = id;
    this.api = api;
    this.base = '';            // of its API; empty: the page's own origin
    this.status = null;        // its own words
    this.at = -Infinity;       // when they came, by this browser's clock
    this.rates = null;
    this.live = false;         // its WebSocket is open
    this.offset = null;        // browser's clock minus the member's
    this.events = new Map();   // number and time, to the event
    this.cursor = 0;
    this.socket = null;
    this.socketTried = -Infinity;
    this.socketSpoke = -Infinity;
    this.asking = false;
    this.pausedUntil = -Infinity;   // by an order of this page; a paused node may say nothing of it
    this.rate = null;          // commits a second, from two of its statuses
    this.election = new ElectionFacts(this);
    this.lamport = new LamportFacts(this);
    this.files = new FilesFacts(this);
  }
  age(now) { return now - this.at; }
  paused(now) { return now < this.pausedUntil || (this.fresh(now) && this.status.paused === true); }
  fresh(now) { return this.status !== null && this.age(now) <= staleAfter; }

  take(status, now) {
    const before = this.status;
    const restarted = before && status.uptime_seconds < before.uptime_seconds;
    if (restarted) this.cursor = 0;
    if (before && !restarted && now > this.at) {
      const passed = (status.uptime_seconds - before.uptime_seconds) || (now - this.at) / 1000;
      if (passed > 0.2) this.rate = Math.max(0, (status.log.commit - before.log.commit) / passed);
    } else if (restarted) {
      this.rate = null;
    }
    const changed = !before || restarted || before.term !== status.term || before.role !== status.role;
    this.status = status;
    this.at = now;
    this.rates = status.rates || null;
    const said = Date.parse(status.time);
    if (!Number.isNaN(said)) {
      // The smallest difference had the shortest way here; it may creep up, as clocks drift.
      const offset = now - said;
      this.offset = this.offset === null || restarted ? offset : Math.min(offset, this.offset + 1);
    }
    sawNews(this, now);
    if (changed && !this.live) this.askEvents();
  }
  takeEvent(event) {
    if (typeof event !== 'object' || event === null) return;
    this.events.set(event.number + ' ' + event.time, event);
    if (this.events.size > eventsKept) this.events.delete(this.events.keys().next().value);
    this.cursor = Math.max(this.cursor, event.number);
  }
  // When an event happened, by this browser's clock.
  moment(event) { return Date.parse(event.time) + (this.offset || 0); }

  async get(path) {
    const answer = await fetch(this.base + path, {signal: AbortSignal.timeout(1500), cache: 'no-store'});
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  }
  async askEvents() {
    try {
      const page = await this.get('/v1/events?after=' + this.cursor);
      for (const event of page.events) this.takeEvent(event);
    } catch { /* it does not answer: its age says so, and the next word from it asks again */ }
  }
  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      this.take(await this.get('/v1/status'), Date.now());
      learn(this.status);
      if (!this.live) await Promise.all([this.election.ask(), this.lamport.ask(), this.files.ask()]);
      // Answers, yet its WebSocket says nothing: that connection is lost, and nobody told the browser.
      if (this.live && Date.now() - this.socketSpoke > 5000) this.hangUp();
      if (!this.socket && Date.now() - this.socketTried > socketBackoff) this.listen();
      else if (!this.live) this.askEvents();
    } catch { /* as above */ }
    this.asking = false;
  }
  listen() {
    this.socketTried = Date.now();
    const address = new URL(this.base || location.origin);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    let socket;
    try { socket = new WebSocket(address.origin + '/v1/events/stream'); } catch { return; }
    this.socket = socket;
    socket.onopen = () => { this.live = true; this.socketSpoke = Date.now(); this.askEvents(); this.election.askEvents(); this.lamport.askMessages(); };
    socket.onmessage = (message) => {
      this.socketSpoke = Date.now();
      let said;
      try { said = JSON.parse(message.data); } catch { return; }
      if (said.status) { this.take(said.status, Date.now()); learn(said.status); }
      if (said.election) this.election.take(said.election, Date.now());
      if (said.election_event) this.election.takeEvent(said.election_event);
      if (said.lamport) this.lamport.take(said.lamport, Date.now());
      if (said.message) this.lamport.takeMessage(said.message);
      if (said.files) this.files.take(said.files, Date.now());
      if (said.files_event) this.files.takeEvent(said.files_event, Date.now());
      if (said.event) {
        this.takeEvent(said.event);
        if (/^(became_|stepped_|faults)/.test(said.event.kind)) this.ask();
      }
    };
    socket.onclose = () => { if (this.socket === socket) this.hangUp(); };
  }
  hangUp() {
    // One that worked may be tried as soon as the member answers again.
    if (this.live) this.socketTried = -Infinity;
    const socket = this.socket;
    this.socket = null;
    this.live = false;
    socket?.close();
  }
}

// Which members there are, from the words of any of them.
function learn(status) {
  if (home.id === null) {
    home.id = status.id;
    members.set(status.id, home);
  }
  for (const said of status.members) {
    if (members.has(said.id)) continue;
    const member = new Member(said.id, said.api);
    if (said.api) member.base = `${location.protocol}//${said.api}`;
    members.set(said.id, member);
    member.ask();
  }
  const self = status.members.find((said) => said.id === status.id);
  const member = members.get(status.id);
  if (self && member) member.api = self.api;
}
const inOrder = () => [...members.values()].sort((a, b) => a.id - b.id);

function startAsking() {
  home = new Member(null, location.host);
  home.ask();
  setInterval(() => {
    const now = Date.now();
    for (const member of members.size ? inOrder() : [home]) {
      if (!member.live || now - member.socketSpoke > pollEvery * 1.5) member.ask();
    }
  }, pollEvery);
}
