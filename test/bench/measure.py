"""One command in; its status, CPU seconds (itself and every process it waited for), wall seconds and the peak memory of its
largest process out, as one line of JSON; costs some milliseconds outside what is measured.

wait4(2) is the one place where the kernel hands all three over exactly: microseconds, where `time`, /proc and a shell's `times`
count ticks of 10 ms, and a true maximum, where polling /proc misses peaks and short children. Node has no wait4, and Python is
a small parent: a new process counts its parent's memory as its own until it has started its program, so that a peak below some
14 MB is this program's, where from Node every row would begin at 50.

usage: measure.py STDOUT STDERR SECONDS COMMAND...
"""

import json
import os
import signal
import sys
import time

stdout, stderr, seconds, *command = sys.argv[1:]
state = {"pid": 0, "timed_out": False}


def kill(_signal, _frame):
    if state["pid"]:
        os.killpg(state["pid"], signal.SIGKILL)


def time_out(*unused):
    state["timed_out"] = True
    kill(*unused)


def first_to_die_if_memory_runs_out(score):
    try:
        with open("/proc/self/oom_score_adj", "r+") as file:
            before = file.read()
            file.seek(0)
            file.write(score)
            return before
    except OSError:
        return score


for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, kill)
signal.signal(signal.SIGALRM, time_out)

write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
files = [
    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, stdout, write, 0o600),
    (os.POSIX_SPAWN_OPEN, 2, stderr, write, 0o600),
]
before = first_to_die_if_memory_runs_out("1000")
start = time.monotonic()
state["pid"] = os.posix_spawnp(command[0], command, os.environ, file_actions=files, setpgroup=0)
first_to_die_if_memory_runs_out(before)
signal.setitimer(signal.ITIMER_REAL, float(seconds))
_, status, usage = os.wait4(state["pid"], 0)
wall = time.monotonic() - start
signal.setitimer(signal.ITIMER_REAL, 0)

peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({
    "status": os.waitstatus_to_exitcode(status),
    "timedOut": state["timed_out"],
    "cpuSeconds": usage.ru_utime + usage.ru_stime,
    "wallSeconds": wall,
    "peakBytes": peak,
}))
