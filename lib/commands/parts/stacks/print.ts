/**
 * snap-show --stack: the stacks that chosen nodes stand for, as their runtime prints them. The graph is read once, or an index is asked; then the entries' names. Memory
 * beside the graph's: four bytes an entry, 20 a node that is one, and distinct names.
 */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { NamedRefs } from '../../../graph/stacks/named.ts';
import { type Stack, Stacks } from '../../../graph/stacks/stacks.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { type Marking, markingOf } from '../../../render/carets.ts';
import { formatCount } from '../../../render/counts.ts';
import { escapeControls } from '../../../render/escape.ts';
import type { StackEntry } from '../../../render/stack.ts';
import type { Chosen } from '../choosing/options.ts';
import { openChosen } from '../graph/chosen.ts';
import { pythonEntry, textEntries, v8Entry } from './entries.ts';
import { SourceLines } from './sourceLines.ts';
import { StackTexts } from './texts.ts';

export interface StackQuestion extends Chosen {
  readonly top: number;
  /** Entries of each stack. */
  readonly limit: number;
}

interface Found {
  readonly n: number;
  readonly stack: Stack;
}

export async function printStacks(
  operand: string,
  question: StackQuestion,
  frame: Frame,
  scratch: Scratch,
): Promise<0 | 1> {
  const needs = { whole: undefined, columns: 1, weak: false, refNames: true };
  const { open, chosen, count } = await openChosen(operand, question, needs, frame, scratch);
  if (count === 0) return 1;
  const { graph, name } = open;
  // Names were asked for.
  const stacks = new Stacks(graph, new NamedRefs(graph.rows, graph.names!));
  const found: Found[] = [];
  let others = 0;
  for (let n = chosen.next(0); n < graph.nodes && found.length < question.top; n = chosen.next(n + 1)) {
    const stack = stacks.of(n, question.limit);
    if (stack === undefined) others++;
    else found.push({ n, stack });
  }
  graph.rows.close();
  const texts = new StackTexts(wantedOf(found, graph.nodes));
  for await (const batch of (await open.again({ names: true, extras: true, refs: false, only: texts.wanted })).batches)
    texts.take(batch);
  const start = JSON.parse(open.startLine) as Readonly<Record<string, unknown>>;
  const printed = await print(found, texts, question.limit, markingOf(start['python']), frame);
  const what = graph.isV8
    ? 'an error whose stack V8 has kept'
    : 'a traceback, a frame or an exception with a traceback';
  if (others + found.length - printed > 0 && printed > 0)
    frame.note(`${name}: ${formatCount(others + found.length - printed)} of the chosen nodes are not ${what}`);
  if (printed > 0) {
    if (found.some(({ stack }) => stack.form === 'functions'))
      frame.note(
        `${name}: each position is where the function begins: V8 keeps that of the call as a number, which is in no snapshot`,
      );
    return 0;
  }
  frame.note(`${name}: ${count === 1 ? 'the chosen node is not' : 'none of the chosen nodes is'} ${what}`);
  return 1;
}

function wantedOf(found: readonly Found[], nodes: number): Bits {
  const wanted = new Bits(nodes);
  for (const { n, stack } of found) {
    wanted.add(n);
    for (const entry of stack.nodes) wanted.add(entry);
    if (stack.form === 'functions') for (const script of stack.scripts.values()) wanted.add(script);
  }
  return wanted;
}

/** How many stacks there were: a text that has no lines of a stack is none. */
async function print(
  found: readonly Found[],
  texts: StackTexts,
  limit: number,
  marking: Marking,
  frame: Frame,
): Promise<number> {
  const { pythonLines, STACK_CSV_HEAD, stackCsv, stackRecord, v8Line } = await import('../../../render/stack.ts');
  const source = new SourceLines();
  if (frame.format === 'csv') frame.out.text(STACK_CSV_HEAD);
  let printed = 0;
  for (const { n, stack } of found) {
    const text = stack.form === 'text' ? stackText(stack, texts) : undefined;
    if (stack.form === 'text' && text === undefined) continue;
    const entries = entriesOf(n, stack, text, texts, limit);
    if (frame.format === 'ndjson')
      for (const entry of entries) frame.out.text(`${JSON.stringify(stackRecord(entry))}\n`);
    else if (frame.format === 'csv') for (const entry of entries) frame.out.text(stackCsv(entry));
    else {
      if (found.length > 1) {
        const { id, type } = texts.get(n)!;
        frame.out.text(`${printed === 0 ? '' : '\n'}@${id} ${escapeControls(type)}\n`);
      }
      if (stack.form === 'python')
        for (const lines of pythonLines(entries, (file, line) => source.line(file, line), marking))
          frame.out.text(lines);
      else {
        if (text !== undefined) frame.out.text(`${text.head.map(escapeControls).join('\n')}\n`);
        for (const entry of entries) frame.out.text(v8Line(entry));
      }
    }
    printed++;
  }
  return printed;
}

interface StackText {
  /** The error's name and message. */
  readonly head: readonly string[];
  readonly lines: readonly string[];
}

const AT = /^ {4}at /;

function stackText({ nodes }: Stack, texts: StackTexts): StackText | undefined {
  const lines = Array.from(nodes, (n) => texts.get(n)?.name ?? '')
    .join('')
    .split('\n');
  const from = lines.findIndex((line) => AT.test(line));
  return from < 0
    ? undefined
    : { head: lines.slice(0, from), lines: lines.slice(from).filter((line) => AT.test(line)) };
}

function* entriesOf(
  n: number,
  stack: Stack,
  text: StackText | undefined,
  texts: StackTexts,
  limit: number,
): Generator<StackEntry> {
  if (stack.form === 'text') {
    const error = texts.get(n);
    if (error !== undefined) yield* textEntries(error, (text?.lines ?? []).slice(0, limit));
    return;
  }
  for (const one of stack.nodes) {
    const node = texts.get(one);
    if (node === undefined) continue;
    if (stack.form === 'python') yield pythonEntry(node);
    else {
      const script = stack.scripts.get(one);
      yield v8Entry(node, script === undefined ? undefined : texts.get(script)?.name);
    }
  }
}
