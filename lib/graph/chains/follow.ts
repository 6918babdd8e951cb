/**
 * The references of one name between chosen nodes, collected in one reading: whether a target is chosen is often known only later, so
 * candidates wait as positions until all have come. Memory: eight bytes a chosen node, and as much for each further reference of a node.
 */
import type { Scratch } from '../../disk/scratch.ts';
import type { Batch } from '../../stream/batch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { type Via, ViaMatcher, WEAK } from '../store/via.ts';
import { Identities } from './identities.ts';
import { LinkList, type Links } from './links.ts';
import { Positions } from './positions.ts';

/** Nodes without references that were read. */
export class NotRead extends Error {}

/** What is chosen does not fit the memory there is. */
export class TooMany extends Error {}

/** A node and its first reference, and what its chain is found with; a further reference. */
export const PER_NODE = 16;
export const PER_LINK = 8;
const UNDECIDED = 2;
/** Distinct reference names that are remembered as long as the one asked for has not come. */
export const NAMES = 4096;

/** What chosen nodes have where they have no reference of the name asked for: weak ones of that name, and names of others. */
export interface OtherRefs {
  readonly weak: number;
  readonly names: readonly string[];
}

export class Followed {
  readonly identities: Identities;
  /** References that match, whether their target is chosen or not; and weak ones of that name, which are not followed. */
  found = 0;
  weak = 0;
  readonly #via: ViaMatcher;
  readonly #budget: number;
  #positions = new Positions();
  readonly #links = new LinkList();
  readonly #names = new Dictionary();
  /** The last row of the batch before is chosen, and its references go on; or it is not known yet whether it is chosen. */
  #isOpen = false;
  #isUndecided = false;
  #foundBefore = 0;

  /** `budget` in bytes is for the nodes, until their chains are known. */
  constructor(via: Via, budget: number, scratch: Scratch, hasNames = true) {
    this.#via = new ViaMatcher(via);
    this.#budget = budget;
    this.identities = new Identities(scratch, hasNames);
  }

  get nodes(): number {
    return this.#positions.count;
  }

  /** Rows marked 1, and those marked 2 unless `held`, with a later batch, says no. Throws NotRead and TooMany. */
  add(batch: Batch, rows: Uint8Array, held: boolean | undefined): void {
    if (this.#isOpen) this.#look(batch, 0, batch.refStart[0]!);
    if (held !== undefined) this.settle(held);
    if (batch.length > 0) this.#isOpen = false;
    for (let row = 0; row < batch.length; row++) {
      if (rows[row] === 0) continue;
      if (batch.hasRefs[row] === 0)
        throw new NotRead(`node ${batch.n[row]} came without references (was the stream made with --no-refs?)`);
      this.#isUndecided = rows[row] === UNDECIDED;
      this.#foundBefore = this.found;
      this.#positions.add(batch.n[row]!);
      this.identities.add(batch, row);
      this.#look(batch, batch.refStart[row]!, batch.refStart[row + 1]!);
      this.#isOpen = row === batch.length - 1 && batch.more > 0;
    }
    if (this.memory > this.#budget) throw new TooMany();
  }

  /** Bytes that these nodes take until their chains are known. */
  get memory(): number {
    return PER_NODE * this.nodes + PER_LINK * this.#links.more;
  }

  /** Whether the node that was undecided is chosen. */
  settle(isChosen: boolean): void {
    if (this.#isUndecided && !isChosen) {
      this.#positions.pop();
      this.identities.pop();
      this.#links.drop(this.nodes);
      this.found = this.#foundBefore;
      this.#isOpen = false;
    }
    this.#isUndecided = false;
  }

  /** The links between chosen nodes, by their order. What was collected is used up. */
  finish(): Links {
    const positions = this.#positions;
    this.#positions = new Positions();
    return this.#links.finish(positions.count, (n) => positions.indexOf(n));
  }

  /** Names of references that the chosen nodes have, as far as they were looked at. */
  names(): readonly string[] {
    return this.#names.all();
  }

  #look(batch: Batch, from: number, to: number): void {
    const node = this.nodes - 1;
    for (let ref = from; ref < to; ref++) {
      if (this.#via.matches(batch, ref)) {
        this.found++;
        this.#links.add(node, batch.refTo[ref]!);
      } else if (this.found === 0) this.#remember(batch, ref);
    }
  }

  #remember(batch: Batch, ref: number): void {
    if (batch.refKind[ref] === WEAK) {
      if (this.#via.isNamed(batch, ref)) this.weak++;
      return;
    }
    const start = batch.refNameStart[ref]!;
    // Indexes are of no help to somebody who misspelt a name.
    if (this.#names.size < NAMES && batch.text[start] === 34)
      this.#names.code(batch.text, start, batch.refNameEnd[ref]!);
  }
}
