#!/usr/bin/env python3
# swim: real processes of ours beside real serf agents: how soon a crash is seen, and traffic at rest.
# SPDX-License-Identifier: Apache-2.0
"""bench_swim [--smoke] [--json] [--members 3,32] [--trials 3]

Each run starts N processes on addresses of 127/8 in a network namespace of its own (when that is allowed),
waits until all see all, measures the loopback's bytes at rest, then ends one of them: SIGKILL, which leaves a
port that refuses, and SIGSTOP, which leaves nothing but silence. Times are from the signal to the line in the
log of the first and of the last survivor. Rounds of serf and ours alternate.
"""
import argparse
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


class Cluster:
    """N processes, and what their logs say with the time at which it was read."""

    def __init__(self, kind, members, here):
        self.kind, self.members, self.here = kind, members, here
        self.scratch = tempfile.mkdtemp()
        self.selector = selectors.DefaultSelector()
        self.nodes = []
        self.lines = []  # time, index, line
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
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"node: {{ id: n{i}, cluster: bench, data_dir: \"{self.scratch}/n{i}\" }}\n"
                      "plugins:\n"
                      f"  swim: {{ use: discovery.swim, bind: \"{self.address(i)}:7946\", seeds: [\"{seed}\"] }}\n")
        return [self.here("mw"), "run", path]

    def start(self, i):
        node = subprocess.Popen(self.command(i), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(node.stdout.fileno(), False)
        self.selector.register(node.stdout, selectors.EVENT_READ, i)
        self.nodes.append(node)

    def read(self, seconds):
        for key, _ in self.selector.select(seconds):
            data = key.fileobj.read()
            if not data:
                self.selector.unregister(key.fileobj)
                continue
            now = time.monotonic()
            for line in data.decode(errors="replace").splitlines():
                self.lines.append((now, key.data, line))

    def joins(self, line):
        return "EventMemberJoin" in line if self.kind == "serf" else "a member is up" in line

    def failure_of(self, victim, line):
        if self.kind == "serf":
            return re.search(rf"EventMemberFailed: n{victim} ", line) is not None
        return "a member is gone" in line and f"member=n{victim} " in line

    def wait_until_complete(self, deadline=120):
        end = time.monotonic() + deadline
        # serf's agents tell of themselves, too.
        wanted = self.members * (self.members if self.kind == "serf" else self.members - 1)
        while time.monotonic() < end:
            self.read(0.2)
            if len({(i, line.split("Join: ")[-1].split("member=")[-1].split()[0]) for _, i, line in self.lines
                    if self.joins(line)}) >= wanted:
                return
        raise SystemExit(f"{self.kind}: {self.members} members did not find each other in {deadline} s")

    def traffic(self, seconds):
        """Bytes a second and member on loopback, with IP and UDP headers."""
        def sent():
            with open("/proc/net/dev", encoding="utf-8") as table:
                return next(int(line.split()[9]) for line in table if line.strip().startswith("lo:"))
        before, begin = sent(), time.monotonic()
        while time.monotonic() < begin + seconds:
            self.read(0.5)
        return (sent() - before) / (time.monotonic() - begin) / self.members

    def end_one(self, how, deadline=60):
        victim = self.members - 1
        begin = time.monotonic()
        self.nodes[victim].send_signal(how)
        seen = {}
        while len(seen) < self.members - 1 and time.monotonic() < begin + deadline:
            self.read(0.05)
            for at, i, line in self.lines:
                if at >= begin and i != victim and i not in seen and self.failure_of(victim, line):
                    seen[i] = at - begin
        if len(seen) < self.members - 1:
            raise SystemExit(f"{self.kind}: only {len(seen)} of {self.members - 1} saw the end within {deadline} s")
        return min(seen.values()), max(seen.values())

    def close(self):
        for node in self.nodes:
            node.kill()
        for node in self.nodes:
            node.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it works")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--members", default="3,32", help="sizes of clusters, separated by commas")
    parser.add_argument("--trials", type=int, default=3)
    given = parser.parse_args()
    if given.smoke:
        given.members, given.trials = "3", 1
    folder = os.path.dirname(os.path.abspath(sys.argv[0]))
    own_network()
    kinds = (["serf"] if shutil.which("serf") else []) + ["meshwright"]
    if len(kinds) == 1:
        print("serf is not installed: no ratios", file=sys.stderr)

    def report(bench, variant, values, unit, base):
        value = statistics.median(values)
        ratio = value / statistics.median(base) if base else None
        if given.json:
            print(json.dumps({"bench": bench, "variant": variant, "value": round(value, 4), "unit": unit,
                              "spread": [round(min(values), 4), round(max(values), 4)],
                              "ratio_to": {"serf": round(ratio, 3)} if ratio else {}}))
        else:
            against = f"  {ratio:.2f} x serf" if ratio and variant != "serf" else ""
            print(f"{bench:28} {variant:12} {value:10.3f} {unit:4} ({min(values):.3f} to {max(values):.3f}){against}")
        sys.stdout.flush()

    for members in map(int, given.members.split(",")):
        figures = {}
        for _ in range(given.trials):
            for how in (signal.SIGKILL, signal.SIGSTOP):
                for kind in kinds:
                    cluster = Cluster(kind, members, lambda name: os.path.join(folder, name))
                    try:
                        cluster.wait_until_complete()
                        if how == signal.SIGKILL:
                            cluster.read(0.1)
                            time_for_news = 1 if given.smoke else 4
                            cluster.traffic(time_for_news)
                            rest = cluster.traffic(2 if given.smoke else 15)
                            figures.setdefault(("rest", kind), []).append(rest)
                        first, last = cluster.end_one(how)
                        name = "kill" if how == signal.SIGKILL else "stop"
                        figures.setdefault((f"{name}_first", kind), []).append(first)
                        figures.setdefault((f"{name}_last", kind), []).append(last)
                    finally:
                        cluster.close()
        for what, unit in (("kill_first", "s"), ("kill_last", "s"), ("stop_first", "s"), ("stop_last", "s"),
                           ("rest", "B/s")):
            for kind in kinds:
                report(f"swim_{what}_{members}", kind, figures[(what, kind)], unit, figures.get((what, "serf")))


if __name__ == "__main__":
    main()
