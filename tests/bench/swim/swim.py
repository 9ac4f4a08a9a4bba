#!/usr/bin/env python3
# swim: real processes of ours beside real serf agents: crashes seen, traffic at rest, memory.
# SPDX-License-Identifier: Apache-2.0
"""bench_swim [--smoke] [--json] [--only N] [--trials T] [--budget SECONDS]

For 3, 32 and 128 members, first serf's agents, then ours: N processes on addresses of 127/8 in a network
namespace of its own (where that is allowed). Measured are the traffic at rest, memory, and how soon a member's end is
noticed by the first and by the last survivor: SIGSTOP leaves nothing but silence, SIGKILL a port that refuses. After
each end the victim is started again, so that all trials see a whole cluster. Ours are also linked by transport.pool up to
32 members: a link that breaks is evidence at once. Times are from the signal to the line in the log of a serf agent,
or to the time of the event in our node's journal.
"""
import argparse
import datetime
import json
import os
import re
import selectors
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = {3: 3, 32: 2, 128: 2}  # members: trials; all of it in less than ten minutes
LINKED_MAX = 32
TOLERANCE = 1.05  # of serf's median
EVIDENCE_BAR = 0.050  # s
REST_BAR = 215  # payload bytes a second and member, of 128
UP = re.compile(r"EventMemberJoin: (\S+) ")
GONE = re.compile(r"EventMemberFailed: (\S+) ")


def own_network():
    """Runs this script again inside a network namespace, where nobody else's traffic counts."""
    if os.environ.get("MW_BENCH_NETNS"):
        return
    probe = subprocess.run(["unshare", "-n", "true"], capture_output=True)
    if probe.returncode != 0 or not shutil.which("ip"):
        print("no network namespace: traffic of other programs on loopback is counted, too", file=sys.stderr)
        return
    os.environ["MW_BENCH_NETNS"] = "1"
    script = 'ip link set lo up && exec "$@"'
    os.execvp("unshare", ["unshare", "-n", "sh", "-c", script, "sh", sys.executable, *sys.argv])


def counters():
    """Of the namespace: bytes with IP headers, UDP datagrams, TCP segments."""
    with open("/proc/net/dev", encoding="utf-8") as table:
        sent = next(int(line.split()[9]) for line in table if line.strip().startswith("lo:"))
    rows = {}
    with open("/proc/net/snmp", encoding="utf-8") as table:
        for names, values in zip(*[iter(table.read().splitlines())] * 2):
            kind = names.split(":")[0]
            rows.update({f"{kind}.{n}": int(v) for n, v in zip(names.split()[1:], values.split()[1:])})
    return sent, rows["Udp.OutDatagrams"], rows["Tcp.OutSegs"]


class Missed(Exception):
    """Something did not happen in time."""


