#!/usr/bin/env python3
"""Run pylint over PKG and stop after N files with the heap as it is, to look at what it holds.

usage: run_case.py PKG N [--bug] [--snapshots NAME [--every M]] [--snapdump SCRIPT --dump FILE] [--exec CODE]
                   [--truth FILE] [--sleep SECONDS]

  --bug      put astroid's old leak back: cached import errors keep their tracebacks
             (astroid pull request 847 removed it in 2.5)
  --snapshots  write snapshots NAME-0001.nodes.gz, NAME-0002.nodes.gz ... at the stop, and with
             --every after each M files too; snapdump.py must be on PYTHONPATH
  --dump     write a snapshot at the stop with this snapdump.py, which is gone when --truth looks
  --exec     Python to run at the stop, to take a snapshot
  --truth    write objgraph's view of the same heap as JSON, after --exec
  --sleep    print the pid and wait at the stop, to be attached to

Needs Debian's pylint and python3-objgraph, and Debian's /usr/bin/python3.
The package comes from gen_pkg.py, which writes the same files every time.
"""
import argparse
import collections
import gc
import inspect
import io
import json
import os
import sys
import tempfile
import textwrap
import time
import traceback
import types

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("pkg")
parser.add_argument("files", type=int)
parser.add_argument("--bug", action="store_true")
parser.add_argument("--snapshots")
parser.add_argument("--every", type=int, default=0)
parser.add_argument("--snapdump")
parser.add_argument("--dump")
parser.add_argument("--exec", dest="code")
parser.add_argument("--truth")
parser.add_argument("--sleep", type=float)
options = parser.parse_args()

os.environ.setdefault("PYLINTHOME", os.path.join(tempfile.gettempdir(), "pylint-case-home"))
os.environ["PYLINTRC"] = "/dev/null"
sys.setrecursionlimit(3000)

import astroid.manager
import pylint.lint
from pylint.lint.pylinter import PyLinter
from pylint.reporters.text import TextReporter

if options.bug:
    lines, first = inspect.getsourcelines(astroid.manager.AstroidManager.file_from_module_name)
    source = textwrap.dedent("".join(lines)).replace(".with_traceback(None)", "")
    # Each line stays where it was, so that tracebacks name the lines of the file.
    source = "\n" * (first - 2) + "from __future__ import annotations\n" + source
    found = {}
    exec(compile(source, astroid.manager.__file__, "exec"), astroid.manager.__dict__, found)
    astroid.manager.AstroidManager.file_from_module_name = found["file_from_module_name"]


def top_types():
    """Asked first and apart, so that nothing of truth's own is counted."""
    import objgraph

    gc.collect()
    return dict(collections.Counter(objgraph.typestats(shortnames=False)).most_common(60))


def truth(top_types):
    import objgraph

    tracebacks = objgraph.by_type("traceback")
    pointed_at = {id(tb.tb_next) for tb in tracebacks}
    heads = [tb for tb in tracebacks if id(tb) not in pointed_at]
    tails = [tb for tb in tracebacks if tb.tb_next is None]
    lengths = collections.Counter()
    chains = []
    for head in heads:
        length, tb = 1, head
        while tb.tb_next is not None:
            length, tb = length + 1, tb.tb_next
        lengths[length] += 1
        chains.append({"length": length, "head": id(head), "tail": id(tb)})
    chains.sort(key=lambda chain: (-chain["length"], chain["head"]))
    head_ids = {id(head) for head in heads}
    owners = collections.Counter(
        type(o).__module__ + "." + type(o).__qualname__
        for o in gc.get_objects()
        if isinstance(o, BaseException) and id(o.__traceback__) in head_ids
    )
    where = collections.Counter(
        "%s:%d in %s" % (os.path.basename(tb.tb_frame.f_code.co_filename), tb.tb_lineno, tb.tb_frame.f_code.co_name)
        for tb in tails
    )
    longest = next(tb for tb in heads if id(tb) == chains[0]["head"])
    printed = io.StringIO()
    traceback.print_tb(longest, limit=20, file=printed)
    cache = astroid.manager.AstroidManager()._mod_file_cache
    return {
        "python": sys.version.split()[0],
        "types": {
            name: len(objgraph.by_type(name))
            for name in ("traceback", "frame", "builtins.traceback", "types.TracebackType", "types.FrameType")
        },
        "top_types": top_types,
        "heads": len(heads),
        "tails": len(tails),
        "chain_lengths": dict(sorted(lengths.items())),
        "chains": chains,
        "tails_by_place": dict(where.most_common()),
        "head_owners": dict(owners),
        "cache": {"id": id(cache), "entries": len(cache),
                  "kinds": dict(collections.Counter(type(v).__name__ for v in cache.values()))},
        "print_tb_longest_limit_20": printed.getvalue(),
    }


taken = 0


def snapshot():
    global taken
    import snapdump

    taken += 1
    snapdump.dump("%s-%04d.nodes.gz" % (options.snapshots, taken))


def dump(script, file):
    # objgraph is loaded now, so that the snapshot and the truth are of the same modules.
    import objgraph  # noqa: F401

    space = {"__name__": "snapdump"}
    with open(script) as source:
        exec(compile(source.read(), script, "exec"), space)
    space["dump"](file, collect=True)
    space.clear()


def at_stop():
    if options.snapshots:
        snapshot()
    if options.dump:
        dump(options.snapdump, options.dump)
    if options.code:
        exec(options.code, {})
    if options.truth:
        view = truth(top_types())
        with open(options.truth, "w") as out:
            json.dump(view, out, indent=1)
    if options.sleep:
        print(os.getpid(), flush=True)
        time.sleep(options.sleep)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


method = "_lint_file" if hasattr(PyLinter, "_lint_file") else "_check_file"
lint_one = getattr(PyLinter, method)
done = 0


def counted(self, *args, **kwargs):
    global done
    lint_one(self, *args, **kwargs)
    done += 1
    if done == options.files:
        at_stop()
    if options.snapshots and options.every and done % options.every == 0:
        snapshot()


setattr(PyLinter, method, counted)
package = os.path.abspath(options.pkg)
options.snapshots = options.snapshots and os.path.abspath(options.snapshots)
os.chdir(os.path.dirname(package))
name = os.path.basename(package)
files = sorted(os.path.join(name, f) for f in os.listdir(package) if f.endswith(".py"))
pylint.lint.Run(["--reports=n", "--score=n", "-j1", *files], reporter=TextReporter(io.StringIO()), exit=False)
sys.exit("run_case.py: the package ended before %d files" % options.files)
