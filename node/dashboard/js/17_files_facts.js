// What a member last said of its files (docs/files.md), and the searches that were seen to travel. Nothing here draws.

const searchesKept = 30;

class FilesFacts {
  constructor(member) {
    this.member = member;
    this.status = null;        // its own words; null until the first, and where its node shares no files
    this.at = -Infinity;
    this.ended = [];           // fetches that came or were given up, the latest first
    this.asking = false;
  }
  fresh(now) { return this.status !== null && now - this.at <= staleAfter; }
  // As for messages: a node without files is not asked.
  runs() { return this.member.status?.files === true; }

  take(status, now) {
    const before = this.status;
    this.status = status;
    this.at = now;
    if (!before || before.fetches.some((one) => !status.fetches.some((other) => other.name === one.name))) this.askEnded();
  }
  takeEvent(event, now) {
    if (event.kind === 'file_finished') this.askEnded();
    if (event.query) searchOf(event.query, now).take(this.member, event, now);
  }
  async ask() {
    if (!this.runs()) return;
    try {
      const [directory, {under_way, ended}] = await Promise.all([this.member.get('/v1/directory'), this.member.get('/v1/fetches')]);
      this.ended = ended;
      this.take({...directory, fetches: under_way}, Date.now());
    } catch { /* it does not answer: its age says so */ }
  }
  async askEnded() {
    if (!this.runs() || this.asking) return;
    this.asking = true;
    try { this.ended = (await this.member.get('/v1/fetches')).ended; } catch { /* as above */ }
    this.asking = false;
  }
}

// A search as it travels: who told of it, the queries and hits that left for neighbours, and what came of it.
class Search {
  constructor(query, now) {
    Object.assign(this, {query, at: now, asker: null, text: null, ttl: null, reached: new Set(), owners: new Set(), messages: 0, sources: null, took: null});
  }
  take(member, event, now) {
    if (event.kind === 'query_started') Object.assign(this, {asker: member, ttl: event.ttl});
    else if (event.kind === 'query_sent') {
      this.messages++;
      this.text = event.text;
      if (event.hops === 0) Object.assign(this, {asker: member, ttl: event.ttl});
      this.reached.add(event.to);
    } else if (event.kind === 'hit_sent') {
      this.messages++;
      this.owners.add(event.owner);
    } else if (event.kind === 'search_ended' && this.sources === null) Object.assign(this, {sources: event.sources, took: now - this.at});
  }
}
const searches = new Map();    // query to Search, the latest last
function searchOf(query, now) {
  if (!searches.has(query)) searches.set(query, new Search(query, now));
  if (searches.size > searchesKept) searches.delete(searches.keys().next().value);
  return searches.get(query);
}
const sharers = () => inOrder().filter((m) => m.files.status);
