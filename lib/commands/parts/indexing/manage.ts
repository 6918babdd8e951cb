/** The index beside a file: found, judged, made and taken away. */
import { existsSync, statSync } from 'node:fs';
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { folderOf, removeFolder, Unusable } from '../../../index/folder.ts';
import { Index } from '../../../index/opened.ts';
import { csvLine } from '../../../render/csv.ts';
import { formatSize } from '../../../render/sizes.ts';
import { InputError } from '../../../stream/errors.ts';
import { buildIndex } from './build.ts';

export async function makeIndex(file: string, frame: Frame, scratch: Scratch): Promise<0> {
  requireFile(file);
  say(folderOf(file), true, await buildIndex(file, frame, scratch), frame);
  return 0;
}

/** Of what commands look at as they open it, and of each part whether it is as it was written: that reads all of it. */
export async function checkIndex(file: string, frame: Frame): Promise<0 | 1> {
  requireFile(file);
  const path = folderOf(file);
  try {
    const index = Index.of(file);
    if (index !== undefined) {
      await index.folder.check();
      say(path, true, index.folder.totalBytes, frame);
      return 0;
    }
    frame.note(`${file}: there is no ${path} (snap-index ${file} makes it)`);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    frame.note(`${path}: ${error.message}`);
  }
  say(path, false, 0, frame);
  return 1;
}

export function removeIndex(file: string, frame: Frame): 0 | 1 {
  const index = folderOf(file);
  if (removeFolder(file)) {
    if (frame.format === 'table') frame.out.text(`${index}: removed\n`);
    else if (frame.format === 'csv') frame.out.text(csvLine(['index', 'removed']) + csvLine([index, true]));
    else frame.out.text(`${JSON.stringify({ index, removed: true })}\n`);
    return 0;
  }
  frame.note(`${file}: there is no ${index}`);
  return 1;
}

function say(index: string, ok: boolean, bytes: number, frame: Frame): void {
  const record = { index, ok, bytes };
  if (frame.format === 'table')
    frame.out.text(
      ok ? `${index}: as it must be, ${formatSize(bytes)}\n` : `${index}: not there, or not as it must be\n`,
    );
  else if (frame.format === 'csv') frame.out.text(csvLine(Object.keys(record)) + csvLine(Object.values(record)));
  else frame.out.text(`${JSON.stringify(record)}\n`);
}

function requireFile(file: string): void {
  if (!existsSync(file)) throw new InputError(`${file}: no such file`);
  if (!statSync(file).isFile())
    throw new InputError(`${file}: is no plain file, and has no place for an index beside it`);
}
