/** snap-take: a running process in, a snapshot of its heap out; or a program run with capture switched on. */
import { defineCommand } from '../cli/command.ts';
import { count, flag, type Option, size, text } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';

/** With it no operand is needed, and standard input is not read. */
const instead = <T>(option: Option<T>): Option<T> => ({ ...option, alone: true });

export const take = defineCommand({
  name: 'snap-take',
  summary: 'take a heap snapshot of a running process',
  description: `Takes a snapshot of a Node or a Python by its process id, or of whatever has a DevTools inspector (Node, Chrome, Deno), and leaves the process as it was.
Or runs a program that writes snapshots of itself: on a signal, every so often, past a size, at its end.

What it costs the process is said before. A Node opens its inspector on SIGUSR1 and says so on its standard error; it is closed again. A Python is asked by
sys.remote_exec (3.14) or by lldb to run snapdump.py at its next safe point; a forked child writes the snapshot while the process goes on.

A snapshot holds all that the process has in memory: passwords and its users' data, too.`,
  operands: {
    names: 'COMMAND',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'a program and its arguments, after --: runs it and passes on its exit status',
  },
  options: {
    output: text({
      short: 'o',
      value: 'FILE',
      help: 'write to FILE, which appears when it is whole (.gz: compressed); else to standard output. With COMMAND the files are FILE-0001, FILE-0002 and so on (default: heap)',
    }),
    pid: instead(
      count({ short: 'p', value: 'PID', help: 'the process to take a snapshot of: Node or Python, it sees which' }),
    ),
    inspect: instead(
      text({ value: 'HOST:PORT', help: 'where an inspector listens, or the ws:// address that Node prints' }),
    ),
    target: text({
      value: 'TEXT',
      help: 'which page or worker of --inspect: its id, or a piece of its address or title',
    }),
    'allow-remote': flag('let --inspect name another machine (the connection has no password and no encryption)'),
    'on-signal': flag('COMMAND: a snapshot for each SIGUSR2, to it or to snap-take'),
    every: count({ value: 'SECONDS', help: 'COMMAND: a snapshot every so many seconds' }),
    above: size({
      value: 'SIZE',
      help: 'COMMAND: a snapshot when its memory passes SIZE, as 500M, and again whenever it has grown by a quarter (Node: heap and buffers; Python: what is resident)',
    }),
    'at-exit': flag('COMMAND: a snapshot when it ends (by itself: not if a signal ends it)'),
    'no-values': flag('Python: leave out the texts of strings, numbers and bytes'),
    'no-fork': flag('Python: write in the process itself, which stands still meanwhile: no copy of its memory'),
    collect: flag('Python: collect garbage first (V8 always does)'),
    timeout: count({ value: 'SECONDS', help: 'how long to wait for the process to answer (default: 30)' }),
    anyway: flag('even if there may not be enough memory for it'),
    'python-script': flag('print where snapdump.py lies, to be imported by a program', { alone: true }),
  },
  examples: [
    { say: 'of process 4711, and what is in it', run: 'snap-take --pid 4711 -o app.snap && snap-group app.snap' },
    { say: 'of the program in a container', run: 'kubectl exec POD -- snap-take --pid 1 | snap-group --top 20' },
    {
      say: 'of a page in a Chrome that was started with --remote-debugging-port=9222',
      run: 'snap-take --inspect 9222 --target example.org -o page.heapsnapshot',
    },
    { say: 'five minutes apart, to see what grows', run: 'snap-take --every 300 -o leak -- node app.js' },
  ],
  reads: '/proc, and the process itself; standard input goes to COMMAND',
  writes: 'V8: its .heapsnapshot; Python: a node stream. With COMMAND nothing of its own',
  status: {
    0: 'done; with COMMAND its own exit status, 128 and the number where a signal ended it',
    2: 'wrong use, a process that cannot be reached, or a snapshot that was cut off (what came of a Python is kept in FILE.cut)',
  },
  memory:
    'some 80 MB here; in the process: V8 some 20 times its heap, Python what a fork comes to copy, up to its size',
  async run(args, frame) {
    const ways = [args.pid !== undefined, args.inspect !== undefined, args.operands.length > 0, args['python-script']];
    if (ways.filter(Boolean).length !== 1)
      throw new UsageError('say one of: --pid PID, --inspect HOST:PORT, -- COMMAND, --python-script');
    const { checkTogether } = await import('./parts/take/ways.ts');
    checkTogether(args);
    if (args['python-script']) {
      const { shippedFile } = await import('../capture/shipped.ts');
      frame.out.text(`${shippedFile('snapdump.py')}\n`);
      return 0;
    }
    if (args.operands.length > 0) {
      const { runWatched } = await import('./parts/take/run.ts');
      return runWatched(args.operands, args, frame);
    }
    const { takeInspected, takeProcess } = await import('./parts/take/take.ts');
    if (args.inspect !== undefined) await takeInspected(args.inspect, args, frame);
    else await takeProcess(args.pid!, args, frame);
    return 0;
  },
});
