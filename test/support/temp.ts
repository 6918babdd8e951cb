/** Temporary folders for tests: a prefix comes in, an empty folder goes out; all of them are removed when the test process ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder. */
export function tempFolder(name = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), `snap-tools-${name}-`));
  folders.push(folder);
  return folder;
}
