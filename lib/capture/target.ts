/** A process as /proc shows it: whose, which program, which runtime, how large. Reads a few small files; the process is not touched. */
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../stream/errors.ts';
import { exportsOf } from './elf.ts';

export type Runtime = 'node' | 'python';

export interface Target {
  readonly pid: number;
  /** Its id in its own process namespace: what it calls itself. */
  readonly ownPid: number;
  /** Its executable, as it sees it. */
  readonly executable: string;
  readonly runtime: Runtime;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of memory that are its own: what a fork may come to copy. */
  readonly privateBytes: number;
  readonly residentBytes: number;
  /** What stands before a path of its own to make it one of ours: empty where both see the same files. */
  readonly root: string;
}

/** Throws InputError where there is no such process, where it is not ours, and where it is something else. */
export function findTarget(pid: number): Target {
  const status = statusOf(pid);
  if (status.get('State')?.startsWith('Z'))
    throw new InputError(`process ${pid} has ended (a zombie): nothing is left of it`);
  const [uid = -1] = numbers(status.get('Uid'));
  const [gid = -1] = numbers(status.get('Gid'));
  const executable = executableOf(pid, uid, status);
  const [, resident = 0, shared = 0] = numbers(read(pid, 'statm')).map((pages) => pages * PAGE);
  return {
    pid,
    ownPid: numbers(status.get('NSpid')).at(-1) ?? pid,
    executable,
    runtime: runtimeOf(pid, executable) ?? strange(pid, executable),
    uid,
    gid,
    privateBytes: resident - shared,
    residentBytes: resident,
    root: seesOurFiles(pid) ? '' : `/proc/${pid}/root`,
  };
}

/** Linux on every machine that Node and the debugger run on; an estimate is all it is for. */
const PAGE = 4096;

/** Whether it is still there and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether the process has a handler of its own for a signal, so that sending it does not end it. */
export function catches(pid: number, signal: number): boolean {
  const caught = BigInt(`0x${statusOf(pid).get('SigCgt') ?? '0'}`);
  return ((caught >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Whether two processes see each other's sockets. */
export const sharesNetwork = (pid: number): boolean => sameNamespace(pid, 'net');

/** Files of code that are in the process's memory, by their paths there, and where each begins. */
export interface Mapping {
  readonly path: string;
  /** The address of the file's first byte. */
  readonly start: bigint;
  readonly executable: boolean;
}

export function mappings(pid: number): readonly Mapping[] {
  return read(pid, 'maps')
    .split('\n')
    .flatMap((line) => {
      const [, start = '', rights = '', offset = '', path = ''] =
        /^([0-9a-f]+)-[0-9a-f]+ (\S+) ([0-9a-f]+) \S+ \d+ +(\/.*)$/.exec(line) ?? [];
      if (path === '') return [];
      return [{ path, start: BigInt(`0x${start}`) - BigInt(`0x${offset}`), executable: rights.includes('x') }];
    });
}

/** Words of its command line. */
export const commandLine = (pid: number): readonly string[] => read(pid, 'cmdline').split('\0').slice(0, -1);

/** Its environment when it began. */
export function environmentOf(pid: number): ReadonlyMap<string, string> {
  const pairs = read(pid, 'environ')
    .split('\0')
    .map((pair) => /^([^=]+)=(.*)$/s.exec(pair));
  return new Map(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', pair[2] ?? '']])));
}

/** What the main thread is doing: `R` running, `S` waiting, `D` in the kernel, `T` stopped. */
export const stateOf = (pid: number): string => statusOf(pid).get('State')?.charAt(0) ?? '';

/** Who traces it, as `process 12 (strace)`: a process can have one debugger. */
export function tracerOf(pid: number): string | undefined {
  const tracer = Number(statusOf(pid).get('TracerPid') ?? 0);
  if (tracer === 0) return undefined;
  return `process ${tracer} (${isAlive(tracer) ? (statusOf(tracer).get('Name') ?? '') : ''})`;
}

function runtimeOf(pid: number, executable: string): Runtime | undefined {
  const name = basename(executable).replace(/ \(deleted\)$/, '');
  if (/^(node|nodejs)$/.test(name)) return 'node';
  if (/^python[\d.]*[dtu]*$/.test(name)) return 'python';
  if (mappings(pid).some(({ path }) => /\/libpython\d[^/]*\.so/.test(path))) return 'python';
  const found = exportsOf(`/proc/${pid}/exe`, ['Py_AddPendingCall', '_ZN4node5StartEiPPc']);
  if (found?.symbols.has('_ZN4node5StartEiPPc')) return 'node';
  return found?.symbols.has('Py_AddPendingCall') ? 'python' : undefined;
}

function strange(pid: number, executable: string): never {
  const children = childrenOf(pid).flatMap((child) => {
    try {
      const path = readlinkSync(`/proc/${child}/exe`);
      const runtime = runtimeOf(child, path);
      return runtime === undefined ? [] : [`its child ${child} is ${basename(path)}: --pid ${child}`];
    } catch {
      return [];
    }
  });
  const remedy = children.length > 0 ? children.join('; ') : 'it takes snapshots of these two';
  throw new InputError(`process ${pid} is ${executable}, neither Node nor Python (${remedy})`);
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      numbers(readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')),
    );
  } catch {
    // A kernel without that file: then they are not named.
    return [];
  }
}

function executableOf(pid: number, uid: number, status: ReadonlyMap<string, string>): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES' || (error as NodeJS.ErrnoException).code === 'EPERM')
      throw notOurs(pid, uid);
    if (status.has('VmSize')) throw gone(pid);
    throw new InputError(`process ${pid} is ${status.get('Name') ?? 'something'} of the kernel, no program`);
  }
}

/** The remedy names who could. */
export const notOurs = (pid: number, uid: number): InputError =>
  new InputError(
    `process ${pid} belongs to user ${uid}, and this is user ${process.getuid?.() ?? -1}, who may not look into it (run it as that user or as root)`,
  );

const gone = (pid: number): InputError => new InputError(`there is no process ${pid} (it may have ended)`);

function statusOf(pid: number): ReadonlyMap<string, string> {
  return new Map(
    read(pid, 'status')
      .split('\n')
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
      }),
  );
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') throw notOurs(pid, statSync(`/proc/${pid}`).uid);
    if (process.platform !== 'linux') {
      throw new InputError(
        `--pid ${pid}: processes are found by Linux's /proc, which is not here (name its inspector with --inspect HOST:PORT)`,
      );
    }
    throw gone(pid);
  }
}

function seesOurFiles(pid: number): boolean {
  try {
    return sameNamespace(pid, 'mnt') && readlinkSync(`/proc/${pid}/root`) === realpathSync('/proc/self/root');
  } catch {
    return false;
  }
}

function sameNamespace(pid: number, kind: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`) === readlinkSync(`/proc/self/ns/${kind}`);
  } catch {
    return false;
  }
}

const numbers = (text: string | undefined): number[] =>
  (text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
