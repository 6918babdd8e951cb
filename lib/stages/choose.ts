/** Which nodes of a batch are wanted, by what one row tells: a mask in, a mask out; texts are decoded only where a pattern needs them. */
import { type Batch, NODES, SAME_AS_TYPE } from '../stream/batch.ts';
import { isToken, textOf, token } from '../stream/json.ts';
import { Answers } from './answers.ts';
import { compileNames } from './names.ts';
import { NoReferences, OtherSnapshot } from './refusals.ts';
import { type Said, SaidOfNodes } from './said.ts';

/** All that is given must hold; of several values of one kind, any. */
export interface Choice {
  readonly types: readonly string[];
  readonly kinds: readonly string[];
  readonly name: RegExp | undefined;
  readonly ids: ReadonlySet<number>;
  readonly nodes: ReadonlySet<number>;
  /** Positions and ids that must go together, or undefined where nothing was given. */
  readonly of: PickList | undefined;
  readonly has: readonly string[];
  readonly lacks: readonly string[];
  readonly minBytes: number | undefined;
  readonly maxBytes: number | undefined;
  readonly not: boolean;
}

/** Nothing is asked for. */
export const EVERYTHING: Choice = {
  types: [],
  kinds: [],
  name: undefined,
  ids: new Set(),
  nodes: new Set(),
  of: undefined,
  has: [],
  lacks: [],
  minBytes: undefined,
  maxBytes: undefined,
  not: false,
};

/** Nodes by position, ascending, the id each must have, and what else is said of it. */
export interface PickList {
  readonly n: Float64Array;
  readonly id: Float64Array;
  readonly said: Said;
}

/** A row that is wanted, one that is not, and the last row of a batch whose references are not all there. */
const NO = 0;
const YES = 1;
const UNDECIDED = 2;

/** Marks rows. Keeps a verdict for each type and kind it has seen, and the references of one node that goes on. */
export class Chooser {
  readonly rows = new Uint8Array(NODES);
  /** Whether the row that was undecided in an earlier batch is wanted; undefined while that is not known. */
  held: boolean | undefined;
  readonly #choice: Choice;
  readonly #isType: Answers<boolean>;
  readonly #isKind: Answers<boolean>;
  readonly #said: SaidOfNodes | undefined;
  readonly #has: readonly Uint8Array[];
  readonly #lacks: readonly Uint8Array[];
  /** Nothing is asked but which ids or positions; nothing but which types. */
  readonly #isByPlace: boolean;
  readonly #isByType: boolean;
  /** The least and the largest of the ids and of the positions. */
  readonly #idEnds: readonly [number, number];
  readonly #nodeEnds: readonly [number, number];
  #picked = 0;
  readonly #foundIds = new Set<number>();
  readonly #foundNodes = new Set<number>();
  /** Which of `has` the open node has shown, whether it may still be wanted, and whether there is one. */
  #seen: boolean[] = [];
  #isClean = true;
  #isOpen = false;

  constructor(choice: Choice) {
    this.#choice = choice;
    this.#isType = new Answers(compileNames(choice.types));
    this.#isKind = new Answers(compileNames(choice.kinds));
    this.#said = choice.of === undefined ? undefined : new SaidOfNodes(choice.of.said);
    this.#has = choice.has.map(token);
    this.#lacks = choice.lacks.map(token);
    const { ids, nodes, types, kinds, has, lacks, name, of, minBytes, maxBytes, not } = choice;
    const hasOthers = [kinds, has, lacks].some((list) => list.length > 0);
    const isPlain = !hasOthers && (name ?? of ?? minBytes ?? maxBytes) === undefined;
    const isPlaced = ids.size + nodes.size > 0;
    this.#idEnds = endsOf(ids);
    this.#nodeEnds = endsOf(nodes);
    this.#isByPlace = isPlain && isPlaced && types.length === 0 && !not;
    this.#isByType = isPlain && !isPlaced && types.length > 0;
  }

  get readsRefs(): boolean {
    return this.#has.length > 0 || this.#lacks.length > 0;
  }

  get readsNames(): boolean {
    return this.#choice.name !== undefined || this.#choice.of?.said.name !== undefined;
  }

  /** Sets `rows` and `held` for a batch. Throws OtherSnapshot. */
  mark(batch: Batch): void {
    this.held = undefined;
    if (this.#isOpen) {
      this.#look(batch, 0, batch.refStart[0]!);
      if (batch.length > 0 || batch.more === 0) this.#close();
    }
    if (this.#isByPlace) {
      this.#markPlaces(batch);
      return;
    }
    const { not } = this.#choice;
    if (this.#isByType) {
      const { length, types, type } = batch;
      for (let row = 0; row < length; row++) this.rows[row] = this.#isType.of(types, type[row]!) !== not ? YES : NO;
      return;
    }
    for (let row = 0; row < batch.length; row++) {
      const answer = this.#judge(batch, row);
      this.rows[row] = answer === UNDECIDED ? UNDECIDED : (answer === YES) !== not ? YES : NO;
    }
  }

  /** Rows that are wanted in the batch of `length` rows that was marked last, with the one held before. */
  count(length: number): number {
    let count = this.held === true ? 1 : 0;
    for (let row = 0; row < length; row++) if (this.rows[row] === YES) count++;
    return count;
  }

