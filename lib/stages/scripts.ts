/**
 * Which file a script of V8's is: positions say its number, which no node has. A function tells: closure > shared > script, a node that is called as the file. Batches with
 * references in, then batches with names; memory grows with functions: eight bytes each, and eight for the code of each.
 */
import { placeIn } from '../disk/ascending.ts';
import { grownNumbers } from '../disk/grow.ts';
import { type Batch, REF_KINDS, SAME_AS_TYPE } from '../stream/batch.ts';
import type { Dictionary } from '../stream/dictionary.ts';
import { FieldFinder } from '../stream/fieldFinder.ts';
import { isToken, textOf, token } from '../stream/json.ts';

const INTERNAL = REF_KINDS.indexOf('internal');
const SHARED = [token('shared')];
/** Source: Node 20 has the second one, which may also lead to a node of the debugger's; 22 to 26 have the first one. */
const SCRIPT = [token('script'), token('script_or_debug_info')];

const CLOSURE = 1;
const CODE = 2;

export class Scripts {
  readonly #at = new FieldFinder('at');
  #kinds: Dictionary | undefined;
  #kindCodes: Uint8Array = new Uint8Array(0);
  readonly #shared = new Links();
  readonly #scripts = new Links();
  /** The node whose references come, and what it is. */
  #open = 0;
  #openKind = 0;
  /** A function of each script, by its number. */
  readonly #functions = new Map<string, number>();
  #wanted: ReadonlySet<number> | undefined;
  readonly #files = new Map<number, string>();

  /** First pass: batches with references, and with other fields where they are there anyway. */
  add(batch: Batch): void {
    if (this.#openKind !== 0) this.#look(batch, 0, batch.refStart[0]!);
    this.#settleKinds(batch.kinds);
    for (let row = 0; row < batch.length; row++) {
      this.#openKind = this.#kindCodes[batch.kind[row]!]!;
      if (this.#openKind === 0) continue;
      this.#open = batch.n[row]!;
      if (this.#openKind === CLOSURE) this.#learn(batch, row);
      this.#look(batch, batch.refStart[row]!, batch.refStart[row + 1]!);
    }
  }

  /** Second pass: batches with names, and with other fields where the first ones had none. */
  name(batch: Batch): void {
    this.#wanted ??= this.#scripts.targets();
    this.#settleKinds(batch.kinds);
    for (let row = 0; row < batch.length; row++) {
      const kind = this.#kindCodes[batch.kind[row]!];
      if (kind === CLOSURE) this.#learn(batch, row);
      if (kind !== CODE || !this.#wanted.has(batch.n[row]!) || batch.nameStart[row] === SAME_AS_TYPE) continue;
      const file = textOf(batch.text, batch.nameStart[row]!, batch.nameEnd[row]!);
      if (isFile(file)) this.#files.set(batch.n[row]!, file);
    }
  }

  /** The script of a function. */
  scriptOf(n: number): number | undefined {
    const shared = this.#shared.of(n);
    return shared === undefined ? undefined : this.#scripts.of(shared);
  }

  /** A position as people write it: see `placeOf`. */
  place(at: string): string {
    return placeOf(at, (number) => {
      const known = this.#functions.get(number);
      const script = known === undefined ? undefined : this.scriptOf(known);
      return script === undefined ? undefined : this.#files.get(script);
    });
  }

  #learn(batch: Batch, row: number): void {
    if (!this.#at.find(batch, row)) return;
    const number = /^\d+(?=:\d+:\d+$)/.exec(textOf(this.#at.bytes, this.#at.start, this.#at.end))?.[0];
    if (number !== undefined && !this.#functions.has(number)) this.#functions.set(number, batch.n[row]!);
  }

  #look({ text, refKind, refNameStart, refNameEnd, refTo }: Batch, from: number, to: number): void {
    const [names, links] = this.#openKind === CLOSURE ? [SHARED, this.#shared] : [SCRIPT, this.#scripts];
    for (let ref = from; ref < to; ref++) {
      if (refKind[ref] !== INTERNAL) continue;
      for (const name of names)
        if (isToken(text, refNameStart[ref]!, refNameEnd[ref]!, name)) links.add(this.#open, refTo[ref]!);
    }
  }

  #settleKinds(kinds: Dictionary): void {
    if (kinds === this.#kinds && kinds.size === this.#kindCodes.length) return;
    this.#kinds = kinds;
    this.#kindCodes = Uint8Array.from({ length: kinds.size }, (_, code) => {
      const kind = kinds.text(code);
      return kind === 'closure' ? CLOSURE : kind === 'code' ? CODE : 0;
    });
  }
}

/** One target for each of some nodes, which come in order. */
class Links {
  #from = new Uint32Array(1024);
  #to = new Uint32Array(1024);
  #count = 0;

  add(from: number, to: number): void {
    if (this.#count === this.#from.length) {
      this.#from = grownNumbers(this.#from, 2 * this.#count);
      this.#to = grownNumbers(this.#to, 2 * this.#count);
    }
    this.#from[this.#count] = from;
    this.#to[this.#count++] = to;
  }

  of(from: number): number | undefined {
    const low = placeIn(this.#from, from, this.#count);
    return low < this.#count && this.#from[low] === from ? this.#to[low] : undefined;
  }

  targets(): ReadonlySet<number> {
    return new Set(this.#to.subarray(0, this.#count));
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
