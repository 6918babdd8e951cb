"""Writes the heap of the running CPython process as a node stream that snap-tools read; 3.8 to 3.14, standard library only.

    import snapdump
    snapdump.dump("app.nodes.gz")

What it costs: with fork (the default) the program stands still for the fork alone, and a child writes, which takes up to 1.5 times the program's
memory in copied pages. Without fork the program stands still for some 5 microseconds an object, and 40 bytes an object are needed.

No code of the program runs: types are asked by type(), contents by the built-in types' own methods, attributes by C descriptors.
"""

import sys

_LOADED = frozenset(sys.modules)

import _codecs
import _signal
import _thread
import _weakref
import gc
import os
import time

__all__ = ["above", "at_exit", "dump", "every", "every_seconds", "from_environment", "inject", "on_memory_error", "on_signal"]

_TEXT_UNITS = 1024  # of UTF-16, in names
_LINE_BYTES = 65536  # with its newline
_SLICE_REFS = 256  # references that are written down at a time
_BLOCK_CHARS = 256 * 1024  # of lines, before they are written out
_PAGE, _GRAIN, _SLOT = 14, 5, 511  # addresses by 16 KiB, in these by 32 bytes
_IMMORTAL = 2**30  # references that nobody counts to

get_referents = gc.get_referents


def dump(target, values=True, fork=True, collect=False, names=True):
    """Writes the heap to a path or a file descriptor, and returns how many nodes it has.

    target   A path: written as PATH.tmp-PID and renamed when it is whole; zipped if it ends with .gz; readable by its owner alone. What is
             there and no regular file (a fifo) is written to as it is. A descriptor: written from where it stands, and left open.
    values   False: no text of strings, numbers and keys is written. Names of attributes, variables, modules, files and types are.
    fork     True: a child writes while the program goes on, all but this thread, which waits until the file is whole. False: this
             process writes, and needs 40 bytes an object for it. Its other threads get a turn once a second.
    collect  True: collects garbage before.
    names    False: references have numbers for names, and what gc does not report is left out. It takes three fifths of the time.

    Raises OSError where the file cannot be written, RuntimeError where the writing child was killed.
    """
    if collect:
        gc.collect()
    job = _Job(target, values, names, fork)
    if not fork:
        return _write_here(job)[0]
    pid, pipe = _start_child(job)
    try:
        return _outcome(pipe, target)
    except KeyboardInterrupt:
        _start_thread(_reap, pid)
        pid = None
        raise
    finally:
        os.close(pipe)
        if pid is not None:
            _reap(pid)


def every(n, name="heap", values=True):
    """Returns a function to call once an item (a request, a file); each n-th call writes NAME-0001.nodes.gz, -0002, ...

    Polls nothing: a call that writes nothing adds one to a counter. Never waits for the file.
    """
    series = _Series(name, values)
    calls = 0

    def tick():
        nonlocal calls
        calls += 1
        if calls % n == 0:
            series.dump()

    return tick


def every_seconds(seconds, name="heap", values=True):
    """Writes NAME-0001.nodes.gz, -0002, ... at such intervals. Costs a thread that sleeps in between."""
    series = _Series(name, values)

    def watch():
        series.dump()
        return seconds

    _repeat(watch, seconds)


def on_signal(signum=None, name="heap", values=True):
    """Writes NAME-0001.nodes.gz, -0002, ... at each signal, SIGUSR2 if no other is given; a handler that was there is called afterwards.

    Polls nothing. Python runs handlers in the main thread between two instructions: while that is stuck in C, nothing is written. To be
    called in the main thread.
    """
    import signal

    series = _Series(name, values)

    def handle(number, frame):
        series.dump()
        if callable(before):
            before(number, frame)

    before = signal.signal(signal.SIGUSR2 if signum is None else signum, handle)


def above(limit, name="heap", values=True):
    """Writes NAME-0001.nodes.gz when the process has more than `limit` bytes resident, and the next each time that it has a quarter more.

    Costs a thread that reads /proc/self/statm once a second (20 microseconds); where there is none, the peak from getrusage.
    """
    series = _Series(name, values)
    threshold = limit

    def watch():
        nonlocal threshold
        resident = _resident_bytes()
        if resident > threshold:
            series.dump()
            threshold = resident * 5 // 4
        return 1

    _repeat(watch, 0)


def at_exit(name="heap", values=True):
    """Writes NAME-0001.nodes.gz when the interpreter ends, and waits for it. Polls nothing; os._exit and signals that kill pass it by."""
    import atexit

    atexit.register(_Series(name, values).dump, wait=True)


def on_memory_error(name="heap", values=True):
    """Writes NAME-0001.nodes.gz when a MemoryError ends the program or a thread of it, and waits for it.

    Polls nothing. Costs a megabyte that is kept for the day. A MemoryError that somebody catches passes it by.
    """
    import threading

    series = _Series(name, values)
    reserve = [bytearray(1 << 20)]

    def dump_if_memory(error):
        if issubclass(error, MemoryError):
            reserve.clear()
            series.dump(wait=True)

    def main_hook(error, *more):
        dump_if_memory(error)
        main_before(error, *more)

    def thread_hook(args):
        dump_if_memory(args.exc_type)
        thread_before(args)

    main_before, sys.excepthook = sys.excepthook, main_hook
    thread_before, threading.excepthook = threading.excepthook, thread_hook


def from_environment():
    """Switches on what the variable SNAPDUMP asks for, or nothing where there is none.

    It is a JSON object: "name" of the files, "values", and what starts a dump: "signal" (a number), "every" (seconds), "above" (bytes),
    "exit", "memory_error" (true).
    """
    text = os.environ.get("SNAPDUMP")
    if not text:
        return
    import json

    wanted = json.loads(text)
    how = {"name": wanted.get("name", "heap"), "values": wanted.get("values", True)}
    if "signal" in wanted:
        on_signal(wanted["signal"], **how)
    if "every" in wanted:
        every_seconds(wanted["every"], **how)
    if "above" in wanted:
        above(wanted["above"], **how)
    if wanted.get("exit"):
        at_exit(**how)
    if wanted.get("memory_error"):
        on_memory_error(**how)


