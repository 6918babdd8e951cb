/**
 * Where Python 3.11 and 3.12 put `^^^^` and `~~~~^~~~` below a source line: a line and the columns of what was running in, the line below it out. Of an operator and of a
 * subscript the place itself is marked, which takes a look at the expression's brackets and operators. Later versions mark several lines, which this does not.
 * Source: traceback.StackSummary.format_frame_summary of CPython.
 */
import { eastAsianWidth } from 'get-east-asian-width';

/** What was running: lines from 1, columns in bytes of UTF-8 from 0. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** How a version marks: undefined where it does not, or in another way. The first ones of 3.11 know neither wide characters nor brackets around operands. */
export type Marking = 'first' | 'later' | undefined;

export function markingOf(python: unknown): Marking {
  const [, minor, patch] = /^3\.(\d+)\.(\d+)/.exec(String(python)) ?? [];
  if (minor === '11') return Number(patch) < 4 ? 'first' : 'later';
  return minor === '12' ? 'later' : undefined;
}

/** `line` has its newline. Undefined where the whole line was running. */
export function carets(
  line: string,
  { line: first, column, endLine, endColumn }: Span,
  marking: 'first' | 'later',
): string | undefined {
  const all = Array.from(line);
  const shown = Array.from(pythonTrim(line));
  const stripped = all.length - shown.length;
  const start = characters(line, column);
  const end = first === endLine ? characters(line, endColumn) : Array.from(line.trimEnd()).length;
  const segment = all.slice(start, end);
  const anchors = first === endLine ? anchorsOf(segment.join(''), marking) : undefined;
  if (end - start >= shown.length && (anchors === undefined || anchors.right <= anchors.left)) return undefined;
  const displayed = marking === 'later' ? columns : (_: readonly string[], to: number): number => to;
  const from = displayed(all, start) + 1;
  const to = displayed(all, end) + 1;
  const indent = ' '.repeat(Math.max(0, from - stripped));
  if (anchors === undefined) return `${indent}${'^'.repeat(Math.max(0, to - from))}`;
  const left = displayed(segment, anchors.left);
  const right = displayed(segment, anchors.right);
  return `${indent}${'~'.repeat(left)}${'^'.repeat(right - left)}${'~'.repeat(Math.max(0, to - from - right))}`;
}

/** As Python strips: its white space, not JavaScript's. */
export const pythonTrim = (text: string): string => text.replace(STRIPPED, '');
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python takes these for white space, and not the byte order mark
const STRIPPED = /^(?:[\x1c-\x1f\x85]|(?!\ufeff)\s)+|(?:[\x1c-\x1f\x85]|(?!\ufeff)\s)+$/g;

/** Characters in the first so many bytes. */
const characters = (line: string, bytes: number): number =>
  Array.from(new TextDecoder().decode(new TextEncoder().encode(line).subarray(0, bytes))).length;

/** Wide characters take two. */
const columns = (text: readonly string[], end: number): number =>
  text.slice(0, end).reduce((sum, char) => sum + eastAsianWidth(char.codePointAt(0)!), 0);

interface Anchors {
  readonly left: number;
  readonly right: number;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

const TOKEN =
  /\s+|#.*|(?:[rRbBuUfF]{0,2})(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')|\d[\w.]*(?:[eE][+-]?\d\w*)?|\.\d[\w.]*|[\p{L}_][\p{L}\p{N}_]*|\*\*=|\/\/=|<<=|>>=|:=|->|\*\*|\/\/|<<|>>|[<>=!]=|[-+*/%@&|^]=|[\s\S]/uy;
/** The lower, the looser it binds. */
const BINDS: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '@': 6,
  '**': 8,
};
/** An expression with one of these outside of brackets is neither an operation nor a subscript, nor is a statement. */
const OTHERS = new Set(
  ', := = == != < > <= >= ; : ! += -= *= /= //= %= @= &= |= ^= <<= >>= **= lambda if else or and not in is for from return raise yield assert del import global nonlocal pass break continue with while try'.split(
    ' ',
  ),
);
const UNARY = new Set(['+', '-', '~']);

