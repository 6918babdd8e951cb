"""Makes objects of every kind, asks snapdump for a snapshot of them, and says where they are.

usage: zoo.py SNAPDUMP FILE OPTIONS    (OPTIONS: dump()'s as JSON; the answer is JSON on standard output)
"""
import asyncio
import collections
import functools
import gc
import importlib.util
import json
import mmap
import os
import sys
import threading
import types
import weakref

script, target, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
spec = importlib.util.spec_from_file_location("snapdump", script)
snapdump = importlib.util.module_from_spec(spec)
spec.loader.exec_module(snapdump)


class Ran(list):
    """Code of the program that a dump must not run. A child's, too: it shares the byte."""

    shared = mmap.mmap(-1, 1)

    def append(self, what):
        self.shared[0] = 1
        list.append(self, what)


ran = Ran()


class Plain:
    """Attributes in its dict, or without one from 3.11 on."""

    def __init__(self):
        self.child = ["plain"]
        self.mapping = {}


class Slotted:
    __slots__ = ("first", "empty", "__weakref__")

    def __init__(self):
        self.first = ["slotted"]


class Both(Slotted):
    def __init__(self):
        super().__init__()
        self.more = ["both"]


class Liar:
    def __init__(self):
        self.truth = ["liar"]

    @property
    def __class__(self):
        ran.append("__class__")
        return int

    def __getattr__(self, name):
        print("__getattr__ was asked")
        ran.append("__getattr__")
        raise AttributeError(name)

    def __getattribute__(self, name):
        ran.append("__getattribute__ " + name)
        return object.__getattribute__(self, name)

    def __eq__(self, other):
        ran.append("__eq__")
        raise RuntimeError

    def __hash__(self):
        if len(ran) > 0 or armed:
            ran.append("__hash__")
            raise RuntimeError
        return 1

    def __repr__(self):
        ran.append("__repr__")
        raise RuntimeError

    def __bool__(self):
        ran.append("__bool__")
        raise RuntimeError

    def __len__(self):
        ran.append("__len__")
        raise RuntimeError

    def __iter__(self):
        ran.append("__iter__")
        raise RuntimeError

    def __del__(self):
        ran.append("__del__")


class Sized:
    def __sizeof__(self):
        ran.append("__sizeof__")
        raise RuntimeError


class Meta(type):
    def __getattribute__(cls, name):
        if armed:
            ran.append("metaclass " + name)
        return type.__getattribute__(cls, name)

    def __hash__(cls):
        if armed:
            ran.append("metaclass hash")
        return 7

    def __eq__(cls, other):
        if armed:
            ran.append("metaclass eq")
        return cls is other


class OfMeta(metaclass=Meta):
    pass


class LoudList(list):
    def __iter__(self):
        ran.append("list.__iter__")
        return list.__iter__(self)

    def __len__(self):
        ran.append("list.__len__")
        return 0


class LoudDict(dict):
    def __iter__(self):
        ran.append("dict.__iter__")
        return dict.__iter__(self)

    def keys(self):
        ran.append("dict.keys")
        return dict.keys(self)

    def items(self):
        ran.append("dict.items")
        return dict.items(self)


class LoudString(str):
    def __str__(self):
        ran.append("str.__str__")
        return "loud"


class LoudInt(int):
    def __repr__(self):
        ran.append("int.__repr__")
        return "loud"


def twin(value):
    class Twin:
        pass

    made = Twin()
    made.value = value
    return made


def fails(argument, unbound=None):
    variable = ["a variable of a frame"]
    if argument is None:
        never = variable
    raise ValueError("failed", variable)


def caught():
    try:
        fails(1)
    except ValueError as error:
        return error


def cause():
    try:
        try:
            fails(2)
        except ValueError as error:
            raise KeyError("because") from error
    except KeyError as error:
        return error


def generates(argument):
    local = ["a variable of a generator"]
    for item in [argument]:
        yield local


async def waits(argument):
    awaited = ["a variable of a coroutine"]
    await Never()
    return awaited


class Never:
    def __await__(self):
        yield


def encloses():
    enclosed = ["closed over"]

    def inner():
        return enclosed

    return inner


def deep(length):
    chain = None
    for _ in range(length):
        chain = (chain,)
    return chain


armed = False
generator = generates(["given"])
next(generator)
coroutine = waits(["given"])
coroutine.send(None)
error = caught()
plain = Plain()
frozen = ["frozen"]
module = types.ModuleType("zoo_module", "a module that is nowhere")
module.attribute = ["of a module"]
bare_module = types.ModuleType("bare")
bare_module.__dict__.clear()
liar_key = Liar()
point = collections.namedtuple("Point", "x y")(["x"], ["y"])