def inject(request):
    """Does what a JSON file asks for, from code that a debugger made the program run: "to" (a path), "values", "fork", "names", "report",
    and "frames": how many frames were injected, 1 if this is called by the outermost.

    Returns as soon as the child is there; without "fork" when all is written. Never raises, and leaves no module behind. What happens
    is told in lines of JSON that are added to the file "report": {"state":"started","pid_of_child":...,"objects":...}, then
    {"state":"done","nodes":...,"refs":...} or {"state":"failed","why":...}.
    """
    job = None
    try:
        with open(request, encoding="utf-8") as file:
            # The module json would have to be imported. Whoever wrote this file makes the program run what he likes anyway.
            wanted = eval(file.read(), {"__builtins__": {}, "true": True, "false": False, "null": None})
        job = _Job(wanted["to"], wanted.get("values", True), wanted.get("names", True), wanted.get("fork", True))
        job.report = wanted.get("report")
        job.threads, job.own_frames = _threads(wanted.get("frames", 1))
        if job.fork:
            pid, pipe = _start_child(job)
            _thread.start_new_thread(_await_report, (job, pid, pipe))
        else:
            _write_here(job)
    except BaseException as error:
        if job is not None:
            job.tell_failure(error)
    finally:
        for name in _IMPORTED - _LOADED:
            sys.modules.pop(name, None)


# What is imported here and not loaded by every Python.
_IMPORTED = frozenset(("gc", "warnings", "zlib"))


def _await_report(job, pid, pipe):
    try:
        _outcome(pipe, job.target)
    except RuntimeError as error:
        job.tell_failure(error)
    except OSError:
        pass  # the child has told it
    finally:
        os.close(pipe)
        _reap(pid)


class _Series:
    """Files of one name with numbers, none of which was there before. Failures are said on standard error and never raised."""

    def __init__(self, name, values):
        self.name = os.path.abspath(name)
        self.values = values
        self.number = 0
        self.busy = False

    def dump(self, wait=False):
        """Does nothing where the file before is still being written: forks would pile up."""
        if self.busy:
            return
        self.busy = True
        try:
            path = self._next()
            try:
                pid, pipe = _start_child(_Job(path, self.values, True, True))
            except RuntimeError:  # the interpreter is ending, and does not fork any more
                _write_here(_Job(path, self.values, True, False))
                self.busy = False
                return
            if wait:
                self._finish(pid, pipe, path)
            else:
                _start_thread(self._finish, pid, pipe, path)
        except Exception as error:
            self.busy = False
            _complain(error)

    def _next(self):
        while True:
            self.number += 1
            path = "%s-%04d.nodes.gz" % (self.name, self.number)
            if not os.path.exists(path):
                return path

    def _finish(self, pid, pipe, path):
        try:
            _outcome(pipe, path)
        except Exception as error:
            _complain(error)
        finally:
            os.close(pipe)
            _reap(pid)
            self.busy = False


def _repeat(step, seconds):
    """Calls step(), which returns the seconds until the next time, in a thread of its own, first after so many seconds, until the program ends.

    The thread is over before the interpreter takes itself down: what still runs then, CPython 3.8 to 3.11 may crash on.
    """
    import atexit

    program = os.getpid()
    to_end, over = _thread.allocate_lock(), _thread.allocate_lock()
    to_end.acquire()
    over.acquire()

    def run():
        try:
            pause = seconds
            while not to_end.acquire(True, min(pause, _thread.TIMEOUT_MAX)):
                pause = step()
        finally:
            over.release()

    def end():
        if os.getpid() == program:  # a forked child has no such thread
            to_end.release()
            over.acquire()

    _start_thread(run)
    atexit.register(end)


def _start_thread(run, *arguments):
    """Returns when the thread runs: one that starts while the interpreter ends would find its state freed."""
    starting = _thread.allocate_lock()
    starting.acquire()

    def begin():
        starting.release()
        run(*arguments)

    _thread.start_new_thread(begin, ())
    starting.acquire()


def _complain(error):
    try:
        os.write(2, ("snapdump: %s\n" % error).encode("utf-8", "backslashreplace"))
    except OSError:
        pass


def _resident_bytes():
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class _Job:
    """What is to be written, and where."""

    def __init__(self, target, values, names, fork):
        self.target = target if isinstance(target, int) else os.path.abspath(os.fsdecode(target))
        self.values = values
        self.names = names
        self.fork = fork
        self.pid = os.getpid()
        self.report = None
        self.threads, self.own_frames = _threads()

    def tell(self, line):
        if self.report is None:
            return
        descriptor = os.open(self.report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, _encoded("{%s}\n" % line))
        finally:
            os.close(descriptor)

    def tell_failure(self, error):
        try:
            self.tell('"state":"failed","why":%s' % _quoted(_why(error)))
        except OSError:
            pass


def _why(error):
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "%s: %s" % (type(error).__name__, error)


def _threads(injected=0):
    """(ident, innermost frame of the program) of each thread; and how many frames were passed by: this module's, and so many injected ones.

    Asked before a fork: a child has no other threads.
    """
    threads, passed = [], 0
    here = _threads.__code__.co_filename
    for ident, frame in sys._current_frames().items():
        left = None
        while frame is not None and (frame.f_code.co_filename == here or left):
            left = injected if frame.f_code.co_filename == here else left - 1
            frame, passed = frame.f_back, passed + 1
        if frame is not None:
            threads.append((ident, frame))
    return threads, passed


def _start_child(job):
    """Forks a child that writes; returns its id and the end of a pipe from which its outcome can be read."""
    reading, writing = os.pipe()
    try:
        pid = _fork()
    except BaseException:
        os.close(reading)
        os.close(writing)
        raise
    if pid == 0:
        _be_child(job, writing)
    os.close(writing)
    return pid, reading


def _fork():
    """Python 3.12 warns of forks where there are threads. The child here starts none, imports nothing that waits for one, and ends at once."""
    if sys.version_info < (3, 12):
        return os.fork()
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _be_child(job, writing):
    """Never returns: what the program would do at its end is not the child's to do."""
    status = 1
    try:
        try:
            _let_go(job, writing)
            nodes, refs = _write_to(job)
            answer, status = "done %d %d" % (nodes, refs), 0
        except BaseException as error:
            job.tell_failure(error)
            number = error.errno if isinstance(error, OSError) else None
            answer = "failed %d %s" % (number or 0, _why(error))
        os.write(writing, _encoded(answer))
    finally:
        os._exit(status)


