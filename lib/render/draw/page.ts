/** Pictures as one page that needs nothing else: sections in, HTML out. Costs a copy of all it holds. */

import type { Picture, Table } from './picture.ts';
import { shown } from './row.ts';
import { pictureInPage } from './svg.ts';

export interface Section {
  /** The file it comes from. */
  readonly file: string;
  /** Undefined where the file had nothing to draw. */
  readonly picture: Picture | undefined;
}

/** What goes into every page as it is: the chart library, the page's own script, and how all looks. */
export interface Assets {
  readonly library: string;
  readonly script: string;
  readonly style: string;
}

export async function page(
  heading: string,
  sections: readonly Section[],
  { library, script, style }: Assets,
  hash: (text: string) => string,
): Promise<string> {
  const isReport = sections.length > 1;
  const bodies: string[] = [];
  for (const [at, section] of sections.entries()) bodies.push(await sectionHtml(section, at, isReport));
  const links = sections.map(({ file, picture }, at) => `<a href="#s${at}">${escaped(picture?.title ?? file)}</a>`);
  // Nothing may run or load but these three: that is what keeps the names of a heap from ever being more than text.
  const policy = `default-src 'none'; script-src '${hash(library)}' '${hash(script)}'; style-src '${hash(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(heading)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(heading)}</h1>
<span class="found" role="status"></span>
<input type="search" placeholder="search ( / )" aria-label="search" autocomplete="off" spellcheck="false">
${isReport ? `<nav>${links.join(' ')}</nav>` : ''}
</header>
<main>
${bodies.join('')}</main>
<footer><kbd>/</kbd> search, <kbd>Enter</kbd> next; <kbd>Tab</kbd> and arrows walk; a treemap: <kbd>Enter</kbd> in, <kbd>Backspace</kbd> out; a graph: <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd></footer>
<div id="tip" role="tooltip" hidden></div>
<script>${library}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

async function sectionHtml({ file, picture }: Section, at: number, isReport: boolean): Promise<string> {
  const name = isReport ? ` <span class="file">${escaped(shown(file))}</span>` : '';
  if (picture === undefined)
    return `<section id="s${at}"><h2>${name}</h2><p class="note">nothing to draw: there are no rows</p></section>\n`;
  const figure = picture.draw === undefined ? '' : `<figure>${await pictureInPage(picture)}</figure>`;
  const notes = picture.notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('');
  const data =
    picture.inPage === undefined
      ? ''
      : `<script type="application/json" class="data">${json(picture.inPage.data)}</script>`;
  const isOpen = picture.draw === undefined ? ' open' : '';
  return `<section id="s${at}">
${isReport ? `<h2>${escaped(picture.title)}${name}</h2>\n` : ''}<p class="summary">${escaped(picture.summary)}</p>
${figure}${notes}
<details${isOpen}><summary>numbers</summary>${tableHtml(picture.table)}</details>
${data}</section>
`;
}

function tableHtml({ head, rows }: Table): string {
  const line = (cells: readonly string[], cell: string): string =>
    `<tr>${cells.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join('')}</tr>`;
  return `<table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);

/** JSON that no parser of HTML takes for the end of its element. */
const json = (data: object): string => JSON.stringify(data).replaceAll('<', '\\u003c');