/** The operator of the operation that `segment` is, or the brackets of the subscript, in characters. */
function anchorsOf(segment: string, marking: 'first' | 'later'): Anchors | undefined {
  const tokens = tokensOf(segment);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const outside = tokens.filter(({ depth }) => depth === 0);
  if (outside.some(({ text }) => OTHERS.has(text))) return undefined;
  const operator = rootOperator(tokens);
  const chars = Array.from(segment);
  if (operator !== undefined) return operatorAnchors(tokens, operator, chars, marking);
  const last = tokens.at(-1)!;
  const open = tokens.findLastIndex(({ text, depth }) => text === '[' && depth === 0);
  if (last.text !== ']' || last.depth !== 0 || open < 1 || isPrefix(tokens[0]!)) return undefined;
  if (!endsOperand(tokens[open - 1]!)) return undefined;
  if (marking === 'later') return { left: tokens[open]!.start, right: chars.length };
  return {
    left: unwrapped(tokens.slice(0, open)).at(-1)!.end,
    right: unwrapped(tokens.slice(open + 1, -1)).at(-1)!.end + 1,
  };
}

/** The operator that is looked at last: the loosest one outside of brackets, the last of several, of powers the first. */
function rootOperator(tokens: readonly Token[]): number | undefined {
  let root: number | undefined;
  let loosest = Number.POSITIVE_INFINITY;
  tokens.forEach(({ text, depth }, at) => {
    const binds = BINDS[text];
    if (depth !== 0 || binds === undefined || at === 0 || !endsOperand(tokens[at - 1]!)) return;
    if (binds < loosest || (binds === loosest && text !== '**')) {
      root = at;
      loosest = binds;
    }
  });
  // -a ** b is the negative of a power.
  return root !== undefined && tokens[root]!.text === '**' && UNARY.has(tokens[0]!.text) ? undefined : root;
}

function operatorAnchors(
  tokens: readonly Token[],
  at: number,
  chars: readonly string[],
  marking: 'first' | 'later',
): Anchors {
  const leftEnd = unwrapped(tokens.slice(0, at)).at(-1)!.end;
  const rightStart = unwrapped(tokens.slice(at + 1))[0]?.start ?? chars.length;
  const between = chars.slice(leftEnd, rightStart);
  const offset = between.findIndex((char) => !/\s/.test(char));
  let left = leftEnd + Math.max(0, offset);
  let right = left + 1;
  const next = between[offset + 1];
  if (next !== undefined && !/\s/.test(next)) right++;
  while (marking === 'later' && left < chars.length && /[\s)#]/.test(chars[left]!)) {
    left++;
    right++;
  }
  return { left, right };
}

/** Without the brackets around it, which are no part of an operand unless it is a tuple. */
function unwrapped(tokens: readonly Token[]): readonly Token[] {
  const [first, ...rest] = tokens;
  const last = rest.at(-1);
  const inner = rest.slice(0, -1);
  if (first?.text !== '(' || last?.text !== ')' || inner.length === 0) return tokens;
  const depth = first.depth;
  const isWhole = !inner.some((token) => token.text === ')' && token.depth === depth);
  const isOther = inner.some((token) => token.depth === depth + 1 && (token.text === ',' || token.text === 'for'));
  return isWhole && !isOther ? unwrapped(inner) : tokens;
}

const endsOperand = ({ text }: Token): boolean =>
  /^(?:[\w)\]}]|["'].*|.*["'])$/su.test(text.at(-1)!) && !KEYWORDS.has(text);
const KEYWORDS = new Set(['await', 'not', 'in', 'is', 'and', 'or', 'if', 'else', 'lambda', 'return', 'yield']);
const isPrefix = ({ text }: Token): boolean => UNARY.has(text) || KEYWORDS.has(text);

/** In characters; brackets have the depth of what is around them. Undefined where they do not match. */
function tokensOf(segment: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  for (const [text] of segment.matchAll(new RegExp(TOKEN.source, 'gu'))) {
    const start = at;
    at += Array.from(text).length;
    if (/^(?:\s|#)/.test(text) || text === '\\') continue;
    if (')]}'.includes(text)) depth--;
    if (depth < 0) return undefined;
    tokens.push({ text, start, end: at, depth });
    if ('([{'.includes(text)) depth++;
  }
  return depth === 0 ? tokens : undefined;
}
