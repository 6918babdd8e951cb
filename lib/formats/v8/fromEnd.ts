/**
 * Where the nodes and the edges of a V8 snapshot end, without crossing them: they are nearly all of it, and to cross them takes a tenth of what it takes to read them. The edges' end is
 * found from the end of the file, the nodes' end between the two by halving, because V8 writes a record a line, and nodes have more numbers than edges.
 * Costs a reading of what stands behind the edges, and a look at 64 places of each.
 */
import type { RandomBytes } from '../../disk/input.ts';

const WINDOW = 1 << 18;
/** What V8 writes behind the edges. As a key it can stand nowhere else: inside a string its quotes would be escaped. */
const BEHIND_EDGES = Buffer.from('"trace_function_infos":');
/** Bytes before that key in which the bracket of the edges stands. */
const BEFORE = 64;
const LOOKS = 64;
const LOOK = 1 << 12;
const NEWLINE = 10;
const COMMA = 44;

/** What V8 writes behind the nodes. */
const BEHIND_NODES = /\]\s*,\s*"edges"\s*:\s*\[/;

/** Where the closing brackets of both are. */
export interface Ends {
  readonly nodes: number;
  readonly edges: number;
}

/**
 * Of nodes that begin at `from`; undefined where they must be looked for from the front. Before those places are lines of as many numbers wherever it was looked: so it is
 * no second snapshot in the same file, but whoever reads them has to mind a bracket.
 */
export function endsOf(file: RandomBytes, from: number, nodeWidth: number, edgeWidth: number): Ends | undefined {
  const edges = bracketBehind(file, from);
  if (edges === undefined) return undefined;
  const nodes = bracketBetween(file, from, edges, nodeWidth, edgeWidth);
  if (nodes === undefined || !areRecords(file, from, nodes.at, nodeWidth)) return undefined;
  return areRecords(file, nodes.behind, edges, edgeWidth) ? { nodes: nodes.at, edges } : undefined;
}

function bracketBehind(file: RandomBytes, from: number): number | undefined {
  const key = lastOf(file, from, BEHIND_EDGES);
  if (key === undefined) return undefined;
  const start = Math.max(from, key - BEFORE);
  const before = Buffer.alloc(key - start);
  file.readAt(before, start);
  const bracket = /\]\s*,\s*$/.exec(before.toString('latin1'));
  return bracket === null ? undefined : start + bracket.index;
}

/** Where lines of one width end and those of the other begin: the bracket's place, and that of the first edge. */
function bracketBetween(
  file: RandomBytes,
  from: number,
  end: number,
  nodeWidth: number,
  edgeWidth: number,
): { readonly at: number; readonly behind: number } | undefined {
  if (nodeWidth === edgeWidth) return undefined;
  const bytes = Buffer.alloc(2 * LOOK);
  let [low, high] = [from, end];
  while (high - low > LOOK) {
    const middle = Math.floor((low + high) / 2);
    const length = file.readAt(bytes, middle, Math.min(LOOK, high - middle));
    if (areLines(bytes, length, nodeWidth)) low = middle;
    else if (areLines(bytes, length, edgeWidth)) high = middle;
    else {
      low = middle;
      break;
    }
  }
  const found = BEHIND_NODES.exec(
    bytes.toString('latin1', 0, file.readAt(bytes, low, Math.min(bytes.length, end - low))),
  );
  return found === null ? undefined : { at: low + found.index, behind: low + found.index + found[0].length };
}

function lastOf(file: RandomBytes, from: number, key: Buffer): number | undefined {
  const window = Buffer.allocUnsafeSlow(WINDOW);
  for (let end = file.size; end - from >= key.length; end -= WINDOW - key.length) {
    const base = Math.max(from, end - WINDOW);
    const found = window.subarray(0, file.readAt(window, base, end - base)).lastIndexOf(key);
    if (found >= 0) return base + found;
  }
  return undefined;
}

function areRecords(file: RandomBytes, from: number, end: number, width: number): boolean {
  const bytes = Buffer.alloc(LOOK);
  const step = Math.max(LOOK, Math.floor((end - from) / LOOKS));
  for (let at = from; at < end; at += step) {
    const length = file.readAt(bytes, at, Math.min(LOOK, end - at));
    if (!areLines(bytes, length, width)) return false;
  }
  return true;
}

/** Digits and commas, of these as many as numbers in each line that is there as a whole. */
function areLines(bytes: Uint8Array, length: number, width: number): boolean {
  let commas = Number.NaN;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte === COMMA) commas++;
    else if (byte === NEWLINE) {
      if (commas < width || commas > width) return false;
      commas = 0;
    } else if (byte < 48 || byte > 57) return false;
  }
  return true;
}
