/**
 * Walks an investigation on this machine: `node walk.js NAME` runs every line of docs/investigations/NAME.md and prints the page with what they print now; with
 * --write the page gets that instead. Costs up to two minutes and 500 MB of disk.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rewritten, walk } from './investigation.ts';
import { prepare } from './prepare.ts';
import { inWorkplace, root } from './workplace.ts';

const [name = '', option] = process.argv.slice(2);
const file = join(root, 'docs', 'investigations', `${name}.md`);

await inWorkplace(async (place) => {
  const page = readFileSync(file, 'utf8');
  await prepare(name, place);
  const outputs = await walk(
    page,
    (line) => place.shown(line),
    (text) => process.stdout.write(text),
  );
  if (option === '--write') writeFileSync(file, rewritten(page, outputs));
  return true;
});