def _let_go(job, writing):
    """Keeps the child from acting as the program: its tracers, signal handlers and open files are the program's own."""
    sys.settrace(None)
    sys.setprofile(None)
    if sys.version_info >= (3, 12):
        for tool in range(6):
            if sys.monitoring.get_tool(tool) is not None:
                sys.monitoring.set_events(tool, 0)
    gc.disable()
    gc.unfreeze()
    for number in range(1, _signal.NSIG):
        if callable(_signal.getsignal(number)):
            _signal.signal(number, _signal.SIG_DFL if number == _signal.SIGTERM else _signal.SIG_IGN)
    _signal.set_wakeup_fd(-1)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # if memory ends, the child ends first
    except OSError:
        pass
    kept = {writing, job.target}
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in _open_descriptors():
        if descriptor in kept:
            continue
        if descriptor <= 2:
            os.dup2(nothing, descriptor)
        else:
            try:
                os.close(descriptor)
            except OSError:
                pass  # the one that listed them


def _open_descriptors():
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return [int(name) for name in os.listdir(folder)]
        except OSError:
            pass
    return range(256)


def _outcome(pipe, target):
    """Waits for the child's answer: how many nodes, or what it failed of."""
    answer = b""
    while True:
        piece = os.read(pipe, 4096)
        if not piece:
            break
        answer += piece
    word, _, rest = answer.decode("utf-8", "replace").partition(" ")
    number, _, text = rest.partition(" ")
    if word == "done":
        return int(number)
    if word == "failed" and number != "0":
        raise OSError(int(number), text, target)
    raise RuntimeError(text if word == "failed" else "the process that wrote %s was killed" % (target,))


def _reap(pid):
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass  # the program ignores SIGCHLD, or waits for any child


def _write_here(job):
    collecting, interval = gc.isenabled(), sys.getswitchinterval()
    tracer, profiler = sys.gettrace(), sys.getprofile()
    gc.disable()
    sys.setswitchinterval(1)
    sys.settrace(None)
    sys.setprofile(None)
    try:
        return _write_to(job)
    finally:
        sys.setprofile(profiler)
        sys.settrace(tracer)
        sys.setswitchinterval(interval)
        if collecting:
            gc.enable()


def _write_to(job):
    tracked = gc.get_objects()
    job.tell('"state":"started","pid_of_child":%s,"objects":%d' % (os.getpid() if job.fork else "null", len(tracked)))
    if isinstance(job.target, int):
        counts = _write(job, tracked, _Sink(job.target, False))
    else:
        counts = _write_path(job, tracked)
    job.tell('"state":"done","nodes":%d,"refs":%d' % counts)
    return counts


def _write_path(job, tracked):
    path = job.target
    is_direct = os.path.exists(path) and not os.path.isfile(path)
    aside = path if is_direct else "%s.tmp-%d" % (path, os.getpid())
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        try:
            counts = _write(job, tracked, _Sink(descriptor, path.endswith(".gz")))
        finally:
            os.close(descriptor)
        if not is_direct:
            os.replace(aside, path)
    except BaseException:
        if not is_direct:
            os.unlink(aside)
        raise
    return counts


class _Sink:
    """Lines in, bytes in a file out."""

    def __init__(self, descriptor, zipped):
        self.descriptor = descriptor
        self.packer = None
        if zipped:
            import zlib

            self.packer = zlib.compressobj(1, zlib.DEFLATED, 31)

    def write(self, lines):
        block = _encoded("".join(lines))
        self._put(block if self.packer is None else self.packer.compress(block))

    def finish(self):
        if self.packer is not None:
            self._put(self.packer.flush())

    def _put(self, block):
        rest = memoryview(block)
        while rest:
            try:
                rest = rest[os.write(self.descriptor, rest) :]
            except BlockingIOError:
                time.sleep(0.01)


class _Pages(dict):
    """Positions by address: a page of 16 KiB of addresses is one view of 512 numbers of 4 bytes. 17 bytes an object, where a
    dict takes 106, for twice the time of a look-up.

    Two objects in the same 32 bytes are rare (an `object()` has 16): the second one's position is in `crowded`, by its address.
    """

    def __init__(self):
        self.crowded = {}

    def __missing__(self, page):
        view = self[page] = memoryview(bytearray(4 * (_SLOT + 1))).cast("I")
        return view


def _write(job, tracked, sink):
    """Walks the heap breadth first and writes it; returns how many nodes and references there are.

    The loop over objects is as long as it is because a call for each object or reference would double its time.
    `found` keeps alive what was seen, so that no address is used again, and is the queue at the same time.
    """
    mine = {id(own) for own in (job, job.__dict__, job.threads, *job.threads)}
    pages = _Pages()
    crowded = pages.crowded
    found = [None]  # node 0 is no object
    append = found.append
    plans = _Plans(job)
    plan_of = plans.by_id.get
    make_plan = plans.make
    count_of = sys.getrefcount
    is_tracked = gc.is_tracked
    page_bits, grain_bits, slot_mask = _PAGE, _GRAIN, _SLOT

    def position_of(target):
        """Its number, 0 if it has none."""
        address = id(target)
        position = pages[address >> page_bits][address >> grain_bits & slot_mask]
        return position if found[position] is target else crowded.get(address, 0)

    def number(target):
        address = id(target)
        page = pages[address >> page_bits]
        slot = address >> grain_bits & slot_mask
        position = page[slot]
        if not position:
            position = page[slot] = len(found)
            append(target)
        elif found[position] is not target:
            position = crowded.get(address)
            if position is None:
                position = crowded[address] = len(found)
                append(target)
        return position

    lines = [_start_mark(job)]
    texts = [
        '["internal","sys.modules",%d]' % number(sys.modules),
        '["internal","builtins",%d]' % number(sys.modules["builtins"]),
    ]
    texts += ['["internal","thread %d",%d]' % (ident, number(frame)) for ident, frame in job.threads]
    lines.append('{"n":0,"id":0,"kind":"synthetic","type":"(roots)","size":0,"refs":[%s]}\n' % ",".join(texts))
    refs = len(texts)
    job.threads.clear()
    n = chars = 0
    own_count = _own_count(count_of)
    # Immortal objects are not counted. Nor is any where the program has frozen its own, which only a child can thaw: those are tracked, but
    # not in the list. (3.12 itself begins with 375 frozen tuples.)
    most_counted = _IMMORTAL if job.fork or gc.get_freeze_count() < 1000 else 0
    is_last = False

    while n + 1 < len(found):
        rest = iter(found)
        rest.__setstate__(n + 1)
        for obj in rest:
            n += 1
            head, name_of, size_of, refs_of, tail = plan_of(id(type(obj))) or make_plan(type(obj))
            try:
                size = size_of(obj)
            except Exception:
                size = object.__sizeof__(obj)
            count = count_of(obj) - own_count
            # The list of tracked objects refers to each of them once.
            counted = f',"refcount":{count - is_tracked(obj)}' if count < most_counted else ""
            name = "" if name_of is None else name_of(obj)
            if refs_of is None:
                line = f'{{"n":{n},"id":{id(obj)},{head}{name},"size":{size}{counted}{tail},"refs":[]}}\n'
            else:
                prefixes, targets, fields = refs_of(obj)
                refs += len(targets)
                start = f'{{"n":{n},"id":{id(obj)},{head}{name},"size":{size}{fields}{counted}{tail},'
                if len(targets) <= _SLICE_REFS:
                    texts = []
                    for prefix, target in zip(prefixes, targets):
                        address = id(target)
                        page = pages[address >> page_bits]
                        slot = address >> grain_bits & slot_mask
                        position = page[slot]
                        if not position:
                            position = page[slot] = len(found)
                            append(target)
                        elif found[position] is not target:
                            position = number(target)
                        texts.append(f"{prefix}{position}]")
                    line = f'{start}"refs":[{",".join(texts)}]}}\n'
                    if len(line) > _LINE_BYTES // 6 and len(_encoded(line)) > _LINE_BYTES:
                        line = "".join(_split(n, start, texts, len(texts)))
                else:
                    texts = (f"{prefix}{number(target)}]" for prefix, target in zip(prefixes, targets))
                    for line in _split(n, start, texts, len(targets)):
                        lines.append(line)
                        sink.write(lines)
                        lines.clear()
                    line, chars = "", 0
                targets = target = None
            lines.append(line)
            chars += len(line)
            if chars >= _BLOCK_CHARS:
                sink.write(lines)
                lines.clear()
                chars = 0
        if not is_last:
            # All that is reached is written. What nobody reaches is next, and what it reaches.
            is_last = True
            _add_own(mine, position_of)
            for obj in tracked:
                if id(obj) not in mine:
                    number(obj)

    lines.append('{"snap":"end","nodes":%d,"refs":%d}\n' % (n + 1, refs))
    sink.write(lines)
    sink.finish()
    return n + 1, refs


