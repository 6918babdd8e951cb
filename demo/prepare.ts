/** What the lines of an investigation need: its name and a workplace in, the programs that it runs there out. Installs what is missing where it may. */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Failed, root, type Workplace } from './workplace.ts';

/** Debian's, which has Debian's pylint. */
const PYTHON = '/usr/bin/python3';
const INSTALL = 'apt-get install --no-install-recommends -y pylint python3-objgraph';

/** Throws Failed where something is missing and cannot be installed. */
export async function prepare(investigation: string, place: Workplace): Promise<void> {
  cpSync(join(root, 'demo', investigation), place.folder, { recursive: true });
  if (investigation !== 'pylint') return;
  installPylint();
  await place.shell(`ln -s ${PYTHON} .bin/python3`);
}

function installPylint(): void {
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
