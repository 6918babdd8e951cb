/**
 * Loaded by a Node before its program, through NODE_OPTIONS: switches on the snapshots that snap-take was told to have written. Takes a timer at most, which keeps no program
 * alive. It runs in whatever Node the user has, so it needs little, and throws nothing into the program.
 */
const fs: typeof import('node:fs') = require('node:fs');
const v8: typeof import('node:v8') = require('node:v8');
const { isMainThread }: typeof import('node:worker_threads') = require('node:worker_threads');

/** What snap-take puts into SNAP_TAKE. */
interface Wishes {
  /** The files' names without number and ending, absolute. */
  readonly name: string;
  /** Which process is snap-take: only its own child counts 0001, 0002; what that starts in turn has its process id in the name, too. */
  readonly parent: number;
  readonly signal: boolean;
  /** Seconds. */
  readonly every: number | undefined;
  /** Bytes. */
  readonly above: number | undefined;
  readonly exit: boolean;
}

/** Memory is looked at this often. */
const LOOK_MS = 1000;

function switchOn({ name, parent, signal, every, above, exit }: Wishes): void {
  const base = process.ppid === parent ? name : `${name}-${process.pid}`;
  const take = (): void => write(base);
  if (signal) process.on('SIGUSR2', take);
  if (every !== undefined) setInterval(take, 1000 * every).unref();
  if (above !== undefined) {
    let limit = above;
    setInterval(() => {
      // Not what is resident: a snapshot takes many times the heap's size, and the process keeps that for later.
      const { heapUsed, external } = process.memoryUsage();
      if (heapUsed + external <= limit) return;
      limit = 1.25 * (heapUsed + external);
      take();
    }, LOOK_MS).unref();
  }
  if (exit) process.on('exit', take);
}

/** The next number that is free; the file has its name when it is whole. */
function write(base: string): void {
  const part = `${base}.${process.pid}.part`;
  try {
    v8.writeHeapSnapshot(part);
    for (let number = 1; ; number++) {
      const file = `${base}-${String(number).padStart(4, '0')}.heapsnapshot`;
      try {
        // Fails where the name is taken, which a rename would not.
        fs.linkSync(part, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    fs.writeSync(2, `snap-take: ${base}: no snapshot: ${(error as Error).message}\n`);
  } finally {
    fs.rmSync(part, { force: true });
  }
}

const wishes = process.env['SNAP_TAKE'];
if (isMainThread && wishes !== undefined) switchOn(JSON.parse(wishes) as Wishes);