def _start_mark(job):
    fields = (
        sys.version.split()[0],
        job.pid,
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "true" if job.values else "false",
        "true" if job.names else "false",
        job.own_frames,
        gc.get_freeze_count(),
    )
    return (
        '{"snap":"start","schema":1,"format":"python","python":"%s","pid":%d,"time":"%s","values":%s,"names":%s,'
        '"omitted":{"frames":%d,"frozen":%d}}\n' % fields
    )


def _own_count(count_of):
    """How many references to an object the loop over `found` holds itself."""
    found = [object()]
    rest = iter(found)
    for obj in rest:
        return count_of(obj)


def _add_own(mine, position_of):
    """Adds what only this module holds: its functions, classes and texts."""
    rest = list(globals().values())
    for obj in rest:
        if id(obj) not in mine and not position_of(obj):
            mine.add(id(obj))
            rest.extend(_code_refs(obj)[1] if type(obj) is _Code else get_referents(obj))
            if type(obj) is type:
                rest.extend(_weakref.getweakrefs(obj))  # its bases know their subclasses by them


def _split(n, start, texts, count):
    """The lines of a node whose references do not fit into one."""
    room = _LINE_BYTES - 64
    line, used, taken = [], len(_encoded(start)), 0
    for text in texts:
        size = len(text) if text.isascii() else len(_encoded(text))
        if used + size >= room:
            taken += len(line)
            if start:
                yield '%s"more":%d,"refs":[%s]}\n' % (start, count - taken, ",".join(line))
            else:
                yield '{"n":%d,"refs":[%s]}\n' % (n, ",".join(line))
            start, line, used = "", [], 0
        line.append(text)
        used += size + 1
    if start:
        yield '%s"refs":[%s]}\n' % (start, ",".join(line))
    elif line:
        yield '{"n":%d,"refs":[%s]}\n' % (n, ",".join(line))


def _encoded(text):
    """UTF-8. Lone surrogates are data: JSON's escapes of them are Python's."""
    return text.encode("utf-8", "backslashreplace")


_CONTROLS = {code: "\\u%04x" % code for code in range(32)}
_CONTROLS.update({8: "\\b", 9: "\\t", 12: "\\f", 13: "\\r"})


def _quoted(text):
    """A JSON string as JSON.stringify writes it, but for lone surrogates, which _encoded escapes."""
    if len(text) > _TEXT_UNITS // 2:
        text = _cut(text)
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    # Quicker than translate, and enough for most texts.
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if not text.isprintable():
        if not text.isascii():
            text = _from_units(_to_units(text))  # two surrogates that make a character are that character
        text = text.translate(_CONTROLS)
    return f'"{text}"'


def _cut(text):
    """At most 1,024 UTF-16 units, and never half a pair."""
    if len(text) <= _TEXT_UNITS and text.isascii():
        return text
    text = text[:_TEXT_UNITS]
    units = _to_units(text)
    if len(units) <= 2 * _TEXT_UNITS:
        return text
    units = units[: 2 * _TEXT_UNITS]
    return _from_units(units[:-2] if 0xD8 <= units[-1] <= 0xDB else units)


# Not str.encode, which would import the codec.
def _to_units(text):
    return _codecs.utf_16_le_encode(text, "surrogatepass")[0]


def _from_units(units):
    return _codecs.utf_16_le_decode(units, "surrogatepass", True)[0]


def _attribute(key):
    """The beginning of a reference by an attribute's name."""
    if type(key) is not str:
        return _entry(key)
    if key.isidentifier() and len(key) < 256:
        return f'["property","{key}",'
    return f'["property",{_quoted(key)},'


def _entry(key):
    """The beginning of a reference by a dict's key."""
    if type(key) is str and len(key) < 256 and key.isprintable() and "'" not in key and '"' not in key and "\\" not in key:
        return f"""["property","'{key}'","""
    return f'["property",{_quoted(_key(key))},'


def _key(key):
    """The repr of a key that is made of built-in types alone; of others their type and address."""
    cls = type(key)
    if cls is tuple and len(key) <= 64:
        return "(%s%s)" % (", ".join(map(_key, key)), "," if len(key) == 1 else "")
    if cls is int:
        return _int(key)
    if cls is str or cls is bytes:
        return repr(key[:_TEXT_UNITS])
    if id(cls) in _ATOMS:
        return repr(key)
    return "<%s @%d>" % (_type_name(cls), id(key))


def _int(value):
    """Decimal, or hexadecimal where that would take long or be refused by sys.set_int_max_str_digits."""
    return int.__repr__(value) if int.bit_length(value) < 2000 else hex(int.__index__(value))


