/** A folder that this process and another both can reach, for files that they exchange; a few kilobytes on disk, gone at the end. */
import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../stream/errors.ts';
import { environmentOf, type Target } from './target.ts';
import type { Undo } from './undo.ts';
import { until } from './within.ts';

export interface Meeting {
  /** A file in it, as it is called here. */
  ours(name: string): string;
  /** The same, as the other process calls it. */
  theirs(name: string): string;
  copy(file: string, name: string): void;
  write(name: string, text: string): void;
  pipe(name: string): void;
}

/** Only the other process's user can read what is in it. */
export function meet(target: Target, later: (undo: Undo) => void): Meeting {
  const theirs = placesOf(target.pid);
  for (const place of theirs) {
    const folder = made(target, place);
    if (folder === undefined) continue;
    later(() => until(CLEARING_SECONDS, () => isCleared(folder), 50));
    const ours = (name: string): string => join(folder, name);
    const given = (name: string): void => {
      if (target.uid !== process.getuid?.()) chownSync(ours(name), target.uid, target.gid);
    };
    return {
      ours,
      theirs: (name) => join(folder.slice(target.root.length), name),
      copy(file, name) {
        copyFileSync(file, ours(name));
        given(name);
      },
      write(name, text) {
        writeFileSync(ours(name), text);
        given(name);
      },
      pipe(name) {
        try {
          execFileSync('mkfifo', ['-m', '600', ours(name)], { stdio: 'pipe' });
        } catch (error) {
          throw new InputError(
            `mkfifo: cannot make a pipe in ${folder} (${(error as Error).message.split('\n')[0]}; it is part of coreutils and of busybox)`,
          );
        }
        given(name);
      },
    };
  }
  throw new InputError(
    `process ${target.pid} and this one have no folder that both can write (tried ${theirs.join(', ')}; its TMPDIR could name one)`,
  );
}

/** The other process may be putting its last word into it just then. */
const CLEARING_SECONDS = 2;

function isCleared(folder: string): true | undefined {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return undefined;
  }
}

function placesOf(pid: number): string[] {
  const named = environmentOf(pid).get('TMPDIR');
  return [
    ...new Set([...(named ? [named] : []), '/tmp', '/var/tmp', '/dev/shm', '/run', readlinkSync(`/proc/${pid}/cwd`)]),
  ];
}

function made({ root, uid, gid }: Target, place: string): string | undefined {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(`${root}${join(place, 'snap-take-')}`);
    if (uid !== process.getuid?.()) chownSync(folder, uid, gid);
    return folder;
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    return undefined;
  }
}