class Cluster:
    """N processes and what they say: who is up, who is gone, and since when (wall clock)."""

    def __init__(self, kind, members, linked=False):
        self.kind, self.members, self.linked = kind, members, linked
        self.scratch = tempfile.mkdtemp()
        self.selector = selectors.DefaultSelector()
        self.nodes = {}
        self.rest_of_line = {}
        self.journals = {}
        self.up, self.gone = {}, {}  # (observer, member): time of the newest line
        for i in range(members):
            self.start(i)
            if i == 0:  # the others ask it
                self.read(2)
                self.read(0.3)

    def address(self, i):
        return f"127.9.{1 + i // 250}.{1 + i % 250}"

    def command(self, i):
        seed = f"{self.address(0)}:7946"
        if self.kind == "serf":
            return ["serf", "agent", f"-node=n{i}", f"-bind={self.address(i)}:7946", f"-rpc-addr={self.address(i)}:7373",
                    f"-retry-join={seed}", "-retry-interval=1s", "-log-level=info"]
        path = os.path.join(self.scratch, f"n{i}.yaml")
        transport = (f"  tcp: {{ use: transport.tcp, listen: \"{self.address(i)}:7400\" }}\n"
                     "  codec: { use: transport.msgpack }\n"
                     "  pool: { use: transport.pool, connections: 1..1 }\n"
                     "  balance: { use: loadbalance.round_robin }\n"
                     "  routing: { use: routing }\n") if self.linked else ""
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"node: {{ id: n{i}, cluster: bench, data_dir: \"{self.scratch}/n{i}\" }}\n"
                      "plugins:\n"
                      "  journal: { use: events_log, topics: \"peer.*\", file: events }\n"
                      f"  swim: {{ use: discovery.swim, bind: \"{self.address(i)}:7946\", seeds: [\"{seed}\"] }}\n"
                      f"{transport}")
        return [os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "mw"), "run", path]

    def start(self, i):
        if i in self.journals:
            self.journals.pop(i).close()
        shutil.rmtree(os.path.join(self.scratch, f"n{i}"), ignore_errors=True)
        node = subprocess.Popen(self.command(i), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(node.stdout.fileno(), False)
        self.selector.register(node.stdout, selectors.EVENT_READ, i)
        self.nodes[i] = node
        self.rest_of_line[i] = ""

    def note(self, who, kind, member, when):
        seen = {"up": self.up, "down": self.gone}.get(kind)
        if seen is not None and member != f"n{who}":
            seen[who, member] = when

    def read_journals(self):
        for who in self.nodes:
            if who not in self.journals:
                try:
                    self.journals[who] = open(os.path.join(self.scratch, f"n{who}", "events"), "rb")
                except FileNotFoundError:
                    continue
            at = self.journals[who].tell()
            for line in self.journals[who].read().splitlines(keepends=True):
                if not line.endswith(b"\n"):  # the rest comes later
                    break
                at += len(line)
                event = json.loads(line)
                when = datetime.datetime.fromisoformat(event["at"].replace("Z", "+00:00")).timestamp()
                self.note(who, event["topic"].split("/")[0].split(".")[1], event["event"].get("id"), when)
            self.journals[who].seek(at)

    def read(self, seconds):
        if self.kind != "serf":
            self.read_journals()
            seconds = min(seconds, 0.02)
        for key, _ in self.selector.select(seconds):
            data = key.fileobj.read()
            if not data:
                self.selector.unregister(key.fileobj)
                continue
            now, who = time.time(), key.data
            *lines, self.rest_of_line[who] = (self.rest_of_line[who] + data.decode(errors="replace")).split("\n")
            for line in lines:
                for kind, found in (("up", UP.search(line)), ("down", GONE.search(line))):
                    if found:
                        self.note(who, kind, found.group(1), now)

    def wait_for(self, what, holds, deadline):
        end = time.monotonic() + deadline
        while not holds():
            if time.monotonic() > end:
                raise Missed(f"{self.kind}, {self.members} members: {what} did not happen within {deadline} s")
            self.read(0.05)

    def pause(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.2)

    def wait_until_complete(self):
        wanted = self.members * (self.members - 1)
        self.wait_for("that all see all", lambda: len(self.up) >= wanted, 120)

    def rest(self, seconds):
        """Bytes a second and member: with IP and UDP headers, and without them."""
        before, begin = counters(), time.monotonic()
        while time.monotonic() < begin + seconds:
            self.read(0.5)
        whole, datagrams, segments = (b - a for a, b in zip(before, counters()))
        per = (time.monotonic() - begin) * self.members
        return whole / per, (whole - 28 * datagrams - 52 * segments) / per

    def memory(self):
        """KiB a member: its share of what is resident."""
        total = 0
        for node in self.nodes.values():
            with open(f"/proc/{node.pid}/smaps_rollup", encoding="utf-8") as table:
                total += next(int(line.split()[1]) for line in table if line.startswith("Pss:"))
        return total / self.members

    def end_one(self, how, victim):
        """When the first and the last survivor noticed, in seconds. The victim is then started again."""
        others = [i for i in range(self.members) if i != victim]
        name = f"n{victim}"
        begin = time.time()
        self.nodes[victim].send_signal(how)
        noticed = lambda: all(self.gone.get((i, name), 0) >= begin for i in others)
        self.wait_for(f"that all notice the end of {name} by {how.name}", noticed, 60)
        times = [self.gone[i, name] - begin for i in others]
        self.nodes[victim].kill()
        self.nodes[victim].wait()
        again = time.time()
        self.start(victim)
        back = lambda: all(self.up.get((i, name), 0) >= again and self.up.get((victim, f"n{i}"), 0) >= again
                           for i in others)
        self.wait_for(f"the return of {name}", back, 60)
        self.pause(2)
        return min(times), max(times)

    def close(self):
        for node in self.nodes.values():
            node.kill()
        for node in self.nodes.values():
            node.wait()
            node.stdout.close()
        for journal in self.journals.values():
            journal.close()
        self.selector.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


def measure(kind, members, trials, given, figures):
    def note(what, value):
        figures.setdefault((what, kind), []).append(value)

    def one_round(linked, ends):
        """A cluster, and trials on it until one misses. How many trials were made."""
        cluster = Cluster(kind, members, linked)
        try:
            cluster.wait_until_complete()
            # What there was to tell has to be told before anything is at rest.
            cluster.pause(1 if given.smoke else 6 if members <= 32 else 20)
            if not linked and ("rest", kind) not in figures:
                whole, payload = cluster.rest(2 if given.smoke else 15 if members <= 32 else 30)
                note("rest", whole)
                note("rest_payload", payload)
                note("memory", cluster.memory())
            for trial in range(trials):
                if time.monotonic() > given.ends and trial > 0:
                    print(f"{kind}, {members} members: {trial} of {trials} trials, the time is over", file=sys.stderr)
                    return
                for how, name in ends:
                    first, last = cluster.end_one(how, members - 1 - trial % (members - 1))
                    note(f"{name}_first", first)
                    note(f"{name}_last", last)
        finally:
            cluster.close()

    rounds = [(False, ((signal.SIGSTOP, "stop"), (signal.SIGKILL, "kill")))]
    if kind != "serf" and members <= LINKED_MAX:
        rounds.append((True, ((signal.SIGKILL, "linked"),)))
    for linked, ends in rounds:
        for attempt in range(2):
            try:
                one_round(linked, ends)
                break
            except Missed as why:
                note("missed", 1)
                print(f"{why}; {'once more' if attempt == 0 else 'given up'}", file=sys.stderr)


def bar_of(what, members, serf):
    """The most that ours may have, and the reason; None: no bar."""
    if what == "stop_first" and serf:
        return TOLERANCE * statistics.median(serf), "serf + 5 %"
    if what == "linked_first":
        return EVIDENCE_BAR, "hard evidence"
    if what == "rest_payload" and members == 128:
        return REST_BAR, "payload"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it works")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", type=int, metavar="N", help="members of the only clusters to look at")
    parser.add_argument("--trials", type=int, help="ends of each kind; default: 3, from 32 members on 2")
    parser.add_argument("--budget", type=float, default=480, help="seconds after which no further trial begins")
    given = parser.parse_args()
    sizes = {3: 1} if given.smoke else {given.only: SIZES.get(given.only, 3)} if given.only else SIZES
    if min(sizes) < 2:
        parser.error("--only: a cluster has at least 2 members")
    own_network()
    given.ends = time.monotonic() + given.budget
    kinds = (["serf"] if shutil.which("serf") else []) + ["meshwright"]
    if len(kinds) == 1:
        print("serf is not installed: no ratios", file=sys.stderr)

    def report(members, what, unit, kind, figures):
        values, base = figures[what, kind], figures.get((what, "serf"))
        value = sum(values) if what == "missed" else statistics.median(values)
        ratio = value / statistics.median(base) if base else None
        bar = bar_of(what, members, base) if kind != "serf" else None
        if given.json:
            line = {"bench": f"swim_{what}_{members}", "variant": kind, "value": round(value, 4), "unit": unit,
                    "spread": [round(min(values), 4), round(max(values), 4)],
                    "ratio_to": {"serf": round(ratio, 3)} if ratio else {}, "load": round(os.getloadavg()[0], 1)}
            if bar:
                line.update({"bar": round(bar[0], 4), "met": value <= bar[0]})
            print(json.dumps(line))
        else:
            against = f"  {ratio:.2f} x serf" if ratio and kind != "serf" else ""
            verdict = f"  {'within' if value <= bar[0] else 'BEYOND'} {bar[0]:.3f} ({bar[1]})" if bar else ""
            print(f"{f'swim_{what}_{members}':24} {kind:11} {value:10.3f} {unit:4} "
                  f"({min(values):.3f} to {max(values):.3f}){against}{verdict}")
        sys.stdout.flush()

    units = {"stop_first": "s", "stop_last": "s", "kill_first": "s", "kill_last": "s", "linked_first": "s",
             "linked_last": "s", "rest": "B/s", "rest_payload": "B/s", "memory": "KiB",
             "missed": "ends"}
    for members, trials in sizes.items():
        figures = {}
        for kind in kinds:
            measure(kind, members, given.trials or trials, given, figures)
        for what, unit in units.items():
            for kind in kinds:
                if (what, kind) in figures:
                    report(members, what, unit, kind, figures)


if __name__ == "__main__":
    main()