def _traceback():
    try:
        raise KeyError
    except KeyError as error:
        return error.__traceback__


def _cell(value):
    return (lambda: value).__closure__[0]


async def _coroutine():
    pass


async def _async_generator():
    yield


def _coroutine_type():
    coroutine = _coroutine()
    coroutine.close()
    return type(coroutine)


_Function = type(_cell)
_Code = type(_cell.__code__)
_Frame = type(sys._getframe())
_Traceback = type(_traceback())
_Cell = type(_cell(0))
_Module = type(sys)
_Getset = type(type.__dict__["__dict__"])
_Member = type(_Function.__dict__["__globals__"])
_CMethod = type(str.join)
_CFunction = type(len)
_Method = type(_cell.__get__(0))
_Generator = type(_ for _ in ())
_Coroutine = _coroutine_type()
_AsyncGenerator = type(_async_generator())

# Classes are asked by type's own descriptors: what a class or its metaclass says of itself is code of the program.
_flags = type.__dict__["__flags__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_module = type.__dict__["__module__"].__get__
_IS_HEAP_TYPE, _HAS_GC, _IS_OPTIMIZED = 1 << 9, 1 << 14, 1

_ATOMS = {id(cls) for cls in (str, bytes, int, float, complex, bool, type(None), type(...))}
_KINDS = {
    "string": (str, bytes, bytearray),
    "number": (int, float, complex),
    "array": (list, tuple, set, frozenset),
    "closure": (_Function, _CFunction, _Method),
    "code": (_Code,),
}
_KIND_OF = {id(cls): kind for kind, classes in _KINDS.items() for cls in classes}


def _mro(cls):
    return type.__dict__["__mro__"].__get__(cls) or (cls,)  # none has been made for a type that is not ready


def _namespace(cls):
    return type.__dict__["__dict__"].__get__(cls) or {}


def _type_name(cls):
    """module.qualname, without `builtins.`"""
    name, module = _qualname(cls), None
    try:
        module = _module(cls)
    except AttributeError:
        pass  # somebody deleted it
    return name if type(module) is not str or module == "builtins" else f"{module}.{name}"


def _shared_names():
    """The names that several living classes have."""
    names, shared, seen, rest = set(), set(), set(), [object]
    for cls in rest:
        if id(cls) not in seen:
            seen.add(id(cls))
            name = _type_name(cls)
            (shared if name in names else names).add(name)
            rest += type.__subclasses__(cls)
    return shared


def _sizer(mro):
    """sys.getsizeof, or where a class has a __sizeof__ in Python, which is code of the program, the one in C that it hides."""
    sizers = [_namespace(cls)["__sizeof__"] for cls in mro if "__sizeof__" in _namespace(cls)]
    if not sizers or type(sizers[0]) is _CMethod:
        return sys.getsizeof
    in_c = next(sizer for sizer in sizers if type(sizer) is _CMethod)
    header = 0
    if _flags(mro[0]) & _HAS_GC:
        header = sys.getsizeof(_NOTHING) - object.__sizeof__(_NOTHING)
    return lambda obj: in_c(obj) + header


def _text_name(obj):
    return f',"name":{_quoted(str.__str__(obj))}'


def _bytes_name(obj):
    return f',"name":{_quoted(repr(bytes.__getitem__(obj, _BEGINNING)))}'


def _bytearray_name(obj):
    return f',"name":{_quoted(repr(bytes(bytearray.__getitem__(obj, _BEGINNING))))}'


def _int_name(obj):
    return f',"name":"{_int(obj)[:_TEXT_UNITS]}"'


def _place(code, line):
    return f',"name":{_quoted(f"{code.co_filename}:{line} in {code.co_name}")}'


def _code_name(obj):
    return _place(obj, obj.co_firstlineno)


def _function_name(obj):
    return _code_name(obj.__code__)


def _frame_name(obj):
    return _place(obj.f_code, obj.f_lineno or obj.f_code.co_firstlineno)


def _traceback_name(obj):
    return _place(obj.tb_frame.f_code, obj.tb_lineno)


def _module_name(obj):
    name = (_module_dict(obj) or {}).get("__name__")
    return f',"name":{_quoted(name)}' if type(name) is str else ""


def _class_name(obj):
    return f',"name":{_quoted(_type_name(obj))}'


_BEGINNING = slice(_TEXT_UNITS)
_module_dict = _Module.__dict__["__dict__"].__get__

_NAME_OF_VALUE = {
    id(str): _text_name,
    id(bytes): _bytes_name,
    id(bytearray): _bytearray_name,
    id(bool): lambda obj: f',"name":"{bool.__repr__(obj)}"',
    id(int): _int_name,
    id(float): lambda obj: f',"name":"{float.__repr__(obj)}"',
    id(complex): lambda obj: f',"name":"{complex.__repr__(obj)}"',
}
_NAME_OF = {
    id(_Code): _code_name,
    id(_Function): _function_name,
    id(_Frame): _frame_name,
    id(_Traceback): _traceback_name,
    id(_Module): _module_name,
    id(type): _class_name,
}


class _Plans:
    """What to write of the objects of a type: made once for each type.

    A plan is (the fields before a name, how to ask for the name, for the size, for the references, the last fields). References are three
    things: how the text of each begins, what each leads to, and more fields.
    """

    def __init__(self, job):
        self.values = job.values
        self.named = job.names
        self.fork = job.fork
        self.by_id = {}
        self.shared = _shared_names()
        # dicts that are some object's attributes and have not been written yet: their field by their address
        self.owners = {}

    def make(self, cls):
        mro = _mro(cls)
        name = _type_name(cls)
        kind = next((_KIND_OF[id(base)] for base in mro if id(base) in _KIND_OF), "object")
        head = '"kind":"%s","type":%s' % (kind, _quoted(name))
        tail = ',"type_id":%d' % id(cls) if name in self.shared else ""
        plan = self.by_id[id(cls)] = (head, self._name_of(mro), _sizer(mro), self._refs_of(cls, mro), tail)
        return plan

    def _name_of(self, mro):
        for base in mro:
            if id(base) in _NAME_OF:
                return _NAME_OF[id(base)]
            if id(base) in _NAME_OF_VALUE:
                return _NAME_OF_VALUE[id(base)] if self.values else None
        return None

    def _refs_of(self, cls, mro):
        if cls is _Code:
            return _code_refs
        if not _flags(cls) & _HAS_GC:
            return None
        if not self.named:
            return _plain_dict_refs if cls is dict else _plain_refs
        if cls is dict:
            return _dict_refs(self.owners, _entry if self.values else None)
        if cls is _Frame:
            return _frame_refs(self.fork)
        if cls is _Traceback:
            return _traceback_refs()
        if any(base is type for base in mro):
            return _class_refs(self.owners, self._owner(cls), cls)
        return _EXACT.get(id(cls)) or self._object_refs(cls, mro)

    def _owner(self, cls):
        """The field that says whose attributes a dict is. It has no escapes, so that the line stays canonical."""
        text = _encoded(_quoted(_type_name(cls))[1:-1]).decode()
        return ',"owner":"%s"' % text.replace("\\", "?").replace('"', "?")

    def _object_refs(self, cls, mro):
        """Chooses how the attributes of a class's objects are found: slots, members, contents of a built-in base, a dict."""
        getters, contents, attributes_of = [], None, None
        for base in mro:
            names = _namespace(base)
            kind = "property" if _flags(base) & _IS_HEAP_TYPE else "internal"
            for name, member in names.items():
                if (type(member) is _Member and name not in _NO_REFS) or name in _GETSETS_OF.get(id(base), ()):
                    getters.append((f'["{kind}",{_quoted(name)},', member.__get__))
            if attributes_of is None and type(names.get("__dict__")) in (_Getset, _Member):
                attributes_of = names["__dict__"].__get__
            if contents is None:
                contents = _CONTENTS_OF.get(id(base))
        if contents is _dict_contents and not self.values:
            contents = _hidden_contents
        if id(cls) in _FRAME_OF and self.fork and sys.version_info >= (3, 11):
            contents = _suspended(_FRAME_OF[id(cls)])
        if attributes_of is not None and not self.fork and cls is not _Module:
            attributes_of = _Asked(cls, mro).attributes_of
        elif attributes_of is not None:
            ask = attributes_of
            attributes_of = lambda obj, targets: ask(obj)
        return _instance_refs(cls, getters, contents, attributes_of, self.owners, self._owner(cls))


_ELEMENTS = ['["element",%d,' % index for index in range(_SLICE_REFS)]
_HIDDEN = ['["hidden",%d,' % index for index in range(_SLICE_REFS)]
_ITEM = '["internal","item",'
_KEY = '["internal","key",'
_CLASS = '["internal","__class__",'
_DICT = '["internal","__dict__",'

# Getters in C that only hand out what is there. What members (PyMemberDef) lead to is found without a list.
_GETSETS_OF = {
    id(BaseException): ("args", "__traceback__", "__context__", "__cause__"),
    id(_Function): ("__code__", "__defaults__", "__kwdefaults__", "__name__", "__qualname__"),
    id(_CFunction): ("__self__",),
    id(_Generator): ("__name__", "__qualname__", "gi_code", "gi_yieldfrom"),
    id(_Coroutine): ("__name__", "__qualname__", "cr_code", "cr_await"),
    id(_AsyncGenerator): ("__name__", "__qualname__", "ag_code", "ag_await"),
}
_FRAME_OF = {
    id(_Generator): lambda obj: obj.gi_frame,
    id(_Coroutine): lambda obj: obj.cr_frame,
    id(_AsyncGenerator): lambda obj: obj.ag_frame,
}
# Members that are no references.
_NO_REFS = frozenset(("__dict__", "__suppress_context__", "gi_running", "cr_running", "ag_running"))


def _indexed(prefixes, count):
    """The beginnings of so many references. Few are ready; many are made as they are asked for, to need no memory."""
    return prefixes if count <= _SLICE_REFS else map(prefixes[0].replace("0", "%d").__mod__, range(count))


def _list_refs(obj):
    items = obj[:]
    return _indexed(_ELEMENTS, len(items)), items, ""


def _tuple_refs(obj):
    return _indexed(_ELEMENTS, len(obj)), obj, ""


def _set_refs(obj):
    items = list(obj)
    return [_ITEM] * len(items), items, ""


def _plain_refs(obj):
    """References without names."""
    targets = get_referents(obj)
    return _indexed(_HIDDEN, len(targets)), targets, ""


def _plain_dict_refs(obj):
    return ((), (), "") if obj is globals() else _plain_refs(obj)


def _traceback_refs():
    """References of tracebacks, and the part of the line that was running, which Python 3.11 and later mark with carets."""
    spans = {}

    def refs_of(obj):
        # The order of tb_traverse. The last one of a chain has no tb_next.
        targets = get_referents(obj)
        key = id(obj.tb_frame.f_code), obj.tb_lasti
        span = spans.get(key)
        if span is None:
            span = spans[key] = _span(obj.tb_frame.f_code, obj.tb_lasti)
        return _TRACEBACK[-len(targets) :], targets, span

    return refs_of


def _span(code, lasti):
    """`LINE:COLUMN:END LINE:END COLUMN` of an instruction, columns in bytes from 0; nothing where that is not known."""
    if sys.version_info < (3, 11):
        return ""
    at = 0
    for line, end_line, column, end_column in code.co_positions():
        if at == lasti:
            known = None not in (line, end_line, column, end_column)
            return f',"span":"{line}:{column}:{end_line}:{end_column}"' if known else ""
        at += 2
    return ""


def _cell_refs(obj):
    return _CELL, get_referents(obj), ""


_TRACEBACK = ['["internal","tb_next",', '["internal","tb_frame",']
_CELL = ['["internal","cell_contents",']

# Code is not the garbage collector's, but holds many of a program's strings. What is a getter and no member is made anew when it is asked.
_CODE_GETTERS = [
    (f'["internal","{name}",', member.__get__)
    for name, member in _Code.__dict__.items()
    if type(member) is _Member and type(member.__get__(_cell.__code__)) in (tuple, str, bytes)
]
_CODE = [prefix for prefix, _ in _CODE_GETTERS]


def _code_refs(obj):
    return _CODE, [get(obj) for _, get in _CODE_GETTERS], ""


def _dict_refs(owners, entry):
    """References of dicts. Their keys are references, too, though gc does not report texts; those of a small dict of attributes are the class's."""
    own = globals()

    def dict_refs(obj):
        owner = owners.pop(id(obj), None)
        if obj is own:
            return (), (), owner or ""
        keys, targets = list(obj), list(obj.values())
        while len(keys) != len(targets):  # another thread had its turn in between
            keys, targets = list(obj), list(obj.values())
        many = len(keys) > _SLICE_REFS // 2
        if owner is None:
            prefixes = _entries(keys, entry) if many else [*(map(entry, keys) if entry else _ELEMENTS[: len(keys)]), *[_KEY] * len(keys)]
            return prefixes, targets + keys, ""
        if len(keys) > _SHARED_KEYS:
            return _entries(keys, _attribute), targets + keys, owner
        return [_attribute(key) for key in keys], targets, owner

    return dict_refs


_SHARED_KEYS = 30  # SHARED_KEYS_MAX_SIZE of dictobject.c


def _entries(keys, entry):
    yield from _indexed(_ELEMENTS, len(keys)) if entry is None else map(entry, keys)
    for _ in keys:
        yield _KEY


def _class_refs(owners, owner, metaclass):
    """References of classes. Those that are written in C report none, but have a dict and bases as all others."""
    getters = [(f'["internal","{name}",', type.__dict__[name].__get__) for name in ("__mro__", "__bases__", "__base__")]

    def class_refs(obj):
        proposals = [(prefix, get(obj)) for prefix, get in getters]
        for attributes in get_referents(_namespace(obj)):  # the dict behind the proxy
            owners[id(attributes)] = owner
            proposals.append((_DICT, attributes))
        if not _flags(obj) & _IS_HEAP_TYPE:
            proposals = [(prefix, target) for prefix, target in proposals if target is not None]
            return [prefix for prefix, _ in proposals], [target for _, target in proposals], ""
        return _matched(get_referents(obj), [*proposals, (_CLASS, metaclass)])

    return class_refs


def _matched(targets, proposals):
    """Names what is referred to by who proposes the same object. What nobody proposes is hidden."""
    left = {}
    for target in targets:
        left[id(target)] = left.get(id(target), 0) + 1
    prefixes, named = [], []
    for prefix, target in proposals:
        if left.get(id(target)):
            left[id(target)] -= 1
            if prefix is not None:
                prefixes.append(prefix)
                named.append(target)
    for index, target in enumerate(targets):
        if left[id(target)]:
            left[id(target)] -= 1
            prefixes.append('["hidden",%d,' % index)
            named.append(target)
    return prefixes, named, ""


def _instance_refs(cls, getters, contents, attributes_of, owners, owner):
    """References of any other object. If it has what its class leads to expect, in the order in which CPython visits it, it is soon done."""
    slots = [prefix for prefix, _ in getters]
    gets = [get for _, get in getters]
    class_of = [cls] if sys.version_info >= (3, 9) and _flags(cls) & _IS_HEAP_TYPE else []
    last = [_CLASS] if class_of else []
    with_dict, without_dict = [*slots, _DICT, *last], [*slots, *last]
    leftovers = _LEFTOVERS.get(id(cls))
    is_sequence = contents in (_tuple_contents, _list_contents)

    def instance_refs(obj):
        targets = get_referents(obj)
        attributes = None
        if contents is None or is_sequence:
            try:
                expected = [get(obj) for get in gets]
            except (AttributeError, ValueError):
                return proposed(obj, targets, None)
            prefixes = without_dict
            if attributes_of is not None:
                attributes = attributes_of(obj, targets)
                if attributes is not None:
                    if len(targets) > len(gets) and targets[len(gets)] is attributes:
                        expected.append(attributes)
                        prefixes = with_dict
                        owners[id(attributes)] = owner
                    else:
                        expected += attributes.values()
                        prefixes = [*slots, *map(_attribute, attributes), *last]
            expected += class_of
            if is_sequence:
                items = list(contents(obj))
                expected += [item for _, item in items]
                prefixes = prefixes + [prefix for prefix, _ in items]
            if [*map(id, expected)] == [*map(id, targets)]:
                return prefixes, targets, ""
        return proposed(obj, targets, attributes)

    def proposed(obj, targets, attributes):
        return _matched(targets, proposals(obj, targets, attributes))

    def proposals(obj, targets, attributes):
        empty = []
        for prefix, get in getters:
            try:
                target = get(obj)
            except (AttributeError, ValueError):
                continue  # a slot without a value
            if target is None and prefix.startswith('["internal"'):
                empty.append((prefix, None))  # or nothing at all: others first
            else:
                yield prefix, target
        if contents is not None:
            yield from contents(obj)
        if attributes_of is not None:
            if attributes is None:
                attributes = attributes_of(obj, targets)
            if type(attributes) is dict:
                is_there = any(target is attributes for target in targets)
                if is_there:
                    owners[id(attributes)] = owner
                    yield _DICT, attributes
                # From 3.13 on an object that has a dict may still report its values itself. They are the dict's.
                for key, target in list(attributes.items()):
                    yield None if is_there else _attribute(key), target
        yield _CLASS, cls
        yield from empty
        if leftovers is not None:
            yield from leftovers(obj, targets)

    return instance_refs


def _function_leftovers(function, targets):
    for target in targets:
        if type(target) is dict or type(target) is tuple:
            yield '["internal","__annotations__",', target


def _generator_leftovers(generator, targets):
    for target in targets:
        if type(target) is _Function:
            yield '["internal","f_func",', target


def _dict_contents(obj):
    for key, value in list(dict.items(obj)):
        yield _entry(key), value
        yield _KEY, key


def _hidden_contents(obj):
    for index, (key, value) in enumerate(list(dict.items(obj))):
        yield '["element",%d,' % index, value
        yield _KEY, key


def _list_contents(obj):
    items = list.__getitem__(obj, slice(None))
    return zip(_indexed(_ELEMENTS, len(items)), items)


def _tuple_contents(obj):
    return zip(_indexed(_ELEMENTS, tuple.__len__(obj)), tuple.__iter__(obj))


def _set_contents(obj):
    return ((_ITEM, item) for item in list(set.__iter__(obj)))


def _frozenset_contents(obj):
    return ((_ITEM, item) for item in frozenset.__iter__(obj))


_CONTENTS_OF = {
    id(dict): _dict_contents,
    id(list): _list_contents,
    id(tuple): _tuple_contents,
    id(set): _set_contents,
    id(frozenset): _frozenset_contents,
}
_EXACT = {
    id(list): _list_refs,
    id(tuple): _tuple_refs,
    id(set): _set_refs,
    id(frozenset): _set_refs,
    id(_Cell): _cell_refs,
}
_LEFTOVERS = {
    id(_Function): _function_leftovers,
    **dict.fromkeys((id(_Generator), id(_Coroutine), id(_AsyncGenerator)), _generator_leftovers),
}


def _frame_refs(is_fork):
    """References of frames: the fixed ones in the order in which CPython visits them, then variables.

    Up to 3.12 f_locals leaves a dict in the frame that refers to all variables again: it is asked in a child alone, or where it is a view.
    Without it variables have their names if all of them have a value. A frame that runs reports nothing from 3.11 on.
    """
    asks_locals = is_fork or sys.version_info >= (3, 13)
    variables_of = {}

    def frame_refs(frame):
        targets = get_referents(frame)
        code = frame.f_code
        is_optimized = code.co_flags & _IS_OPTIMIZED
        names = variables_of.get(id(code))
        if names is None:
            names = variables_of[id(code)] = _variables(code)
        prefixes, is_running = _fixed_refs(frame, code, targets)
        if is_running:
            more = [("f_code", code), ("f_globals", frame.f_globals), ("f_builtins", frame.f_builtins)]
            if frame.f_back is not None and not any(target is frame.f_back for target in targets):
                more.append(("f_back", frame.f_back))
            if asks_locals and not is_optimized:
                more.append(("f_locals", frame.f_locals))
            prefixes += [f'["internal","{name}",' for name, _ in more]
            targets += [target for _, target in more]
            if asks_locals and is_optimized:
                values = frame.f_locals
                bound = [name for name in names if name in values]
                prefixes += [names[name] for name in bound]
                targets += [values[name] for name in bound]
            return prefixes, targets, ""
        fixed, rest = targets[: len(prefixes)], targets[len(prefixes) :]
        # A dict in front of the variables can be what f_locals has left.
        is_sure = sys.version_info >= (3, 11) or not rest or type(rest[0]) is not dict
        if len(rest) == len(names) and (is_sure or not asks_locals):
            return prefixes + [*names.values()], targets, ""
        if not asks_locals:
            return prefixes + _HIDDEN[len(fixed) : len(targets)], targets, ""
        values = frame.f_locals if is_optimized else {}
        if rest and rest[0] is values:
            prefixes.append('["internal","f_locals",')
            fixed.append(rest.pop(0))
        bound = [prefix for name, prefix in names.items() if name in values]
        if len(bound) == len(rest):
            prefixes += bound
            fixed += rest
        else:
            more, named, _ = _matched(rest, _variables_by_value(names, values, rest))
            prefixes += more
            fixed += named
        if sys.version_info < (3, 13) and is_optimized and not any(target is values for target in targets):
            values.clear()
        return prefixes, fixed, ""

    return frame_refs


def _fixed_refs(frame, code, targets):
    """How the first references of a frame begin, in the order of frame_traverse; and whether it runs and so does not report the rest."""
    is_old = sys.version_info < (3, 11)
    fixed = [("f_back", frame.f_back)]
    if is_old:
        fixed += [("f_code", code), ("f_builtins", frame.f_builtins), ("f_globals", frame.f_globals)]
        if not code.co_flags & _IS_OPTIMIZED:
            fixed.append(("f_locals", frame.f_locals))
    fixed.append(("f_trace", frame.f_trace))
    prefixes, at = [], 0
    for name, target in fixed:
        if target is not None and at < len(targets) and targets[at] is target:
            prefixes.append(f'["internal","{name}",')
            at += 1
    if is_old:
        return prefixes, False
    for names in (("f_func", "f_code"), ("f_locals", "f_func", "f_code")):
        end = at + len(names)
        if end <= len(targets) and targets[end - 1] is code and type(targets[end - 2]) is _Function:
            return prefixes + [f'["internal","{name}",' for name in names], False
    return prefixes, True


def _variables(code):
    """All variables of a function in the order of its frames, and how references to them begin."""
    if sys.version_info < (3, 11):
        names = code.co_varnames + code.co_cellvars + code.co_freevars
    else:
        names = []
        try:
            while True:
                names.append(code._varname_from_oparg(len(names)))
        except IndexError:
            pass
    return {name: f'["context",{_quoted(name)},' for name in names}


def _variables_by_value(names, values, targets):
    for name, prefix in names.items():
        if name in values:
            yield prefix, values[name]
    for target in targets:
        if type(target) is _Cell:
            content = get_referents(target)
            for name, prefix in names.items():
                if content and name in values and values[name] is content[0]:
                    yield prefix, target


def _suspended(frame_of):
    """What a generator that waits holds, from 3.11 on: it has no frame that could be asked without making one."""

    def contents(obj):
        frame = frame_of(obj)
        if frame is not None:
            values = frame.f_locals
            for name, prefix in _variables(frame.f_code).items():
                if name in values:
                    yield prefix, values[name]

    return contents


class _Asked:
    """Attributes by name, for a process that goes on: a dict of them must not be made where there is none.

    Names come from the code of the class's functions. They are asked only where no descriptor of the class would answer.
    """

    def __init__(self, cls, mro):
        self.mro = mro
        self.has_values = sys.version_info >= (3, 11) and _flags(cls) & _HAS_MANAGED_DICT
        self.names = [name for name in _names_in_code(mro) if self._is_plain(name)] if self.has_values else []

    def attributes_of(self, obj, targets):
        """The dict if there is one, else what is known of its values."""
        for target in targets:
            if type(target) is dict and self._is_dict_of(obj, target):
                return target
        wanted = set(map(id, targets))
        found, missing = {}, []
        for name in self.names:
            if len(found) + 1 == len(targets):
                break
            target = self._ask(obj, name)
            if id(target) in wanted:
                found[name] = target
            else:
                missing.append(name)
        if missing:
            # Those that objects have come first next time.
            self.names = [*found, *(name for name in self.names if name not in found)]
        return found

    def _is_dict_of(self, obj, attributes):
        names = [name for name in list(attributes)[:8] if type(name) is str and self._is_plain(name)]
        if names:
            return all(self._ask(obj, name) is attributes.get(name) for name in names)
        return not any(self._ask(obj, name) is attributes for name in self.names)

    def _is_plain(self, name):
        for base in self.mro:
            names = _namespace(base)
            if name in names:
                return not any("__get__" in _namespace(cls) for cls in _mro(type(names[name])))
        return True

    @staticmethod
    def _ask(obj, name):
        try:
            return object.__getattribute__(obj, name)
        except AttributeError:
            return _NOTHING


class _Nothing:
    """The answer where there is none."""


_NOTHING = _Nothing()
_HAS_MANAGED_DICT = 1 << 4


def _names_in_code(mro):
    names = {}
    for base in mro:
        for value in _namespace(base).values():
            if type(value) is _Function:
                names.update(dict.fromkeys(value.__code__.co_names))
    return names
