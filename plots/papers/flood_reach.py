"""Messages and reach of a flood against its TTL: a crawl of Gnutella, and graphs with closed forms."""

import json

from . import Row, by_share

TITLE = "Messages and reach of a flood against its TTL"
SOURCE = ("Ripeanu, Peer-to-peer architecture case study: Gnutella network, 2001; the crawl of 4 August 2002 is "
          "p2p-Gnutella04 of the Stanford Large Network Dataset Collection")
SETUP = ("One query that nobody can answer, equal latencies, no echo to the sender. On Gnutella from peer 0: published "
         "is what breadth-first search of the crawl gives. The others have 10 000 peers, as many links a peer as Gnutella "
         "where the shape allows it (random: 8 each; power law: each newcomer 4, mean 8; grid: 4), and ask from peer "
         "5050, on the grid the middle. Published stands there for closed forms: within t links of a grid's middle are "
         "2t² + 2t + 1 peers; the first hops in a random graph are a tree, so ours are a little less where branches meet; "
         "a flood that covers N peers and E links takes 2E − (N − 1) messages. 10 drawn graphs a point.")
SCENARIO = "scenarios/flood/paper_reach.json"
DATA = {"p2p-Gnutella04.txt": "it is a crawl of Gnutella, one edge a line, that snap.stanford.edu publishes"}

SHAPE, TTL = "config.topology.shape", "setup.orders[0].ttl"
REACH, MESSAGES = "most_reached_by_a_query", "most_messages_of_a_query"
TTLS, PEERS, DEGREE, NEWCOMER, GRAPHS = range(1, 11), 10_000, 8, 4, 10
IDS = 10_900  # of the crawl are below
# Peers reached with the asker, and messages, for each TTL from 1.
PUBLISHED = ((18, 17), (201, 215), (2276, 2871), (7898, 26355), (10717, 66138), (10862, 69092), (10876, 69113))


def sweep_of(shape, repeat, *more):
    sweep = {SHAPE: [shape], TTL: list(TTLS), "repeat": repeat}
    return (*more, f"sweep={json.dumps(sweep)}")


GNUTELLA = ("config.topology.shape=file", "config.topology.path=$DATA/p2p-Gnutella04.txt", f"nodes={IDS}",
            "setup.orders[0].node=n1")
SWEEPS = {
    "gnutella": sweep_of("file", 1, *GNUTELLA),
    "random": sweep_of("random_regular", GRAPHS),
    "power_law": sweep_of("barabasi_albert", GRAPHS, f"config.topology.degree={NEWCOMER}"),
    "grid": sweep_of("grid", 1),
}
FIGURES = ("flood_reach.json", "flood_messages.json")


def on_grid(ttl):
    """(peers reached, messages) from the middle, as long as no side is met."""
    before = 2 * (ttl - 1) ** 2 + 2 * (ttl - 1) + 1
    return 2 * ttl ** 2 + 2 * ttl + 1, 4 + 3 * (before - 1)


def in_tree(ttl):
    return 1 + DEGREE * ((DEGREE - 1) ** ttl - 1) // (DEGREE - 2)


def covering(links):
    return 2 * links - (PEERS - 1)


def exact(what, published, values):
    """The one that is farthest off, where there are several."""
    ours = max((float(value) for value in values), key=lambda value: abs(value - published))
    return Row(what, "", published, ours, ours - published, 0, "", len(values))


def both(graph, ttl, published, runs):
    own = runs[runs[TTL] == ttl]
    return [exact(f"{graph}, TTL {ttl}, {what}", value, own[column])
            for what, value, column in zip(("peers", "messages"), published, (REACH, MESSAGES))]


def rows(found):
    made = []
    for ttl, published in enumerate(PUBLISHED, 1):
        made += both("Gnutella", ttl, published, found["gnutella"])
    for ttl in (1, 4, 7, 10):
        made += both("grid", ttl, on_grid(ttl), found["grid"])
    for ttl in (1, 2, 3):
        own = found["random"].loc[found["random"][TTL] == ttl, REACH]
        made.append(by_share(f"random, TTL {ttl}, peers (tree)", "", in_tree(ttl), own.mean(), 3, len(own)))
    links = {"random": PEERS * DEGREE // 2,
             "power_law": NEWCOMER * (NEWCOMER + 1) // 2 + NEWCOMER * (PEERS - NEWCOMER - 1)}
    for name, count in links.items():
        made += both(name.replace("_", " "), max(TTLS), (PEERS, covering(count)), found[name])
    return made


def remark(found):
    def mean(name, ttl, column):
        return found[name].loc[found[name][TTL] == ttl, column].mean()

    again = {ttl: 1 - (mean("gnutella", ttl, REACH) - 1) / mean("gnutella", ttl, MESSAGES) for ttl in (3, 7)}
    three = {name: mean(name, 3, REACH) for name in SWEEPS}
    return (f"On Gnutella {100 * again[3]:.0f} % of the messages come to somebody who has heard already with a TTL of 3, "
            f"and {100 * again[7]:.0f} % with 7. Three hops reach {three['gnutella']:.0f} peers there, "
            f"{three['power_law']:.0f} of a power law, {three['random']:.0f} of a random graph and {three['grid']:.0f} of "
            "the grid: hubs make a flood fast.")