objects = {
    "plain": plain,
    "child": plain.child,
    "slotted": Slotted(),
    "both": Both(),
    "liar": Liar(),
    "sized": Sized(),
    "class": Plain,
    "meta": Meta,
    "ofMeta": OfMeta(),
    "classOfMeta": OfMeta,
    "loudList": LoudList(["item"]),
    "loudDict": LoudDict(key=["value"]),
    "loudString": LoudString("said softly"),
    "loudInt": LoudInt(12),
    "twin": twin(1),
    "otherTwin": twin(2),
    "error": error,
    "traceback": error.__traceback__,
    "frame": error.__traceback__.tb_next.tb_frame,
    "cause": cause(),
    "generator": generator,
    "coroutine": coroutine,
    "closure": encloses(),
    "method": [].append,
    "bound": plain.__init__,
    "partial": functools.partial(encloses, ["argument"]),
    "module": module,
    "bareModule": bare_module,
    "list": [["a"], ["b"], ["a"]],
    "tuple": (["in a tuple"], None),
    "set": {("in a set",)},
    "frozenset": frozenset({"in a frozenset"}),
    "point": point,
    "keys": {
        "text": 1,
        "it's": 2,
        'both \' and "': 3,
        7: 4,
        None: 5,
        ("a", 1.5, (b"x",)): 6,
        liar_key: 7,
        "line\nbreak": 8,
        "x" * 3000: 9,
    },
    "huge": list(range(1000, 21000)),
    "hugeDict": {"key %d" % i: i for i in range(3000)},
    "hugeSet": set(range(5000)),
    "lone": ["\ud800", "a\udfff\n", "\ud83d\ude00", "\U0001f600" * 700, "nul \x00 \x1f \x7f \u2028"],
    "text": ["plain \"quoted\" back\\slash\ttab\r\b\f", "é" * 2000, ""],
    "numbers": [1.5, float("nan"), float("-inf"), 10**5000, -(10**300), 1 + 2j, True, b"\x00bytes\xff", bytearray(b"array")],
    "cell": encloses().__closure__[0],
    "defaultdict": collections.defaultdict(list, {"k": ["v"]}),
    "ordered": collections.OrderedDict(one=["1"]),
    "deque": collections.deque([["d"]]),
    "counter": collections.Counter("aab"),
    "weakref": weakref.ref(plain),
    "weakkeys": weakref.WeakKeyDictionary({plain: ["weakly"]}),
    "proxy": types.MappingProxyType({"behind": ["a proxy"]}),
    "property": property(encloses),
    "staticmethod": staticmethod(encloses),
    "namespace": types.SimpleNamespace(inside=["a namespace"]),
    "frozenObject": frozen,
    "selfish": None,
    "deep": deep(options.pop("deep", 10)),
    "secret": ["a secret text", 271828182845, {"a secret key": 1}],
}
selfish = []
selfish.append(selfish)
objects["selfish"] = selfish
setattr(plain, "__odd name", 1) if options.pop("odd", False) else None

started, stop = threading.Event(), threading.Event()


def in_thread(argument):
    held = ["held by a thread"]
    started.set()
    stop.wait()
    return held, argument


thread = threading.Thread(target=in_thread, args=(["given to a thread"],), daemon=True)
thread.start()
started.wait()

if options.pop("freeze", False):
    gc.freeze()
check = options.pop("check", False)


def heap():
    """Everything that is tracked: what it is, how it is counted, what it refers to, how large it is."""
    known = {}
    for one in gc.get_objects():
        if one is not known and type(one) is not types.FrameType:
            known[id(one)] = (id(type(one)), sys.getrefcount(one), tuple(map(id, gc.get_referents(one))), object.__sizeof__(one))
    return known


def changes(before, after):
    """What a dump has changed, in words; of the dicts that hold this nothing."""
    own = (id(before), id(after), id(globals()))
    return [
        "%s: %s, %s" % (names.get(one, one), before[one], after.get(one))
        for one in before
        if one not in own and before[one] != after.get(one)
    ]


names = {id(type(one)): type(one).__name__ for one in gc.get_objects()}


settings = (gc.isenabled(), sys.getswitchinterval(), sys.gettrace())
if isinstance(target, str) and target.startswith("fd:"):
    target = int(target[3:])
armed = True
changed = None
if check:
    snapdump.dump(os.devnull, **options)
    gc.collect()
    gc.disable()
    heap()
    before = heap()
    nodes = snapdump.dump(os.devnull, **options)
    after = heap()
    changed = changes(before, after)
    del before, after
    gc.enable()
nodes = snapdump.dump(target, **options)
armed = False
any_ran = Ran.shared[0]
stop.set()
answer = {
    "python": sys.version.split()[0],
    "nodes": nodes,
    "ran": ran or (["something in the child"] if any_ran else []),
    "changed": changed,
    "settings": settings == (gc.isenabled(), sys.getswitchinterval(), sys.gettrace()),
    "modules": sorted(sys.modules),
    "thread": thread.ident,
    "objects": {name: id(one) for name, one in objects.items()},
    "sizes": {name: sys.getsizeof(one) for name, one in objects.items() if name != "sized"},
    "counts": {name: sys.getrefcount(one) for name, one in objects.items()},
}
print(json.dumps(answer))
sys.stdout.flush()
os._exit(0)
