/** Asks a running Python for a snapshot of itself: snapdump.py is run in it at its next safe point, and what it writes into a pipe goes out as it comes; holds one chunk. */
import { spawnSync } from 'node:child_process';
import { constants, existsSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { InputError } from '../stream/errors.ts';
import { entrancesOf, INSTEAD, queueByLldb } from './lldb.ts';
import { type Meeting, meet } from './meeting.ts';
import { shippedFile } from './shipped.ts';
import { isAlive, mappings, stateOf, type Target } from './target.ts';
import type { Undo } from './undo.ts';
import { until } from './within.ts';

export interface PythonWishes {
  readonly values: boolean;
  readonly fork: boolean;
  readonly collect: boolean;
}

/** What snapdump.py says of how far it is. */
interface Report {
  readonly state: 'started' | 'done' | 'failed';
  readonly why?: string;
}

/** How a process of this version is got into. */
export type Entry = (code: string, meeting: Meeting) => Promise<void>;

/**
 * Finds a way in, before anything is done to the process. Throws InputError with what to install, or what to do instead, where there is none.
 */
export function entryOf(target: Target, seconds: number, later: (undo: Undo) => void): Entry {
  const helper = remoteHelper(target);
  if (helper !== undefined) {
    return async (code, meeting) => {
      meeting.write('enter.py', code);
      const problem = remoteExec(helper, target.pid, meeting.theirs('enter.py'));
      if (problem === undefined) return;
      if (!hasLldb())
        throw new InputError(`process ${target.pid}: sys.remote_exec: ${problem} (lldb would be another way in)`);
      await queueByLldb(target, entrancesOf(target), code, { meeting, seconds, later });
    };
  }
  if (!hasLldb())
    throw new InputError(
      `process ${target.pid} is a Python ${versionOf(target)}: to get into it lldb is needed (apt-get install lldb; apk add lldb; dnf install lldb)${versionOf(target).startsWith('3.') && minorOf(target) >= REMOTE_EXEC ? `, or a python${versionOf(target)} here` : ''}; or ${INSTEAD}`,
    );
  const entrances = entrancesOf(target);
  return (code, meeting) => queueByLldb(target, entrances, code, { meeting, seconds, later });
}

/** Since this minor version a Python can be asked without a debugger (PEP 768). */
const REMOTE_EXEC = 14;

const hasLldb = (): boolean => spawnSync('lldb', ['--version'], { stdio: 'ignore' }).error === undefined;

/** As `3.11`, from the names of its files. */
export function versionOf({ pid, executable }: Target): string {
  const names = [executable, ...mappings(pid).map(({ path }) => path)];
  return names.map((name) => /python(\d\.\d+)/.exec(name)?.[1]).find((version) => version !== undefined) ?? '3';
}

const minorOf = (target: Target): number => Number(versionOf(target).split('.')[1] ?? 0);

/** A Python of the same minor version on our side, which sys.remote_exec asks for: the target's own where we see it, else one on the PATH. */
function remoteHelper(target: Target): string | undefined {
  if (minorOf(target) < REMOTE_EXEC) return undefined;
  const own = target.root === '' && existsSync(target.executable) ? [target.executable] : [];
  return [...own, `python${versionOf(target)}`].find(
    (python) => spawnSync(python, ['-I', '-S', '-c', 'import sys; sys.remote_exec'], { stdio: 'ignore' }).status === 0,
  );
}

/** What went wrong, in Python's words. */
function remoteExec(helper: string, pid: number, script: string): string | undefined {
  const { status, stderr } = spawnSync(
    helper,
    ['-I', '-S', '-c', 'import sys; sys.remote_exec(int(sys.argv[1]), sys.argv[2])', String(pid), script],
    { encoding: 'utf8' },
  );
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? 'it failed');
}

export interface Received {
  readonly bytes: number;
  /** The end mark has come: the stream is all of the snapshot. */
  readonly whole: boolean;
  /** What the process says went wrong, if it could say it. */
  readonly problem: string | undefined;
}

/** The snapshot, from the moment it is asked for. A process that does not come to a safe point within `seconds` is left alone, and will do nothing later. */
export async function takePython(
  target: Target,
  enter: Entry,
  { values, fork, collect }: PythonWishes,
  {
    seconds,
    write,
    later,
  }: { readonly seconds: number; readonly write: (bytes: Uint8Array) => void; readonly later: (undo: Undo) => void },
): Promise<Received> {
  const meeting = meet(target, later);
  meeting.copy(shippedFile('snapdump.py'), 'snapdump.py');
  meeting.pipe('stream');
  meeting.write('report', '');
  const { theirs } = meeting;
  // Two frames are ours: the code that the debugger made the program run, and what it executes.
  const request = { to: theirs('stream'), report: theirs('report'), values, fork, frames: 2 };
  meeting.write('request', JSON.stringify(request));
  // Open for reading before anybody writes: neither side waits for the other.
  const stream = new Socket({
    fd: openSync(meeting.ours('stream'), constants.O_RDONLY | constants.O_NONBLOCK),
    writable: false,
  });
  later(() => {
    stream.destroy();
  });
  await enter(codeFor(theirs('snapdump.py'), theirs('request'), collect), meeting);
  const started = await until(seconds, () => {
    if (!isAlive(target.pid)) throw new InputError(`process ${target.pid} has ended before its snapshot began`);
    return reports(meeting).at(0);
  });
  if (started === undefined) throw stuck(target, seconds);
  const received = await receive(stream, write);
  // Its last word comes after the last byte; of a process that was killed there is none.
  const last = await until(LAST_WORD_SECONDS, () => reports(meeting).find(({ state }) => state !== 'started'));
  return { ...received, problem: last?.why };
}

const LAST_WORD_SECONDS = 0.5;

async function receive(stream: Socket, write: (bytes: Uint8Array) => void): Promise<Omit<Received, 'problem'>> {
  let bytes = 0;
  let tail = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    write(chunk);
    bytes += chunk.length;
    tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - TAIL))).slice(-TAIL);
  }
  return { bytes, whole: /\n\{"snap":"end"[^\n]*\}\n$/.test(tail) };
}

/** More than an end mark takes. */
const TAIL = 1024;

function reports(meeting: Meeting): readonly Report[] {
  return readFileSync(meeting.ours('report'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Report);
}

function stuck({ pid }: Target, seconds: number): InputError {
  const doing = stateOf(pid) === 'R' ? 'it computes in native code' : 'it waits in native code or in a system call';
  return new InputError(
    `process ${pid} has run no line of Python in its main thread for ${seconds} s: ${doing}; the request is withdrawn and it is as it was (--timeout waits longer)`,
  );
}

/**
 * Python that loads the script and lets it work, and neither raises nor leaves a name behind: it runs in the program's own __main__, and an error that left it would appear in
 * the middle of the program. All of it is ASCII.
 */
function codeFor(script: string, request: string, collect: boolean): string {
  const inner = [
    ...(collect ? ["__import__('gc').collect()"] : []),
    `with open(${bytesOf(script)}, 'rb') as f: c = compile(f.read(), 'snapdump.py', 'exec')`,
    "m = {'__name__': 'snapdump'}",
    'exec(c, m)',
    `m['inject'](${bytesOf(request)}.decode('utf-8', 'surrogateescape'))`,
  ].join('\n');
  return `try:\n    __import__('builtins').exec(${bytesOf(inner)}, {})\nexcept:\n    pass\n`;
}

const bytesOf = (text: string): string =>
  `b'${[...Buffer.from(text)].map((byte) => (byte < 32 || byte > 126 || byte === 39 || byte === 92 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte))).join('')}'`;
