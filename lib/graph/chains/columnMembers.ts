/**
 * Chosen nodes and the references of one name between them, from the rows and columns of an index: nothing is known of ids and names until they are read, of those that are told. Memory:
 * twelve bytes a node.
 */
import type { Scratch } from '../../disk/scratch.ts';
import type { Batch } from '../../stream/batch.ts';
import type { Bits } from '../store/bits.ts';
import type { NameCodes } from '../store/nameCodes.ts';
import type { Graph } from '../store/read.ts';
import { NAMES, type OtherRefs } from './follow.ts';
import { Identities } from './identities.ts';
import { LinkList, type Links } from './links.ts';
import { type Members, type NodeName, ranksOf } from './members.ts';
import { Positions } from './positions.ts';

export class ColumnMembers implements Members {
  readonly #graph: Graph;
  readonly #chosen: Bits;
  readonly #n: Uint32Array;
  readonly #told: Identities;
  readonly #toldAt = new Positions();

  /** `count` nodes are chosen. */
  constructor(graph: Graph, chosen: Bits, count: number, scratch: Scratch) {
    this.#graph = graph;
    this.#chosen = chosen;
    this.#n = new Uint32Array(count);
    chosen.list(this.#n);
    this.#told = new Identities(scratch, true);
  }

  /** How many references are meant, weak ones left out, and the links between chosen nodes; `holders`: who may have such, all if undefined. */
  follow(isMeant: (name: number) => boolean, holders?: Bits): { readonly found: number; readonly links: Links } {
    const positions = Positions.of(this.#n);
    const list = new LinkList();
    let found = 0;
    let index = -1;
    this.#graph.rows.eachOf(holders?.both(this.#chosen) ?? this.#chosen, (n, cursor) => {
      if (index < 0 || this.#n[index] !== n) index = positions.indexOf(n);
      if (cursor.isWeak || !isMeant(cursor.name)) return;
      found++;
      list.add(index, cursor.to);
    });
    return { found, links: list.finish(this.#n.length, (n) => positions.indexOf(n)) };
  }

  /** What they have instead where nothing was found. */
  others(isNamed: (name: number) => boolean, names: NameCodes): OtherRefs {
    const known = new Set<number>();
    const said = new Set<string>();
    let weak = 0;
    this.#graph.rows.eachOf(this.#chosen, (_, { isWeak, name }) => {
      if (isWeak && isNamed(name)) weak++;
      if (isWeak || said.size === NAMES || known.has(name)) return;
      known.add(name);
      const token = names.token(name);
      if (token.startsWith('"')) said.add(JSON.parse(token) as string);
    });
    return { weak, names: [...said] };
  }

  /** Nodes that are to be told, with their names, in order. */
  tell(batch: Batch, wanted: Bits): void {
    for (let row = 0; row < batch.length; row++) {
      if (!wanted.has(batch.n[row]!)) continue;
      this.#told.add(batch, row);
      this.#toldAt.add(batch.n[row]!);
    }
  }

  ranks(): Uint32Array {
    return ranksOf(this.#graph.types);
  }

  forEach(each: (index: number, type: number, size: number) => void): void {
    const { type, sizes } = this.#graph;
    const types = new Uint32Array(this.#n.length);
    let index = 0;
    type.forSet(this.#chosen, (_, code) => {
      types[index++] = code;
    });
    index = 0;
    sizes.forSet(this.#chosen, (_, bytes) => {
      each(index, types[index]!, bytes);
      index++;
    });
  }

  at(index: number): NodeName {
    return this.#told.at(this.#placeOf(index));
  }

  n(index: number): number {
    return this.#n[index]!;
  }

  size(index: number): number {
    return this.#told.size(this.#placeOf(index));
  }

  #placeOf(index: number): number {
    return this.#toldAt.indexOf(this.#n[index]!);
  }
}
