/**
 * Which references of a snapshot belong to which cuts, told while it is read: batches and references in, numbers of sets of cuts out. Costs a look at a
 * holder's type, one at each reference's name (a bit of its number, or its length and two of its bytes), and memory for types, distinct sets and a bit for each number.
 */
import { Bits } from '../../../graph/store/bits.ts';
import type { Via } from '../../../graph/store/via.ts';
import { compileNames, escapeGlob, isGlob } from '../../../stages/names.ts';
import { type Batch, REF_KINDS } from '../../../stream/batch.ts';
import type { Dictionary } from '../../../stream/dictionary.ts';
import { LONGEST_LINE } from '../../../stream/encode.ts';
import { isSame, tokensOf } from '../../../stream/json.ts';
import { isIndexed, RefToken } from '../../../stream/refToken.ts';
import { parseVia } from '../choosing/via.ts';
import type { Cut } from './cuts.ts';

/**
 * A cut's demands on holder and name. A cut whose type looks like a glob has two: one as a glob, and one as a name, which is the one that counts if
 * there is such a type; that is known when all has been read.
 */
interface Demand {
  readonly cut: number;
  readonly isType: ((type: string) => boolean) | undefined;
  /** For a glob: the name it might be. */
  readonly name: string | undefined;
  readonly isGlob: boolean;
  readonly id: number | undefined;
  readonly via: Via | undefined;
}

/** How references are written whose name is asked for, and for each kind of reference the set of demands that such a reference meets. */
interface Named {
  readonly bytes: Uint8Array;
  readonly sets: readonly number[];
}

/** What a holder's type and id say of its references. */
interface Holder {
  /** The set of demands that it meets. */
  readonly set: number;
  /** What a reference gets whose name nobody asks for. */
  readonly mark: number;
  readonly asksNames: boolean;
}

const NOBODY: Holder = { set: 0, mark: 0, asksNames: false };

const BUCKETS = 1024;
/** Sets are numbered below this. */
const MOST_SETS = 2 ** 26;

export class CutSieve {
  readonly #demands: readonly Demand[];
  readonly #sets = new Sets();
  /** Numbers that references get: 0 is for what all references meet. */
  readonly #marks = new Sets();
  readonly #crossed = new Map<number, number>();
  readonly #named: (readonly Named[] | undefined)[] = new Array(BUCKETS).fill(undefined);
  /** 1 for the lengths that these names have. */
  readonly #lengths = new Uint8Array(LONGEST_LINE);
  /** Some of these names are digits. */
  readonly #asksIndexes: boolean;
  readonly #token = new RefToken();
  /** Numbers of names: those that nobody asks for, and those that somebody does. */
  readonly #idle = new Bits();
  readonly #asked = new Map<number, Named>();
  /** The set of demands that do not ask for a name. */
  readonly #nameless: number;
  readonly #ids: ReadonlySet<number>;
  readonly #foundIds = new Set<number>();
  #types: Dictionary | undefined;
  #holders: Holder[] = [];
  #row = -1;
  /** The holder whose references come. */
  #from = -1;
  #holder: Holder = NOBODY;
  /** The last one of the batch. */
  #last = { n: -1, holder: NOBODY };