  /** At the end of the stream: whether the row that is still undecided is wanted. */
  finish(): boolean | undefined {
    this.held = undefined;
    if (this.#isOpen) this.#close();
    return this.held;
  }

  /** Ids asked for that no node has, whatever else was asked for. */
  get missingIds(): readonly number[] {
    return [...this.#choice.ids].filter((id) => !this.#foundIds.has(id));
  }

  /** Positions asked for that never came. */
  get missingNodes(): readonly number[] {
    return [...this.#choice.nodes].filter((n) => !this.#foundNodes.has(n));
  }

  /** Positions of the list that never came. */
  get missing(): number {
    return this.#choice.of === undefined ? 0 : this.#choice.of.n.length - this.#picked;
  }

  #close(): void {
    this.held = (this.#isClean && !this.#seen.includes(false)) !== this.#choice.not;
    this.#isOpen = false;
  }

  /**
   * The same as `#judge` of each row, where nearly every node is another one: a tenth of its time, and where what is asked for lies close together a fiftieth, because
   * only what is between its ends is looked up.
   */
  #markPlaces({ length, n, id }: Batch): void {
    const { ids, nodes } = this.#choice;
    const { rows } = this;
    const [leastId, mostId] = this.#idEnds;
    const [leastNode, mostNode] = this.#nodeEnds;
    const isAnyId = ids.size === 0;
    const isAnyNode = nodes.size === 0;
    rows.fill(NO, 0, length);
    for (let row = 0; row < length; row++) {
      const isOneOfIds = !isAnyId && id[row]! >= leastId && id[row]! <= mostId && ids.has(id[row]!);
      const isOneOfNodes = !isAnyNode && n[row]! >= leastNode && n[row]! <= mostNode && nodes.has(n[row]!);
      if (isOneOfIds) this.#foundIds.add(id[row]!);
      if (isOneOfNodes) this.#foundNodes.add(n[row]!);
      if ((isOneOfIds || isAnyId) && (isOneOfNodes || isAnyNode)) rows[row] = YES;
    }
  }

  #judge(batch: Batch, row: number): number {
    const choice = this.#choice;
    const isOneOfIds = choice.ids.size === 0 || choice.ids.has(batch.id[row]!);
    const isOneOfNodes = choice.nodes.size === 0 || choice.nodes.has(batch.n[row]!);
    // Whatever else is asked for: an id that is there is not missing.
    if (isOneOfIds && choice.ids.size > 0) this.#foundIds.add(batch.id[row]!);
    if (isOneOfNodes && choice.nodes.size > 0) this.#foundNodes.add(batch.n[row]!);
    const isListed = choice.of === undefined || this.#isListed(batch, row, choice.of);
    if (!isListed) return NO;
    if (choice.minBytes !== undefined && batch.size[row]! < choice.minBytes) return NO;
    if (choice.maxBytes !== undefined && batch.size[row]! > choice.maxBytes) return NO;
    if (!isOneOfIds || !isOneOfNodes) return NO;
    if (choice.types.length > 0 && !this.#isType.of(batch.types, batch.type[row]!)) return NO;
    if (choice.kinds.length > 0 && !this.#isKind.of(batch.kinds, batch.kind[row]!)) return NO;
    if (choice.name !== undefined && !choice.name.test(nameOf(batch, row))) return NO;
    if (!this.readsRefs) return YES;
    if (batch.hasRefs[row] === 0)
      throw new NoReferences(
        `node ${batch.n[row]} came without references, which --has and --lacks ask for (was the stream made with --no-refs?)`,
      );
    this.#seen = this.#has.map(() => false);
    this.#isClean = true;
    this.#look(batch, batch.refStart[row]!, batch.refStart[row + 1]!);
    if (row === batch.length - 1 && batch.more > 0) {
      this.#isOpen = true;
      return UNDECIDED;
    }
    return this.#isClean && !this.#seen.includes(false) ? YES : NO;
  }

  #look(batch: Batch, from: number, to: number): void {
    for (let ref = from; ref < to; ref++) {
      const start = batch.refNameStart[ref]!;
      const end = batch.refNameEnd[ref]!;
      for (const name of this.#lacks) if (isToken(batch.text, start, end, name)) this.#isClean = false;
      for (let i = 0; i < this.#has.length; i++)
        if (isToken(batch.text, start, end, this.#has[i]!)) this.#seen[i] = true;
    }
  }

  #isListed(batch: Batch, row: number, list: PickList): boolean {
    const n = batch.n[row]!;
    while (this.#picked < list.n.length && list.n[this.#picked]! < n) {
      throw new OtherSnapshot(`node ${list.n[this.#picked]} is not in this snapshot`);
    }
    if (list.n[this.#picked] !== n) return false;
    const id = list.id[this.#picked]!;
    if (id !== batch.id[row]) throw new OtherSnapshot(`node ${n} has id @${batch.id[row]}, not @${id}`);
    const difference = this.#said?.difference(batch, row, this.#picked);
    if (difference !== undefined) throw new OtherSnapshot(`node ${n} (@${id}) ${difference}, not as listed`);
    this.#picked++;
    return true;
  }
}

/** The least and the largest. */
function endsOf(numbers: ReadonlySet<number>): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  return [least, most];
}

/** What a row is called. */
export function nameOf(batch: Batch, row: number): string {
  const start = batch.nameStart[row]!;
  return start === SAME_AS_TYPE ? batch.types.text(batch.type[row]!) : textOf(batch.text, start, batch.nameEnd[row]!);
}
