"""The timeline of a leader's failure in the Lamport log over three regions."""

import statistics

from . import Row

TITLE = "A leader of the Lamport log fails"
SOURCE = "field notes of a distributed log with Lamport clocks and Bully elections, experiment 2"
SETUP = ("Iowa, Belgium and Taiwan; time-out of 5 s, answers to an election within 2 s, heartbeats each second; fifteen posts "
         "a second by ten clients. The leader dies at a random instant between two heartbeats. Times from its death to the "
         "first election of a survivor, to its successor, and to the first message acknowledged after that. The notes' script asked "
         "the nodes every 2 s, so what was published is known to 2 s, and that is the limit. 20 seeds.")
SCENARIO = "scenarios/lamport/paper_leader_failure.json"
SEEDS, LIMIT = 20, 2
RUNS = {"failure": ()}
FIGURES = (("lamport_leader_failure.json", ["failure"]), ("lamport_leader_failure_posts.json", ["failure"]))
PUBLISHED = {"an election": 5, "the next leader": 7, "messages again": 8}  # s after the death


def timeline(run):
    """(election, leader, messages) in s after the death."""
    death = next(fault["at"] for fault in run.faults() if fault["kind"] == "crash")
    after = [(begun, role) for spans in run.roles().values() for begun, _, role, _ in spans if begun > death]
    election = min(begun for begun, role in after if role == "electing")
    leader = min(begun for begun, role in after if role == "coordinator")
    ended, _, ok = run.operations()
    return tuple(float(at - death) for at in (election, leader, ended[ok & (ended >= leader)].min()))


def rows(found):
    times = zip(*map(timeline, found["failure"]))
    made = []
    for (what, published), own in zip(PUBLISHED.items(), times):
        ours = statistics.mean(own)
        made.append(Row(f"from the death to {what}, mean", "s", published, ours, ours - published, LIMIT, "s", len(own)))
    return made


def remark(found):
    election, leader, again = ([round(at, 2) for at in own] for own in zip(*map(timeline, found["failure"])))
    return (f"Silence is counted from the last heartbeat, which came up to a second before the death, so elections begin "
            f"{min(election):.1f} to {max(election):.1f} s after it; there is a leader {min(leader):.1f} to {max(leader):.1f} s "
            f"after it, and messages are acknowledged again after {min(again):.1f} to {max(again):.1f} s. The notes tell 8 s as 5 s of "
            f"time-out and 3 s of election; ours are {statistics.mean(election):.1f} s and "
            f"{statistics.mean(again) - statistics.mean(election):.1f} s.")
