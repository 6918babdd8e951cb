/**
 * Walks docs/investigations/pylint.md on this machine: pylint, with its old leak put back, writes snapshots, and every line of the page is run. With
 * --write the page gets the outputs. Needs Debian's pylint and python3-objgraph, and installs them where it may; costs some two minutes and 500 MB of disk.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rewritten, walk } from './investigation.ts';
import { Failed, inWorkplace, root } from './workplace.ts';

const PYTHON = '/usr/bin/python3';
const INSTALL = 'apt-get install --no-install-recommends -y pylint python3-objgraph';
const page = join(root, 'docs', 'investigations', 'pylint.md');

await inWorkplace(async (place) => {
  install();
  cpSync(join(root, 'demo', 'pylint'), place.folder, { recursive: true });
  await place.shell(`ln -s ${PYTHON} .bin/python3`);
  const text = readFileSync(page, 'utf8');
  const outputs = await walk(
    text,
    (line) => place.shell(line),
    (said) => process.stdout.write(said),
  );
  if (process.argv.includes('--write')) writeFileSync(page, rewritten(text, outputs));
  return true;
});

function install(): void {
  const isThere = (): boolean => spawnSync(PYTHON, ['-c', 'import pylint, objgraph']).status === 0;
  if (isThere()) return;
  if (process.getuid?.() === 0) {
    console.error(`demo: ${INSTALL}`);
    spawnSync('bash', ['-c', `apt-get update -qq; DEBIAN_FRONTEND=noninteractive ${INSTALL} -qq`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  if (!isThere()) throw new Failed(`pylint and objgraph are missing; as root: ${INSTALL}`);
}
