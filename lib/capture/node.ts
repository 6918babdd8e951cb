/** Gets a session with a running Node by its process id: opens its inspector by SIGUSR1 where it is not open, and closes what was opened. */
import { InputError } from '../stream/errors.ts';
import {
  type Address,
  addressText,
  chooseTarget,
  evaluate,
  openSession,
  type Session,
  targetsAt,
} from './inspector.ts';
import { type Listening, listening } from './sockets.ts';
import { catches, commandLine, environmentOf, isAlive, notOurs, sharesNetwork, type Target } from './target.ts';
import { until, within } from './within.ts';

export interface Opened {
  readonly session: Session;
  /** Whether its inspector was closed before: then it is to be again. */
  readonly byUs: boolean;
}

const SIGUSR1 = 10;

export async function openNode(target: Target, seconds: number): Promise<Opened> {
  const { pid } = target;
  if (!sharesNetwork(pid))
    throw new InputError(
      `process ${pid} is in another network, so its inspector cannot be reached from here (run snap-take inside its container, as by kubectl exec or docker exec, or with nsenter --net --target ${pid})`,
    );
  const flagged = flaggedPorts(pid);
  const before = listening(pid);
  const own = before.filter((socket) => socket.own);
  // Port 0 was any: then it may be each of those that it listens on.
  const known = flagged.includes(0) ? own : own.filter(({ port }) => port === DEFAULT_PORT || flagged.includes(port));
  for (const address of known) {
    const session = await sessionWith(target, address, Math.min(seconds, PROBE_SECONDS)).catch(() => undefined);
    if (session !== undefined) return { session, byUs: false };
  }
  return { session: await openBySignal(target, flagged, before, seconds), byUs: true };
}

const DEFAULT_PORT = 9229;
/** What is no inspector may never answer. */
const PROBE_SECONDS = 3;

/** Ports that its command line or NODE_OPTIONS name for the inspector; 0 is any free one. */
function flaggedPorts(pid: number): readonly number[] {
  const words = [...commandLine(pid), ...(environmentOf(pid).get('NODE_OPTIONS') ?? '').split(/\s+/)];
  return words.flatMap((word) => {
    const value = /^--(?:inspect|debug)(?:-port|-brk|-wait)?=(?:.*:)?(\d+)$/.exec(word)?.[1];
    return value === undefined ? [] : [Number(value)];
  });
}

async function openBySignal(
  target: Target,
  flagged: readonly number[],
  before: readonly Listening[],
  seconds: number,
): Promise<Session> {
  const { pid, uid } = target;
  if (!catches(pid, SIGUSR1))
    throw new InputError(
      `process ${pid} does not catch SIGUSR1, which would open its inspector and so would end it (was it started with --disable-sigusr1? start it with --inspect, or by snap-take -- COMMAND)`,
    );
  const port = flagged.at(-1) ?? DEFAULT_PORT;
  if (port !== 0 && before.some((socket) => !socket.own && socket.port === port))
    throw new InputError(
      `process ${pid} would open its inspector on port ${port}, where another program listens (close that one's inspector first)`,
    );
  try {
    process.kill(pid, 'SIGUSR1');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EPERM' ? notOurs(pid, uid) : gone(pid);
  }
  const seen = new Set(before.filter(({ own }) => own).map(addressText));
  const opened = await until(seconds, () => {
    if (!isAlive(pid)) throw gone(pid);
    return listening(pid).find((socket) => socket.own && !seen.has(addressText(socket)));
  });
  if (opened === undefined)
    throw new InputError(
      `process ${pid} has opened no inspector within ${seconds} s after SIGUSR1: it is stopped, or stuck in native code and will open one when it comes back, or it has a handler of its own for that signal`,
    );
  return sessionWith(target, opened, seconds);
}

const gone = (pid: number): InputError => new InputError(`process ${pid} has ended meanwhile`);

/** Opens a session and proves that it is with the very process. */
async function sessionWith({ pid, ownPid }: Target, address: Address, seconds: number): Promise<Session> {
  const name = `process ${pid} at ${addressText(address)}`;
  const session = await openSession(chooseTarget(await targetsAt(address, seconds), undefined, name), name, seconds);
  const answered = await evaluate(session, name, 'process.pid');
  if (answered === ownPid) return session;
  await session.close();
  throw new InputError(`${addressText(address)}: the inspector there is of process ${answered}, not of ${pid}`);
}

/** Closes the inspector, in a turn of its own: the answer to this call would otherwise never come. The connection ends with it. */
export async function closeInspector(session: Session, seconds: number): Promise<void> {
  const ended = new Promise<void>((resolve) => session.on('disconnect', resolve));
  await evaluate(session, 'its inspector', 'void setImmediate(() => process._debugEnd())');
  await within(seconds, ended, () => new InputError(`its inspector did not close within ${seconds} s, and stays open`));
}
