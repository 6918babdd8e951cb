"""Comes first on PYTHONPATH in a program that snap-take runs: switches on what SNAPDUMP asks for, then makes way for the user's own sitecustomize."""


def _switch_on():
    import importlib.util
    import json
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    try:
        wishes = json.loads(os.environ["SNAPDUMP"])
        # Only the child of snap-take itself counts 0001, 0002; what that starts in turn has its process id in the name, too.
        if wishes.pop("parent", None) != os.getppid():
            wishes["name"] = "%s-%d" % (wishes["name"], os.getpid())
        spec = importlib.util.spec_from_file_location("snapdump", os.path.join(os.path.dirname(here), "snapdump.py"))
        snapdump = sys.modules["snapdump"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(snapdump)
        before = os.environ["SNAPDUMP"]
        os.environ["SNAPDUMP"] = json.dumps(wishes)
        try:
            snapdump.from_environment()
        finally:
            os.environ["SNAPDUMP"] = before
    except Exception as error:
        sys.stderr.write("snap-take: no snapshots of this program: %r\n" % (error,))
    # The next sitecustomize on the path is the one that would have been; the import that is under way wants to find one at its end.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]
    ours = sys.modules.pop("sitecustomize")
    try:
        import sitecustomize
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
        sys.modules["sitecustomize"] = ours


_switch_on()
