/** Heaps of one shape by test/bench/corpora/shapes.cjs: a shape and a number of nodes come in, a .heapsnapshot goes out; costs a second for two million nodes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testFile } from './root.ts';
import { execute } from './run.ts';
import { tempFolder } from './temp.ts';

/** Two lists whose both ends are rooted undo dominators by iteration, a chain undoes recursion, a star what is quadratic in a node's references. */
export const shapes = ['list', 'chain', 'star', 'cycles', 'tree'] as const;
export type Shape = (typeof shapes)[number];

/** All nodes but the root are of class Link and have 16 bytes. */
export async function shapeFile(shape: Shape, nodes: number): Promise<string> {
  const file = join(folder, `${shape}-${nodes}.heapsnapshot`);
  if (existsSync(file)) return file;
  const program = testFile('bench', 'corpora', 'shapes.cjs');
  const { status, stderr } = await execute(process.execPath, [program, file, shape, String(nodes)]);
  if (status !== 0) throw new Error(stderr);
  return file;
}

const folder = tempFolder('shapes');