  constructor(cuts: readonly Cut[]) {
    this.#demands = cuts.flatMap(demandsOf);
    this.#ids = new Set(cuts.flatMap(({ id }) => id ?? []));
    this.#nameless = this.#sets.number(this.#meeting(({ via }) => via === undefined));
    this.#marks.number(
      this.#meeting(({ via, isType, id }) => via === undefined && isType === undefined && id === undefined),
    );
    const asked = this.#demands.map(({ via }) => new Set(via === undefined ? [] : tokensOf(via.name)));
    const spellings = new Set(asked.flatMap((tokens) => [...tokens]));
    for (const spelling of spellings) this.#enter(spelling, asked);
    this.#asksIndexes = [...spellings].some((spelling) => !spelling.startsWith('"'));
  }

  /** Before the references of a batch are asked about. */
  readonly tap = (batch: Batch): void => {
    // Those of the last node may go on; nothing was asked about it where only weak ones came so far.
    this.#from = this.#last.n;
    this.#holder = this.#last.holder;
    this.#row = -1;
    if (batch.types !== this.#types) {
      this.#types = batch.types;
      this.#holders = [];
    }
    if (this.#ids.size > 0) {
      for (let row = 0; row < batch.length; row++)
        if (this.#ids.has(batch.id[row]!)) this.#foundIds.add(batch.id[row]!);
    }
    if (batch.length === 0) return;
    const row = batch.length - 1;
    this.#last = { n: batch.n[row]!, holder: this.#holderAt(batch, row) };
  };

  /** 0, or the number of a set of cuts. */
  readonly sieve = (batch: Batch, ref: number, from: number): number => {
    if (from !== this.#from) this.#turnTo(batch, from);
    const { set, mark, asksNames } = this.#holder;
    if (!asksNames) return mark;
    const asked =
      batch.names === undefined
        ? this.#find(batch.text, batch.refNameStart[ref]!, batch.refNameEnd[ref]!)
        : this.#findNumber(batch, ref);
    return asked === undefined ? mark : this.#cross(set, asked.sets[batch.refKind[ref]!]!);
  };

  get missingIds(): readonly number[] {
    return [...this.#ids].filter((id) => !this.#foundIds.has(id));
  }

  /** For each number the cuts of that set, now that it is known what types there are. */
  marked(isThere: (type: string) => boolean): readonly (readonly number[])[] {
    const meant = this.#demands.map(({ name, isGlob }) => name === undefined || isThere(name) !== isGlob);
    return this.#marks.all.map((set) => [...new Set(set.filter((i) => meant[i]!).map((i) => this.#demands[i]!.cut))]);
  }

  #find(bytes: Uint8Array, start: number, end: number): Named | undefined {
    if (this.#lengths[end - start] !== 1) return undefined;
    return this.#named[bucket(bytes, start, end)]?.find(
      (named) => named.bytes.length === end - start && isSame(bytes, start, named.bytes, 0, end - start),
    );
  }

  /** Where names come as numbers: each number is looked at once. */
  #findNumber(batch: Batch, ref: number): Named | undefined {
    if (isIndexed(batch.refKind[ref]!)) return this.#asksIndexes ? this.#findToken(batch, ref) : undefined;
    const number = batch.refName[ref]!;
    if (this.#idle.has(number)) return undefined;
    const known = this.#asked.get(number) ?? this.#findToken(batch, ref);
    if (known === undefined) this.#idle.add(number);
    else this.#asked.set(number, known);
    return known;
  }

  #findToken(batch: Batch, ref: number): Named | undefined {
    this.#token.find(batch, ref);
    return this.#find(this.#token.bytes, this.#token.start, this.#token.end);
  }

  /** A way in which references are written; `asked`: for each demand the ways that it means. */
  #enter(spelling: string, asked: readonly ReadonlySet<string>[]): void {
    const bytes = new TextEncoder().encode(spelling);
    const sets = REF_KINDS.map((_, kind) =>
      this.#sets.number(
        this.#meeting(({ via }, i) => via === undefined || (asked[i]!.has(spelling) && (via.kind ?? kind) === kind)),
      ),
    );
    const place = bucket(bytes, 0, bytes.length);
    this.#named[place] = [...(this.#named[place] ?? []), { bytes, sets }];
    if (bytes.length < LONGEST_LINE) this.#lengths[bytes.length] = 1;
  }

  #turnTo(batch: Batch, from: number): void {
    this.#from = from;
    do this.#row++;
    while (batch.n[this.#row] !== from);
    this.#holder = this.#holderAt(batch, this.#row);
  }

  #holderAt({ types, type, id }: Batch, row: number): Holder {
    const code = type[row]!;
    this.#holders[code] ??= this.#holderOf(types.text(code), undefined);
    return this.#ids.size > 0 && this.#ids.has(id[row]!)
      ? this.#holderOf(types.text(code), id[row]!)
      : this.#holders[code];
  }

  #holderOf(type: string, id: number | undefined): Holder {
    const demands = this.#meeting(
      (demand) => (demand.isType?.(type) ?? true) && (demand.id === undefined || demand.id === id),
    );
    const set = this.#sets.number(demands);
    return {
      set,
      mark: this.#cross(set, this.#nameless),
      asksNames: demands.some((i) => this.#demands[i]!.via !== undefined),
    };
  }

  #meeting(meets: (demand: Demand, i: number) => boolean): readonly number[] {
    return this.#demands.flatMap((demand, i) => (meets(demand, i) ? [i] : []));
  }

  /** The number of the demands that are in both sets. */
  #cross(a: number, b: number): number {
    const key = a * MOST_SETS + b;
    const known = this.#crossed.get(key);
    if (known !== undefined) return known;
    const other = new Set(this.#sets.all[b]);
    const mark = this.#marks.number(this.#sets.all[a]!.filter((i) => other.has(i)));
    this.#crossed.set(key, mark);
    return mark;
  }
}

/** Sets of small numbers, numbered in order of first sight. */
class Sets {
  readonly all: (readonly number[])[] = [];
  readonly #numbers = new Map<string, number>();

  number(set: readonly number[]): number {
    const key = set.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.all.length);
    return this.all.push(set) - 1;
  }
}

function demandsOf({ type, via, id }: Cut, cut: number): readonly Demand[] {
  const shared = { cut, id, via: via === undefined ? undefined : parseVia(via) };
  if (type === undefined) return [{ ...shared, isType: undefined, name: undefined, isGlob: false }];
  const asTyped = compileNames([type]);
  if (!isGlob(type)) return [{ ...shared, isType: asTyped, name: undefined, isGlob: false }];
  return [
    { ...shared, isType: asTyped, name: type, isGlob: true },
    { ...shared, isType: compileNames([escapeGlob(type)]), name: type, isGlob: false },
  ];
}

/** By length and two bytes from the middle on: names that are asked for seldom share one with others. */
function bucket(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const middle = bytes[start + (length >> 1)]!;
  const late = bytes[end - 1 - (length >> 2)]!;
  return (Math.imul(length, 421) + Math.imul(middle, 31) + Math.imul(late, 7)) & (BUCKETS - 1);
}
