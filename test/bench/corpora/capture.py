"""Measures snapdump in the process that runs this, against a bare walk with gc.get_referents; prints figures as JSON.

SNAPDUMP is the script, SCRATCH a folder. CPU seconds are the best of three; a child's are those that it cost the process at its end.
"""
import gc
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.environ["SNAPDUMP"]))
import snapdump

scratch = os.environ["SCRATCH"]
file = os.path.join(scratch, "capture.nodes")


def walk():
    """The least that any capture must do: every object that is reached, and the others that gc knows, each once."""
    get = gc.get_referents
    found, seen = [sys.modules], {id(sys.modules)}
    append, add = found.append, seen.add
    started = time.process_time()
    for one in found:
        for other in get(one):
            if id(other) not in seen:
                add(id(other))
                append(other)
    for one in gc.get_objects():
        if id(one) not in seen:
            add(id(one))
            append(one)
    seconds, count = time.process_time() - started, len(found)
    found.clear()
    return seconds, count


def dump_in_child(target):
    before = os.times()
    nodes = snapdump.dump(target)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, nodes


def dump_here(target):
    started = time.process_time()
    snapdump.dump(target, fork=False)
    return time.process_time() - started


def pause():
    """How long the program stands still until it goes on beside the child."""
    job = snapdump._Job(os.devnull, True, True, True)
    started = time.perf_counter()
    pid, pipe = snapdump._start_child(job)
    seconds = time.perf_counter() - started
    snapdump._outcome(pipe, os.devnull)
    os.close(pipe)
    snapdump._reap(pid)
    return seconds


def memory(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


def hidden(path):
    references = unnamed = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            unnamed += line.count('["hidden",')
            if line.startswith('{"snap":"end"'):
                references = json.loads(line)["refs"]
    return unnamed / references


gc.collect()
gc.disable()
# First of all: later the heap has room that the walks have left.
resident = memory("VmRSS")
with open("/proc/self/clear_refs", "w") as clear:
    clear.write("5")
here = [dump_here(file)]
added = memory("VmHWM") - resident
unnamed_here = hidden(file)
here += [dump_here(file) for _ in range(2)]
walks = [walk() for _ in range(3)]
children = [dump_in_child(file) for _ in range(3)]
size, unnamed = os.path.getsize(file), hidden(file)
zipped = min(dump_in_child(file + ".gz")[0] for _ in range(3))
pauses = [pause() for _ in range(3)]
nodes = children[0][1]
print(
    json.dumps(
        {
            "python": sys.version.split()[0],
            "walked": walks[0][1],
            "nodes": nodes,
            "walkSeconds": min(seconds for seconds, _ in walks),
            "childSeconds": min(seconds for seconds, _ in children),
            "zippedSeconds": zipped,
            "hereSeconds": min(here),
            "pauseSeconds": max(pauses),
            "residentBytes": resident,
            "addedBytes": added,
            "fileBytes": size,
            "unnamed": unnamed,
            "unnamedHere": unnamed_here,
        }
    ),
    flush=True,
)
