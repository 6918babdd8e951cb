/** What goes into pictures and pages as it is, read from the package: styles as written, scripts as compiled, the chart library as it ships. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Assets } from '../../../render/draw/page.ts';
import { packageFile } from '../output/packageFile.ts';

/** Scripts of the page, each behind those that it imports. */
const SCRIPTS = [
  'counts',
  'sizes',
  'draw/amounts',
  'draw/forest',
  'draw/tiles',
  'page/tools',
  'page/tips',
  'page/marks',
  'page/search',
  'page/pan',
  'page/zoom',
  'page/start',
];

export const pictureStyle = (): string => readFileSync(packageFile('lib', 'render', 'page', 'picture.css'), 'utf8');

export function pageAssets(): Assets {
  const pageStyle = readFileSync(packageFile('lib', 'render', 'page', 'page.css'), 'utf8');
  return { library: chartLibrary(), script: SCRIPTS.map(compiled).join('\n'), style: `${pictureStyle()}${pageStyle}` };
}

/** One module of many: what they import of each other is then in sight, and `d3` is what the library calls itself. */
function compiled(name: string): string {
  const text = readFileSync(new URL(`../../../render/${name}.js`, import.meta.url), 'utf8');
  return text.replace(/^import [^;]*;\n/gm, '');
}

/** The very file that d3 ships for browsers; the programs here import the same version. */
const chartLibrary = (): string =>
  readFileSync(join(dirname(createRequire(import.meta.url).resolve('d3')), 'd3.min.js'), 'utf8');
