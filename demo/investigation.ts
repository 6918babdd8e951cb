/**
 * An investigation is a page of Markdown: prose, and blocks of shell lines with their real output behind them, indented. Read here, so that the
 * same page is walked by a demo, checked by a test, and written anew where outputs have changed; costs nothing but the page.
 *
 *     <!-- run -->
 *     ```sh
 *     snap-group --top 3 app.nodes
 *     ```
 *
 *         output, as a table
 */

export interface Passage {
  /** What stands in front of the lines. */
  readonly prose: string;
  readonly lines: readonly string[];
  /** What the page says that the lines print, all together. */
  readonly output: string;
}

const BLOCK = /<!-- run -->\n```sh\n([\s\S]*?)^```\n((?:\n+ {4}.*\n(?: {4}.*\n|\n+(?= {4}))*)?)/gm;

export const passages = (page: string): readonly Passage[] => {
  let end = 0;
  return [...page.matchAll(BLOCK)].map((match) => {
    const [whole, lines = '', output = ''] = match;
    const prose = page.slice(end, match.index);
    end = match.index + whole.length;
    return {
      prose,
      lines: lines.split('\n').filter((line) => line !== ''),
      output: output.replace(/^\n+/, '').replace(/^ {4}/gm, ''),
    };
  });
};

/** What stands behind the last lines. */
const ending = (page: string): string => {
  const last = [...page.matchAll(BLOCK)].at(-1);
  return last === undefined ? page : page.slice(last.index + last[0].length);
};

/** The page with other outputs, one for each passage. */
export function rewritten(page: string, outputs: readonly string[]): string {
  let at = 0;
  return page.replace(BLOCK, (_, lines: string) => {
    const output = outputs[at++] ?? '';
    const indented = output.replace(/^(?=.)/gm, '    ');
    return `<!-- run -->\n\`\`\`sh\n${lines}\`\`\`\n${output === '' ? '' : `\n${indented}`}`;
  });
}

/** The line as a terminal would show its result: where its last program is ours and prints, as a table. */
export const asTable = (line: string): string =>
  /(?:^|[|;&] )snap-[a-z]+(?: (?!>)[^|;&>]*)?$/.test(line) && !line.includes('--format')
    ? `${line} --format table`
    : line;

/** Prints the page, each line of its blocks with what `run` gives for it. @returns the outputs, one for each passage */
export async function walk(
  page: string,
  run: (line: string) => Promise<string>,
  print: (text: string) => void,
): Promise<readonly string[]> {
  const outputs: string[] = [];
  for (const { prose, lines } of passages(page)) {
    print(prose);
    let all = '';
    for (const line of lines) {
      print(`$ ${line}\n`);
      const output = await run(asTable(line));
      print(output);
      all += output;
    }
    outputs.push(all);
  }
  print(ending(page));
  return outputs;
}
