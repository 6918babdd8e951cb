/** Takes one snapshot of a running process, with what it costs said before it and progress on the way; memory as lib/capture needs. */
import { freemem } from 'node:os';
import { heapBytes, takeHeap } from '../../../capture/heap.ts';
import {
  addressText,
  chooseTarget,
  isLoopback,
  openSession,
  parseAddress,
  type Session,
  targetsAt,
} from '../../../capture/inspector.ts';
import { closeInspector, openNode } from '../../../capture/node.ts';
import { entryOf, takePython, versionOf } from '../../../capture/python.ts';
import { findTarget, stateOf, type Target, tracerOf } from '../../../capture/target.ts';
import { type Undo, undoing } from '../../../capture/undo.ts';
import type { Frame } from '../../../cli/frame.ts';
import { formatSize } from '../../../render/sizes.ts';
import { InputError, UsageError } from '../../../stream/errors.ts';
import { type Destination, openDestination } from './destination.ts';
import type { TakeArgs } from './ways.ts';

const SECONDS = 30;

/** By the address of an inspector. */
export function takeInspected(text: string, args: TakeArgs, frame: Frame): Promise<void> {
  const address = parseAddress(text);
  const name = addressText(address);
  if (!isLoopback(address) && !args['allow-remote'])
    throw new UsageError(
      `--inspect: ${address.host} is not this machine, and an inspector knows no password and no secrets (ssh ${address.host} snap-take ..., or --allow-remote if you mean it)`,
    );
  const seconds = args.timeout ?? SECONDS;
  return undoing(async (later) => {
    const destination = opened(args, frame, later);
    const targets = await targetsAt(address, seconds);
    // Node's own address names its only target by a path, which is an id.
    const wanted = args.target ?? /\/([^/]+)$/.exec(text.replace(/^\w+:\/\//, ''))?.[1];
    const session = await openSession(chooseTarget(targets, wanted, name), name, seconds);
    later(() => session.close());
    await takeV8(session, name, destination, frame, isLoopback(address) && !args.anyway);
  });
}

/** By a process's id: which runtime it is, it sees. */
export function takeProcess(pid: number, args: TakeArgs, frame: Frame): Promise<void> {
  const target = findTarget(pid);
  if (/[Tt]/.test(stateOf(pid))) {
    const tracer = tracerOf(pid);
    const remedy =
      tracer === undefined ? `kill -CONT ${pid}` : `kill -CONT ${pid}, or let its debugger, ${tracer}, go on`;
    throw new InputError(`process ${pid} is stopped, and can answer nothing (${remedy})`);
  }
  return undoing((later) => {
    const destination = opened(args, frame, later);
    return target.runtime === 'node'
      ? takeNode(target, args, destination, frame, later)
      : takeFromPython(target, args, destination, frame, later);
  });
}

type Later = (undo: Undo) => void;

async function takeNode(
  target: Target,
  args: TakeArgs,
  destination: Destination,
  frame: Frame,
  later: Later,
): Promise<void> {
  for (const option of ['no-values', 'no-fork', 'collect'] as const) {
    if (args[option]) throw new UsageError(`--${option}: process ${target.pid} is a Node, and that is for Python`);
  }
  const seconds = args.timeout ?? SECONDS;
  const { session, byUs } = await openNode(target, seconds);
  later(async () => {
    try {
      if (byUs) await closeInspector(session, CLOSING_SECONDS);
      else await session.close();
    } catch (error) {
      frame.note(`process ${target.pid}: ${(error as Error).message}`);
    }
  });
  await takeV8(session, `process ${target.pid}`, destination, frame, !args.anyway);
}

const CLOSING_SECONDS = 5;

/** Measured on Node 20 to 26, of heaps of 27 and 86 MiB with small objects, which is the worst: memory added 14 to 20 times what is used, bytes written 1.9 to 2 times, 5 to 14 s for 86 MiB. */
const MEMORY_TIMES = 20;
const BYTES_TIMES = 2;
const BYTES_A_SECOND = 10 * 1024 ** 2;

async function takeV8(
  session: Session,
  name: string,
  destination: Destination,
  frame: Frame,
  carefully: boolean,
): Promise<void> {
  const usedBytes = await heapBytes(session, name);
  const memory = usedBytes * MEMORY_TIMES;
  frame.note(
    `${name}: a heap of ${formatSize(usedBytes)}; it will stand still for some ${Math.ceil(usedBytes / BYTES_A_SECOND)} s and need up to ${formatSize(memory)} more memory meanwhile; some ${formatSize(usedBytes * BYTES_TIMES)} will be written`,
  );
  if (carefully) requireMemory(name, memory);
  await takeHeap(session, name, {
    write(bytes) {
      destination.write(bytes);
      frame.progress(destination.bytes, undefined, `${name} writes`);
    },
    progress: (done, total) => frame.progress(done, total, `${name} looks at its objects`, 'objects'),
  });
  destination.keep();
}

async function takeFromPython(
  target: Target,
  args: TakeArgs,
  destination: Destination,
  frame: Frame,
  later: Later,
): Promise<void> {
  const { pid, privateBytes, residentBytes } = target;
  const fork = !args['no-fork'];
  const seconds = args.timeout ?? SECONDS;
  const name = `process ${pid}`;
  const enter = entryOf(target, seconds, later);
  frame.note(
    fork
      ? `${name}: Python ${versionOf(target)}, ${formatSize(residentBytes)} of memory; it will stand still for about a second at most, and a forked child may come to need up to ${formatSize(Math.ceil(privateBytes * FORK_TIMES))} until all is written; some ${formatSize(residentBytes * STREAM_TIMES)} will be`
      : `${name}: Python ${versionOf(target)}, ${formatSize(residentBytes)} of memory; it will stand still until all is written, some ${formatSize(residentBytes * STREAM_TIMES)}`,
  );
  if (fork && !args.anyway) requireMemory(name, privateBytes);
  const wishes = { values: !args['no-values'], fork, collect: args.collect };
  const { bytes, whole, problem } = await takePython(target, enter, wishes, {
    seconds,
    later,
    write(block) {
      destination.write(block);
      frame.progress(destination.bytes, undefined, `${name} writes`);
    },
  });
  if (whole) {
    destination.keep();
    return;
  }
  const why = problem ?? `it has ended${fork ? ', or its child that wrote has' : ''}`;
  if (bytes === 0) throw new InputError(`${name} wrote nothing: ${why}`);
  frame.warn(
    `${name}: the snapshot was cut off: ${why}; what came of it, ${formatSize(bytes)}, is in ${destination.keepCut()} and can be used as far as it goes`,
  );
}

/** Of pages that a fork shares, those are copied that either side writes; with its own memory that is at most this (measured: 1.2 to 1.45). */
const FORK_TIMES = 1.45;
/** Bytes of a stream by those of memory: 205 to 215 bytes an object, of some 100. */
const STREAM_TIMES = 2;

function opened(args: TakeArgs, frame: Frame, later: Later): Destination {
  const destination = openDestination(args.output, frame);
  later(() => destination.drop());
  return destination;
}

/** A process that asks for more than there is, the kernel may end. */
function requireMemory(name: string, bytes: number): void {
  const limit = process.constrainedMemory() ?? 0;
  const free = Math.min(freemem(), limit > 0 ? limit : Number.POSITIVE_INFINITY);
  if (bytes > free)
    throw new InputError(
      `${name}: up to ${formatSize(bytes)} of memory may be needed, and ${formatSize(free)} are free, so that the kernel might end it (--anyway takes the risk)`,
    );
}
