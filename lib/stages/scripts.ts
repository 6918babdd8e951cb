/**
 * Which file a script of V8's is: positions say its number, which no node has. A function of the script tells: closure > shared > script, a node that is called as the
 * file. Batches with references in, then batches with names; memory grows with the functions that are code: eight bytes each.
 */
import { grownNumbers } from '../disk/grow.ts';
import { type Batch, REF_KINDS, SAME_AS_TYPE } from '../stream/batch.ts';
import type { Dictionary } from '../stream/dictionary.ts';
import { FieldFinder } from '../stream/fieldFinder.ts';
import { isToken, textOf, token } from '../stream/json.ts';

const INTERNAL = REF_KINDS.indexOf('internal');
const SHARED = token('shared');
/** Source: Node 20 has the second one, which may also be a node of the debugger's; 22 to 26 have the first one. */
const SCRIPT = [token('script'), token('script_or_debug_info')] as const;

const CLOSURE = 1;
const CODE = 2;

export class Scripts {
  readonly #at = new FieldFinder('at');
  #kinds: Dictionary | undefined;
  #kindCodes: Uint8Array = new Uint8Array(0);
  /** Of each script the shared part of a function of it. */
  readonly #shared = new Map<string, number>();
  /** Shared parts, ascending, and the script of each. */
  #parts = new Uint32Array(1024);
  #scripts = new Uint32Array(1024);
  #count = 0;
  /** The node whose references come: what it is, and for a closure its script. */
  #open = 0;
  #openKind = 0;
  #openScript = '';
  #wanted: ReadonlyMap<number, readonly string[]> | undefined;
  readonly #files = new Map<string, string>();

  /** First pass: batches with other fields and references. */
  add(batch: Batch): void {
    if (batch.refStart[0]! > 0) this.#look(batch, 0, batch.refStart[0]!);
    if (batch.kinds !== this.#kinds || batch.kinds.size > this.#kindCodes.length) this.#settleKinds(batch.kinds);
    for (let row = 0; row < batch.length; row++) {
      this.#openKind = this.#kindCodes[batch.kind[row]!]!;
      if (this.#openKind === 0) continue;
      this.#open = batch.n[row]!;
      if (this.#openKind === CLOSURE && !this.#isNew(batch, row)) this.#openKind = 0;
      else this.#look(batch, batch.refStart[row]!, batch.refStart[row + 1]!);
    }
  }

  /** Second pass: batches with names. */
  name(batch: Batch): void {
    this.#wanted ??= this.#scriptNodes();
    if (this.#wanted.size === 0) return;
    for (let row = 0; row < batch.length; row++) {
      const scripts = this.#wanted.get(batch.n[row]!);
      if (scripts === undefined || batch.nameStart[row] === SAME_AS_TYPE) continue;
      const file = textOf(batch.text, batch.nameStart[row]!, batch.nameEnd[row]!);
      if (isFile(file)) for (const script of scripts) this.#files.set(script, file);
    }
  }

  /** A position as people write it: `SCRIPT:0:4` in, `file:1:5` out; as it came where the script is not known. */
  place(at: string): string {
    return placeOf(at, (script) => this.#files.get(script));
  }

  /** A closure of a script that was not seen before. */
  #isNew(batch: Batch, row: number): boolean {
    if (!this.#at.find(batch, row)) return false;
    this.#openScript = scriptOf(textOf(this.#at.bytes, this.#at.start, this.#at.end)) ?? '';
    return this.#openScript !== '' && !this.#shared.has(this.#openScript);
  }

  #look(batch: Batch, from: number, to: number): void {
    if (this.#openKind === 0) return;
    const { text, refKind, refNameStart, refNameEnd, refTo } = batch;
    for (let ref = from; ref < to; ref++) {
      if (refKind[ref] !== INTERNAL) continue;
      const start = refNameStart[ref]!;
      const end = refNameEnd[ref]!;
      if (this.#openKind === CLOSURE) {
        if (isToken(text, start, end, SHARED)) this.#shared.set(this.#openScript, refTo[ref]!);
      } else if (isToken(text, start, end, SCRIPT[0]) || isToken(text, start, end, SCRIPT[1]))
        this.#enter(this.#open, refTo[ref]!);
    }
  }

  #enter(part: number, script: number): void {
    if (this.#count === this.#parts.length) {
      this.#parts = grownNumbers(this.#parts, 2 * this.#count);
      this.#scripts = grownNumbers(this.#scripts, 2 * this.#count);
    }
    this.#parts[this.#count] = part;
    this.#scripts[this.#count++] = script;
  }

  /** The nodes that are scripts, and their numbers. */
  #scriptNodes(): ReadonlyMap<number, readonly string[]> {
    const nodes = new Map<number, string[]>();
    for (const [script, part] of this.#shared) {
      const node = this.#scriptOfPart(part);
      if (node !== undefined) nodes.set(node, [...(nodes.get(node) ?? []), script]);
    }
    return nodes;
  }

  #scriptOfPart(part: number): number | undefined {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#parts[middle]! < part) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#parts[low] === part ? this.#scripts[low] : undefined;
  }

  #settleKinds(kinds: Dictionary): void {
    this.#kinds = kinds;
    this.#kindCodes = Uint8Array.from({ length: kinds.size }, (_, code) => {
      const kind = kinds.text(code);
      return kind === 'closure' ? CLOSURE : kind === 'code' ? CODE : 0;
    });
  }
}

/** What the runtime calls its own, and a script without a name, are no files. */
export const isFile = (name: string): boolean => name !== '' && !/^(system \/ |\(|<dummy>$)/.test(name);

/** `SCRIPT:line:column`, both from 0, as `FILE:line:column` from 1, as stack traces have it; as it came where no file is known. */
export function placeOf(at: string, fileOf: (script: string) => string | undefined): string {
  const parts = /^(\d+):(\d+):(\d+)$/.exec(at);
  const file = parts === null ? undefined : fileOf(parts[1]!);
  return file === undefined ? at : `${file}:${Number(parts![2]) + 1}:${Number(parts![3]) + 1}`;
}

const scriptOf = (at: string): string | undefined => /^\d+(?=:\d+:\d+$)/.exec(at)?.[0];
