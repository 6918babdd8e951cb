/** What a run measured in, its section of docs/benchmarks.md as Markdown out; costs nothing. */

import type { Size } from './corpus.ts';
import type { Best } from './measure.ts';
import type { Row } from './rows.ts';
import type { Verdict } from './targets.ts';

export interface RowResult {
  readonly row: Row;
  readonly runs: number;
  /** absent where the row gave no answer */
  readonly best?: Best;
  /** why it gave none; empty where it did */
  readonly failure: string;
  /** how its answer compares with the others'; empty where it has none to compare */
  readonly answer: string;
}

export interface NotRun {
  readonly id: string;
  readonly why: string;
}

export interface Findings {
  readonly size: Size;
  readonly says: string;
  readonly fileBytes: number;
  readonly nodesBytes: number | undefined;
  readonly type: string;
  readonly via: string;
  /** label and value, in order: commit, date, machine, ... */
  readonly circumstances: readonly (readonly [string, string])[];
  readonly results: readonly RowResult[];
  readonly notRun: readonly NotRun[];
  readonly verdicts: readonly Verdict[];
}

const preface = `# Benchmarks

Written by \`node dist/test/bench/main.js --write\` (\`make bench\` prints the small size and writes nothing). Every section is one run of one
size; a size without a section has not been run. Commands are lines for bash in the package's folder, with

- \`FILE\`: the snapshot, a real one that Node wrote, by the programs in test/bench/corpora; \`NODES\`: its node stream, by \`snap-parse\`;
- \`SMALL\`: the small snapshot; \`TYPE\`: a class that the file holds many of; \`VIA\`: a reference that these have; \`NODE\`: the node in the middle;
- \`TIGHT\`: 60 MB and 24 bytes for each node; \`INDEXED\`: the snapshot under another name, with an index beside it;
- \`SHAPES\`: made-up heaps of one shape, by shapes.cjs: 2,097,152 nodes and twice as many, a sixteenth of that for the small size;
- \`BEFORE\`, \`AFTER\`: two snapshots of a process that leaks, by pair.cjs: 294 and 492 MB, or 11 and 26 MB for the small size;
- \`COURSE\`: twenty snapshots of one process that leaks, by course.cjs, 8 MB each.

CPU is user and system seconds of all processes of the row together, wall is seconds from start to end, peak memory is the resident set of
the row's largest process (MB are 10^6 bytes; below 14 MB it is the measuring program's own). Of several runs, taken in turns so that a
machine's drift hits all rows alike, the lowest time and the highest memory count. Seconds differ from machine to machine: the ratio to the floor
is what to compare. The floor is \`floor.cjs\`: a loop over every byte of the snapshot that makes numbers of digits and keeps nothing.

Answers are compared with \`ours/group\`, \`ours/group-kind\` and \`ours/retain\`, row by row, in count and bytes (classes also in retained bytes).
memlab marks detached nodes in the name; @vscode/v8-heap-parser knows fewer kinds of node. Their rows therefore differ from the file's own.
`;

/** @returns `document` (empty: none yet) with the section of this size put in or put in place of the older one */
export function withSection(document: string, findings: Findings): string {
  const others = document
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith('## ') && !part.startsWith(`## ${findings.size}:`));
  const order: readonly Size[] = ['small', 'large', 'huge'];
  const rank = (part: string) => order.findIndex((size) => part.startsWith(`## ${size}:`));
  const parts = [...others, section(findings)].sort((a, b) => rank(a) - rank(b));
  return [preface, ...parts]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n');
}

export function section(findings: Findings): string {
  const { size, says, fileBytes, nodesBytes, type, via, circumstances, results, notRun, verdicts } = findings;
  const stream = nodesBytes === undefined ? '' : `, its node stream ${count(nodesBytes)}`;
  const floor = results.find(({ row }) => row.id === 'floor/scan')?.best?.cpuSeconds;
  const parts = [
    `## ${size}: ${says}`,
    circumstances.map(([label, value]) => `- ${label}: ${value}`).join('\n'),
    `The file has ${count(fileBytes)} bytes${stream}. \`TYPE\` is \`${type}\`, \`VIA\` is \`${via}\`.`,
    table(
      ['row', 'what is promised', 'measured', ''],
      verdicts.map(({ row, figure, measured, verdict }) => [row, figure, measured, verdict]),
    ),
    table(
      ['row', '', 'CPU s', 'x floor', 'wall s', 'peak MB', 'runs', 'answer', 'command'],
      results.map((result) => cells(result, floor)),
    ),
  ];
  if (notRun.length > 0) parts.push(`Not run:\n\n${byReason(notRun)}`);
  return parts.join('\n\n').concat('\n');
}

function cells({ row, runs, best, failure, answer }: RowResult, floor: number | undefined): string[] {
  const command = `\`${row.command.replaceAll('|', '\\|')}\``;
  if (best === undefined) return [row.id, row.says, '', '', '', '', String(runs), failure, command];
  const ratio =
    floor === undefined || row.id === 'floor/node' || row.id === 'ours/start' || row.reads !== undefined
      ? ''
      : digits(best.cpuSeconds / floor);
  return [
    row.id,
    row.says,
    digits(best.cpuSeconds),
    ratio,
    digits(best.wallSeconds),
    (best.peakBytes / 1e6).toFixed(0),
    String(runs),
    answer,
    command,
  ];
}

function byReason(notRun: readonly NotRun[]): string {
  const reasons = [...new Set(notRun.map(({ why }) => why))];
  return reasons
    .map((reason) => `- ${reason}: ${notRun.flatMap(({ id, why }) => (why === reason ? [id] : [])).join(', ')}`)
    .join('\n');
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  if (lines.length === 0) return '';
  const rule = head.map(() => '---');
  return [head, rule, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Three digits that count, for seconds and ratios from a millisecond to hours. */
function digits(value: number): string {
  return value >= 100
    ? value.toFixed(0)
    : value.toFixed(Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 1e-3))))));
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
