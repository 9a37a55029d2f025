"""What theory says of a figure, to be drawn beside what was measured."""

import math


def split_vote(nodes, available, latency):
    """Chance that a Raft election splits: Ongaro's dissertation, chapter 9.

    `available` of `nodes` servers are up and draw timeouts from one range; `latency` is one way, as a
    share of that range. The vote splits when c candidates stand before the first one is heard.
    """
    c = available - nodes // 2 + 1
    return sum(math.comb(available, k) * latency ** k * (1 - latency) ** (available - k)
               for k in range(c - 1, available + 1))


def bully_messages(nodes, detector):
    """Messages until all know, when process `detector` alone notices that the highest id died."""
    return (nodes - detector) ** 2 + nodes - 2


def bully_worst(nodes):
    return bully_messages(nodes, 1)


def bully_best(nodes):
    return bully_messages(nodes, nodes - 1)


# What a plot spec may name: a function of x, and how its formula reads in a legend.
CURVES = {
    "bully_worst": (bully_worst, "$(n-1)^2+n-2$"),
    "bully_best": (bully_best, "$n-1$"),
}


def curve(name):
    """`split_vote N S` or a name of CURVES; None where there is no such form."""
    words = name.split()
    if len(words) == 3 and words[0] == "split_vote" and all(w.isdigit() for w in words[1:]):
        nodes, available = int(words[1]), int(words[2])
        if nodes // 2 < available <= nodes:
            return (lambda x: split_vote(nodes, available, x)), f"closed form, {available} of {nodes}"
    return CURVES.get(name)
