/** Lets lldb put one call into the queue of a running Python, and let go of it again: some 0.5 s, in which the process stands still for some 0.2. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { InputError } from '../stream/errors.ts';
import { exportsOf } from './elf.ts';
import type { Meeting } from './meeting.ts';
import { mappings, stateOf, type Target, tracerOf } from './target.ts';
import type { Undo } from './undo.ts';
import { until } from './within.ts';

/** Where in the memory of a process the three functions lie that are needed. */
export interface Entrances {
  readonly addPendingCall: bigint;
  readonly runSimpleString: bigint;
  readonly mmap: bigint;
}

/**
 * From the exported symbols of the very files that are in the process's memory, so that a wrong guess of the debugger's never calls into nowhere.
 * Throws InputError where they are not exported, and where the debugger would take other files for these.
 */
export function entrancesOf(target: Target): Entrances {
  const { pid, root } = target;
  const tracer = tracerOf(pid);
  if (tracer !== undefined)
    throw new InputError(`process ${pid} is held by a debugger already, ${tracer}: let it go first`);
  const found = new Map<string, bigint>();
  const seen = new Set<string>();
  for (const { path, start } of mappings(pid)) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const [name, place] of exportsOf(`${root}${path}`, NEEDED)?.symbols ?? []) {
      if (!found.has(name)) found.set(name, start + place);
    }
  }
  requireSameFiles(target);
  const [addPendingCall, runSimpleString, mmap] = NEEDED.map((name) => found.get(name));
  if (addPendingCall === undefined || runSimpleString === undefined || mmap === undefined) {
    const missing = NEEDED.filter((name) => !found.has(name)).join(', no ');
    throw new InputError(`process ${pid} exports no ${missing}, so no debugger can ask it for anything (${INSTEAD})`);
  }
  return { addPendingCall, runSimpleString, mmap };
}

const NEEDED = ['Py_AddPendingCall', 'PyRun_SimpleString', 'mmap'];

/** What is left where nobody gets in. */
export const INSTEAD =
  'run it by snap-take --on-signal -- COMMAND, or let it import snapdump.py, which snap-take --python-script finds';

/** lldb reads files by the paths of the process: in a container, or after an update, those may be others here, with their functions elsewhere. */
function requireSameFiles({ pid, root }: Target): void {
  for (const { path } of mappings(pid).filter(({ executable }) => executable)) {
    if (path.endsWith(' (deleted)'))
      throw new InputError(
        `process ${pid} runs ${path.replace(/ \(deleted\)$/, '')} as it was before it was replaced, which lldb cannot read (${INSTEAD})`,
      );
    if (root !== '' && !isSame(path, `${root}${path}`))
      throw new InputError(
        `process ${pid} has its own file system, with another ${path}, which lldb would take for the one here (run snap-take inside its container, as by kubectl exec or docker exec)`,
      );
  }
}

function isSame(a: string, b: string): boolean {
  try {
    const [one, other] = [statSync(a), statSync(b)];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}

/**
 * Has `code` run by Py_AddPendingCall(PyRun_SimpleString, code) at the process's next safe point. Everything happens in one expression with a limit of time, which
 * lldb takes back if it does not end. The code lies in a page of its own: the process may have been stopped in the middle of malloc.
 */
export async function queueByLldb(
  { pid }: Target,
  { addPendingCall, runSimpleString, mmap }: Entrances,
  code: string,
  {
    meeting,
    seconds,
    later,
  }: { readonly meeting: Meeting; readonly seconds: number; readonly later: (undo: Undo) => void },
): Promise<void> {
  const hex = (address: bigint): string => `0x${address.toString(16)}ul`;
  const expression = [
    `char *page = (char*)((void*(*)(void*,unsigned long,int,int,int,long))${hex(mmap)})(0, 4096, 3, 0x22, -1, 0)`,
    `const char *code = ${literal(code)}`,
    'int at = 0',
    'do page[at] = code[at]; while (code[at++])',
    `((int(*)(unsigned long,void*))${hex(addPendingCall)})(${hex(runSimpleString)}, page)`,
  ].join('; ');
  const commands = [
    'settings set target.preload-symbols false',
    'settings set plugin.jit-loader.gdb.enable off',
    `process attach --pid ${pid}`,
    `expression --language c --ignore-breakpoints true --unwind-on-error true --timeout 2000000 -- ${expression}`,
    'detach',
  ];
  const log = meeting.ours('lldb');
  const fd = openSync(log, 'w');
  // A group of its own, and a file for its output: Ctrl-C here must not end it between attaching and letting go.
  const lldb = spawn(
    'lldb',
    ['--no-lldbinit', '--batch', '--no-use-colors', ...commands.flatMap((line) => ['-o', line])],
    {
      detached: true,
      stdio: ['ignore', fd, fd],
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  closeSync(fd);
  let status: number | 'failed' | undefined;
  lldb.on('exit', (code) => {
    status = code ?? 'failed';
  });
  lldb.on('error', () => {
    status = 'failed';
  });
  const said = (): string => readFileSync(log, 'utf8');
  const ended = (limit: number): Promise<true | undefined> =>
    until(limit, () => (status === undefined ? undefined : true));
  later(async () => {
    await ended(ATTACHED_SECONDS);
  });
  if (!(await ended(seconds)) && /Process \d+ stopped/.test(said())) await ended(ATTACHED_SECONDS);
  if (status === undefined) {
    process.kill(-lldb.pid!, 'SIGKILL');
    // Who is let go of in the middle of being stopped stays stopped.
    if (await until(1, () => (stateOf(pid) === 'T' ? true : undefined))) process.kill(pid, 'SIGCONT');
    throw new InputError(
      `process ${pid}: lldb did not get hold of it within ${seconds} s, and has let go (it may be waiting in the kernel)`,
    );
  }
  const answer = /^\(int\) \$0 = (-?\d+)/m.exec(said())?.[1];
  if (answer === '0') return;
  if (answer !== undefined) throw new InputError(`process ${pid}: its queue of calls is full (try again)`);
  if (/couldn't allocate/.test(said()))
    throw new InputError(
      `process ${pid}: a signal came for it while lldb held it, so that lldb gave up (try again; where a timer sends it signals all the time, ${INSTEAD})`,
    );
  throw new InputError(`process ${pid}: lldb could not get in: ${whyNot(said())}`);
}

/** From attaching to letting go, with all limits inside: longer only where something is very wrong. */
const ATTACHED_SECONDS = 15;

function whyNot(said: string): string {
  const reason = /^error: (.*)/m.exec(said)?.[1] ?? said.trim().split('\n').at(-1) ?? '';
  if (/operation not permitted|permission denied/i.test(reason)) {
    return `${reason} (debuggers need the right to trace: run it as root; in a container --cap-add SYS_PTRACE; kernel.yama.ptrace_scope may forbid it, too)`;
  }
  return `${reason} (${INSTEAD})`;
}

/** Text of ASCII as C writes it. Backquotes are lldb's own. */
const literal = (text: string): string =>
  `"${text.replace(/["\\`\n]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
