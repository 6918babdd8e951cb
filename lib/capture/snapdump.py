"""Writes the heap of the running CPython process as a node stream that snap-tools read; 3.8 to 3.14, standard library only.

    import snapdump
    snapdump.dump("app.nodes.gz")

What it costs: with fork (the default) the program stands still for the fork alone, and a child writes, which takes up to 1.5 times the program's
memory in copied pages. Without fork the program stands still for some 5 microseconds an object, and 40 bytes an object are needed.

No code of the program runs: types are asked by type(), contents by the built-in types' own methods, attributes by C descriptors.
"""

import _signal
import _thread
import gc
import os
import sys
import time

__all__ = ["above", "at_exit", "dump", "every", "every_seconds", "from_environment", "inject", "on_memory_error", "on_signal"]

_TEXT_UNITS = 1024  # of UTF-16, in names
_LINE_BYTES = 65536  # with its newline
_SLICE_REFS = 256  # references that are written down at a time
_BLOCK_CHARS = 256 * 1024  # of lines, before they are written out
_GRAIN = 4 if sys.maxsize > 2**32 else 3  # no two objects begin in the same 16 (8) bytes: none is smaller
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
    names    False: references have numbers for names, and what gc does not report is left out. It takes half the time.

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
        _thread.start_new_thread(_reap, (pid,))
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
    """Writes NAME-0001.nodes.gz, -0002, ... at such intervals. Costs a daemon thread that sleeps in between."""
    series = _Series(name, values)

    def watch():
        while True:
            time.sleep(seconds)
            series.dump()

    _thread.start_new_thread(watch, ())


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

    Costs a daemon thread that reads /proc/self/statm once a second (20 microseconds); where there is none, the peak from getrusage.
    """
    series = _Series(name, values)

    def watch():
        threshold = limit
        while True:
            resident = _resident_bytes()
            if resident > threshold:
                series.dump()
                threshold = resident * 5 // 4
            time.sleep(1)

    _thread.start_new_thread(watch, ())


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
    """Does what a JSON file asks for, from code that a debugger made the program run: "to" (a path), "values", "fork", "names", "report".

    Returns as soon as the child is there; without "fork" when all is written. Never raises, and leaves no module behind. What happens
    is told in lines of JSON that are added to the file "report": {"state":"started","pid_of_child":...,"objects":...}, then
    {"state":"done","nodes":...,"refs":...} or {"state":"failed","why":...}.
    """
    loaded = set(sys.modules)
    job = None
    try:
        import json

        with open(request, encoding="utf-8") as file:
            wanted = json.load(file)
        job = _Job(wanted["to"], wanted.get("values", True), wanted.get("names", True), wanted.get("fork", True))
        job.report = wanted.get("report")
        job.threads = _threads(is_injected=True)
        if job.fork:
            pid, pipe = _start_child(job)
            _thread.start_new_thread(_await_report, (job, pid, pipe))
        else:
            _write_here(job)
    except BaseException as error:
        if job is not None:
            job.tell_failure(error)
    finally:
        for name in set(sys.modules) - loaded:
            del sys.modules[name]


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
                _thread.start_new_thread(self._finish, (pid, pipe, path))
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


# ---------------------------------------------------------------- who writes


class _Job:
    """What is to be written, and where."""

    def __init__(self, target, values, names, fork):
        self.target = target if isinstance(target, int) else os.path.abspath(os.fsdecode(target))
        self.values = values
        self.names = names
        self.fork = fork
        self.pid = os.getpid()
        self.report = None
        self.threads = _threads()

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


def _threads(is_injected=False):
    """(ident, innermost frame that is not this module's, nor injected) of each thread. Asked before a fork: a child has no other threads."""
    threads = []
    for ident, frame in sys._current_frames().items():
        own = False
        while frame is not None and frame.f_globals is globals():
            frame, own = frame.f_back, True
        while is_injected and own and frame is not None and frame.f_code.co_filename == "<string>":
            frame = frame.f_back
        if frame is not None:
            threads.append((ident, frame))
    return threads


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
    gc.disable()
    gc.unfreeze()
    for number in range(1, _signal.NSIG):
        if callable(_signal.getsignal(number)):
            _signal.signal(number, _signal.SIG_DFL if number == _signal.SIGTERM else _signal.SIG_IGN)
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


# ---------------------------------------------------------------- files


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


# ---------------------------------------------------------------- the walk


class _Pages(dict):
    """Positions by address: a page of 4 KiB of addresses is one view of 4-byte numbers. 17 bytes an object, where a dict takes 106."""

    def __missing__(self, page):
        view = self[page] = memoryview(bytearray(4 << (12 - _GRAIN))).cast("I")
        return view


def _write(job, tracked, sink):
    """Walks the heap breadth first and writes it; returns how many nodes and references there are.

    The loop over objects is as long as it is because a call for each object or reference would double its time.
    `found` keeps alive what was seen, so that no address is used again, and is the queue at the same time.
    """
    mine = {id(own) for own in (job, job.__dict__, job.threads, *job.threads)}
    pages = _Pages()
    found = []
    append = found.append
    plans = _Plans(job)
    plan_of = plans.by_id.get
    make_plan = plans.make
    count_of = sys.getrefcount
    is_tracked = gc.is_tracked
    grain, mask = _GRAIN, (1 << (12 - _GRAIN)) - 1

    def number(target):
        address = id(target)
        page = pages[address >> 12]
        slot = address >> grain & mask
        if not page[slot]:
            append(target)
            page[slot] = len(found)
        return page[slot]

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

    while n < len(found):
        rest = iter(found)
        rest.__setstate__(n)
        for obj in rest:
            n += 1
            head, name_of, size_of, refs_of, tail = plan_of(id(type(obj))) or make_plan(type(obj))
            try:
                size = size_of(obj)
            except Exception:
                size = object.__sizeof__(obj)
            count = count_of(obj) - own_count
            counted = "" if count > _IMMORTAL else f',"refcount":{count - is_tracked(obj)}'
            name = "" if name_of is None else name_of(obj)
            if refs_of is None:
                line = f'{{"n":{n},"id":{id(obj)},{head}{name},"size":{size}{counted}{tail},"refs":[]}}\n'
            else:
                prefixes, targets, fields = refs_of(obj)
                refs += len(targets)
                line = f'{{"n":{n},"id":{id(obj)},{head}{name},"size":{size}{fields}{counted}{tail},'
                if len(targets) <= _SLICE_REFS:
                    texts = []
                    for prefix, target in zip(prefixes, targets):
                        address = id(target)
                        page = pages[address >> 12]
                        slot = address >> grain & mask
                        position = page[slot]
                        if not position:
                            append(target)
                            position = page[slot] = len(found)
                        texts.append(f"{prefix}{position}]")
                    head = line
                    line = f'{head}"refs":[{",".join(texts)}]}}\n'
                    if len(line) > _LINE_BYTES // 6 and len(_encoded(line)) > _LINE_BYTES:
                        line = "".join(_split(n, head, texts, len(texts)))
                else:
                    texts = (f"{prefix}{number(target)}]" for prefix, target in zip(prefixes, targets))
                    for line in _split(n, line, texts, len(targets)):
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
        if tracked:
            # All that is reached is written. What nobody reaches is next, and what it reaches.
            _add_own(mine, lambda obj: pages[id(obj) >> 12][id(obj) >> grain & mask])
            for obj in tracked:
                if id(obj) not in mine:
                    number(obj)
            obj = None
            tracked = ()

    lines.append('{"snap":"end","nodes":%d,"refs":%d}\n' % (n + 1, refs))
    sink.write(lines)
    sink.finish()
    return n + 1, refs


def _start_mark(job):
    return '{"snap":"start","schema":1,"format":"python","python":"%s","pid":%d,"time":"%s","values":%s,"names":%s}\n' % (
        sys.version.split()[0],
        job.pid,
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "true" if job.values else "false",
        "true" if job.names else "false",
    )


def _own_count(count_of):
    """How many references to an object the loop over `found` holds itself."""
    found = [object()]
    rest = iter(found)
    for obj in rest:
        return count_of(obj)


def _add_own(mine, is_numbered):
    """Adds what only this module holds: its functions, classes and texts."""
    rest = list(globals().values())
    for obj in rest:
        if id(obj) not in mine and not is_numbered(obj):
            mine.add(id(obj))
            rest.extend(get_referents(obj))


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


# ---------------------------------------------------------------- texts


def _encoded(text):
    """UTF-8. Lone surrogates are data: JSON's escapes of them are Python's."""
    return text.encode("utf-8", "backslashreplace")


_ESCAPES = {code: "\\u%04x" % code for code in range(32)}
_ESCAPES.update({8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"})


def _quoted(text):
    """A JSON string as JSON.stringify writes it, but for lone surrogates, which _encoded escapes."""
    if len(text) > _TEXT_UNITS // 2:
        text = _cut(text)
    if text.isprintable():
        if '"' not in text and "\\" not in text:
            return f'"{text}"'
    elif not text.isascii():
        # Two surrogates that make a character are that character.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return f'"{text.translate(_ESCAPES)}"'


def _cut(text):
    """At most 1,024 UTF-16 units, and never half a pair."""
    if len(text) <= _TEXT_UNITS and text.isascii():
        return text
    text = text[:_TEXT_UNITS]
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * _TEXT_UNITS:
        return text
    units = units[: 2 * _TEXT_UNITS]
    if 0xD8 <= units[-1] <= 0xDB:
        units = units[:-2]
    return units.decode("utf-16-le", "surrogatepass")


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


# ---------------------------------------------------------------- types


def _traceback():
    try:
        raise KeyError
    except KeyError as error:
        return error.__traceback__


def _cell(value):
    return (lambda: value).__closure__[0]


_Function = type(_cell)
_Code = type(_cell.__code__)
_Frame = type(sys._getframe())
_Traceback = type(_traceback())
_Cell = type(_cell(0))
_Module = type(sys)
_Getset = type(type.__dict__["__dict__"])
_Member = type(type.__dict__["__mro__"])
_CMethod = type(str.join)
_Generators = (type(i for i in ()),)

# Of classes these are asked: what a class or its metaclass says of itself is code of the program.
_flags = type.__dict__["__flags__"].__get__
_mro = type.__dict__["__mro__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_module = type.__dict__["__module__"].__get__
_namespace = type.__dict__["__dict__"].__get__
_IS_HEAP_TYPE, _HAS_GC = 1 << 9, 1 << 14

_KINDS = {
    "string": (str, bytes, bytearray),
    "number": (int, float, complex),
    "array": (list, tuple, set, frozenset),
    "closure": (_Function, type(len), type(_Sink(0, False).write)),
    "code": (_Code,),
}
_KIND_OF = {id(cls): kind for kind, classes in _KINDS.items() for cls in classes}
_ATOMS = {id(cls) for cls in (str, bytes, int, float, complex, bool, type(None), type(...))}


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
    """sys.getsizeof, or where a class has a __sizeof__ of its own in Python the C one that it hides: it is the program's code."""
    sizers = [_namespace(cls)["__sizeof__"] for cls in mro if "__sizeof__" in _namespace(cls)]
    if type(sizers[0]) is _CMethod:
        return sys.getsizeof
    in_c = next(sizer for sizer in sizers if type(sizer) is _CMethod)
    header = 0
    if _flags(mro[0]) & _HAS_GC:
        probe = type("probe", (), {})()
        header = sys.getsizeof(probe) - object.__sizeof__(probe)
    return lambda obj: in_c(obj) + header


# ---------------------------------------------------------------- names


def _text_name(obj):
    return f',"name":{_quoted(str.__str__(obj))}'


def _bytes_name(obj):
    return f',"name":{_quoted(repr(bytes(memoryview(obj)[:_TEXT_UNITS])))}'


def _int_name(obj):
    return f',"name":"{_int(obj)[:_TEXT_UNITS]}"'


def _place(code, line):
    return f',"name":{_quoted(f"{code.co_filename}:{line} in {code.co_name}")}'


def _code_name(obj):
    return _place(obj, obj.co_firstlineno)


def _function_name(obj):
    return _code_name(obj.__code__)


def _frame_name(obj):
    return _place(obj.f_code, obj.f_lineno)


def _traceback_name(obj):
    return _place(obj.tb_frame.f_code, obj.tb_lineno)


def _module_name(obj):
    name = _module_dict(obj).get("__name__")
    return f',"name":{_quoted(name)}' if type(name) is str else ""


def _class_name(obj):
    return f',"name":{_quoted(_type_name(obj))}'


_module_dict = _Module.__dict__["__dict__"].__get__

_VALUES = {
    str: _text_name,
    bytes: _bytes_name,
    bytearray: _bytes_name,
    bool: lambda obj: ',"name":"%s"' % bool.__repr__(obj),
    int: _int_name,
    float: lambda obj: ',"name":"%s"' % float.__repr__(obj),
    complex: lambda obj: ',"name":"%s"' % complex.__repr__(obj),
}
_NAMES = {
    _Code: _code_name,
    _Function: _function_name,
    _Frame: _frame_name,
    _Traceback: _traceback_name,
    _Module: _module_name,
    type: _class_name,
}
_VALUE_NAME = {id(cls): name_of for cls, name_of in _VALUES.items()}
_OTHER_NAME = {id(cls): name_of for cls, name_of in _NAMES.items()}

# ---------------------------------------------------------------- references

_ELEMENTS = ['["element",%d,' % index for index in range(_SLICE_REFS)]
_HIDDEN = ['["hidden",%d,' % index for index in range(_SLICE_REFS)]
_KEY = '["internal","key",'
_CLASS = '["internal","__class__",'
_DICT = '["internal","__dict__",'

# What C types keep behind getters that run no other code and make nothing new. Their members are found by themselves.
_GETTERS = {
    BaseException: ("args", "__traceback__", "__context__", "__cause__"),
    _Function: ("__code__", "__defaults__", "__kwdefaults__", "__name__", "__qualname__"),
    _Cell: ("cell_contents",),
    _Traceback: ("tb_next",),
    _Frame: ("f_back", "f_code", "f_globals", "f_builtins", "f_trace"),
    type(len): ("__self__",),
    type: ("__bases__",),
    type(i for i in ()): ("__name__", "__qualname__"),
}
# Members that are no references: their values are made when they are asked for.
_FLAGS = frozenset(("__dict__", "__suppress_context__", "f_trace_lines", "f_trace_opcodes"))
_GETTERS_OF = {id(cls): names for cls, names in _GETTERS.items()}
_CODE_MEMBERS = (
    "co_consts co_names co_varnames co_freevars co_cellvars co_filename co_name co_qualname co_code co_lnotab co_linetable co_exceptiontable"
).split()


def _indexed(prefixes, kind, count):
    return prefixes if count <= _SLICE_REFS else map(f'["{kind}",%d,'.__mod__, range(count))


def _list_refs(obj):
    items = obj[:]
    return _indexed(_ELEMENTS, "element", len(items)), items, ""


def _tuple_refs(obj):
    return _indexed(_ELEMENTS, "element", len(obj)), obj, ""


def _set_refs(obj):
    items = list(obj)
    return ['["internal","item",'] * len(items), items, ""


def _plain_refs(obj):
    """References without names."""
    targets = get_referents(obj)
    return _indexed(_HIDDEN, "hidden", len(targets)), targets, ""


def _member(name, is_slot):
    return '["%s",%s,' % ("property" if is_slot else "internal", _quoted(name))


def _frame_leftovers(frame, targets):
    """The function itself, from 3.11 on, and cells, which f_locals looks through."""
    code = frame.f_code
    names = code.co_cellvars + code.co_freevars
    values = frame.f_locals if names else {}
    for target in targets:
        if type(target) is _Function and target.__code__ is code:
            yield '["internal","f_func",', target
        elif type(target) is _Cell:
            for name in names:
                if name in values and _content(target) is values[name]:
                    yield '["context",%s,' % _quoted(name), target


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return cell  # empty: holds nothing


def _function_leftovers(function, targets):
    for target in targets:
        if type(target) is dict or type(target) is tuple:
            yield '["internal","__annotations__",', target


_LEFTOVERS = {id(_Frame): _frame_leftovers, id(_Function): _function_leftovers}


class _Plans:
    """What to write of the objects of a type: made once for each type.

    A plan is (the fields before a name, how to ask for the name, for the size, for the references, the last fields). References come as
    (how each begins, what it leads to, more fields).
    """

    def __init__(self, job):
        self.values = job.values
        self.named = job.names
        self.fork = job.fork
        self.by_id = {}
        self.shared = _shared_names()
        # dicts that are some object's attributes and have not been written yet: address to the text of the field
        self.owners = {}

    def make(self, cls):
        mro = _mro(cls)
        name = _type_name(cls)
        kind = next((_KIND_OF[id(base)] for base in mro if id(base) in _KIND_OF), "object")
        tail = ',"type_id":%d' % id(cls) if name in self.shared else ""
        head = '"kind":"%s","type":%s' % (kind, _quoted(name))
        plan = self.by_id[id(cls)] = (head, self._name_of(mro), _sizer(mro), self._refs_of(cls, mro), tail)
        return plan

    def _name_of(self, mro):
        for base in mro:
            if id(base) in _OTHER_NAME:
                return _OTHER_NAME[id(base)]
            if id(base) in _VALUE_NAME:
                return _VALUE_NAME[id(base)] if self.values else None
        return None

    def _refs_of(self, cls, mro):
        if cls is _Code:
            return self._code_refs()
        if not _flags(cls) & _HAS_GC:
            return None
        if not self.named:
            return _plain_refs
        if cls is dict:
            return self._dict_refs()
        if cls is list:
            return _list_refs
        if cls is tuple:
            return _tuple_refs
        if cls is set or cls is frozenset:
            return _set_refs
        return self._object_refs(cls, mro)

    def _code_refs(self):
        members = _namespace(_Code)
        getters = [(_member(name, False), members[name].__get__) for name in _CODE_MEMBERS if type(members.get(name)) is _Member]
        prefixes = [prefix for prefix, _ in getters]
        gets = [get for _, get in getters]
        return lambda obj: (prefixes, [get(obj) for get in gets], "")

    def _dict_refs(self):
        owners = self.owners
        own = globals()
        entry = _entry if self.values else None

        def dict_refs(obj):
            owner = owners.pop(id(obj), None)
            if obj is own:
                return (), (), owner or ""
            keys, targets = list(obj), list(obj.values())
            if owner is not None:
                if len(keys) > _SLICE_REFS:
                    return map(_attribute, keys), targets, owner
                return [_attribute(key) for key in keys], targets, owner
            return _entries(keys, entry), targets + keys, ""

        return dict_refs

    def _owner(self, cls):
        """The field that says whose attributes a dict is. It is written without escapes, so that the line stays canonical."""
        text = _quoted(_type_name(cls))[1:-1]
        return ',"owner":"%s"' % _encoded(text).decode().replace("\\", "?").replace('"', "?")

    def _object_refs(self, cls, mro):
        """References of any object: what gc reports, by the names that lead to the same."""
        getters = []
        contents = attributes_of = None
        is_class = type in mro
        for base in mro:
            names = _namespace(base)
            is_heap = _flags(base) & _IS_HEAP_TYPE
            if not is_class:
                for name, member in names.items():
                    if type(member) is _Member and name not in _FLAGS:
                        getters.append((_member(name, is_heap), member.__get__))
            for name in _GETTERS_OF.get(id(base), ()):
                getters.append((_member(name, False), names[name].__get__))
            if attributes_of is None and not is_class and type(names.get("__dict__")) in (_Getset, _Member):
                attributes_of = names["__dict__"].__get__
            if contents is None:
                contents = _CONTENTS_OF.get(id(base))
        if is_class:
            getters += [(_member(name, False), type.__dict__[name].__get__) for name in ("__mro__", "__base__")]
            attributes_of = _class_dict
        if cls is _Frame:
            contents = self._locals
        elif cls in _GENERATORS:
            contents = self._suspended
        leftovers = _LEFTOVERS.get(id(cls))
        owners, owner = self.owners, self._owner(cls)

        def object_refs(obj):
            targets = get_referents(obj)
            left = {}
            for target in targets:
                left[id(target)] = left.get(id(target), 0) + 1
            prefixes, named = [], []

            def take(prefix, target):
                address = id(target)
                if left.get(address):
                    left[address] -= 1
                    prefixes.append(prefix)
                    named.append(target)
                    return True
                return False

            for prefix, get in getters:
                try:
                    take(prefix, get(obj))
                except (AttributeError, ValueError):
                    pass  # a slot or a cell that is empty
            if contents is not None:
                for prefix, target in contents(obj):
                    take(prefix, target)
            if attributes_of is not None and len(named) < len(targets):
                attributes = attributes_of(obj)
                if type(attributes) is dict:
                    if take(_DICT, attributes):
                        owners[id(attributes)] = owner
                    for key, target in attributes.items():
                        take(_attribute(key), target)
            take(_CLASS, cls)
            if leftovers is not None and len(named) < len(targets):
                for prefix, target in leftovers(obj, targets):
                    take(prefix, target)
            if len(named) < len(targets):
                for index, target in enumerate(targets):
                    take('["hidden",%d,' % index, target)
            return prefixes, named, ""

        return object_refs

    def _locals(self, frame):
        return _local_entries(frame)

    def _suspended(self, generator):
        frame = _frame_of(generator)
        return () if frame is None else _local_entries(frame)


def _local_entries(frame):
    names = frame.f_locals
    for name in names:
        yield '["context",%s,' % _quoted(name), names[name]


def _frame_of(generator):
    return generator.gi_frame


_GENERATORS = (type(i for i in ()),)


def _class_dict(cls):
    """The dict of a class, not the proxy before it."""
    return get_referents(_namespace(cls))[0]


def _entries(keys, entry):
    count = len(keys)
    if count > _SLICE_REFS // 2:
        return _many_entries(keys, entry)
    return (_ELEMENTS[:count] if entry is None else [entry(key) for key in keys]) + [_KEY] * count


def _many_entries(keys, entry):
    yield from _indexed(_ELEMENTS, "element", len(keys)) if entry is None else map(entry, keys)
    for _ in keys:
        yield _KEY


def _dict_contents(obj):
    for key, value in dict.items(obj):
        yield _entry(key), value
        yield _KEY, key


def _sequence_contents(iterate):
    return lambda obj: zip(map('["element",%d,'.__mod__, range(2**40)), iterate(obj))


_CONTENTS = {
    dict: _dict_contents,
    list: _sequence_contents(list.__iter__),
    tuple: _sequence_contents(tuple.__iter__),
    set: lambda obj: (('["internal","item",', item) for item in set.__iter__(obj)),
    frozenset: lambda obj: (('["internal","item",', item) for item in frozenset.__iter__(obj)),
}
_CONTENTS_OF = {id(cls): contents for cls, contents in _CONTENTS.items()}
