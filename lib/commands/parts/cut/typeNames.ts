/** Cuts against the types and references that a snapshot has: whose targets are meant, and what to say where there is no such thing. Costs the types' names. */
import type { Scratch } from '../../../disk/scratch.ts';
import type { Graph } from '../../../graph/store/read.ts';
import { formatCount } from '../../../render/counts.ts';
import { Groups } from '../../../stages/group.ts';
import { compileNames, escapeGlob, isGlob } from '../../../stages/names.ts';
import { type Batch, REF_KINDS } from '../../../stream/batch.ts';
import { Dictionary } from '../../../stream/dictionary.ts';
import { tokensOf } from '../../../stream/json.ts';
import { missingTypes, nearestOf } from '../choosing/missing.ts';
import { parseVia } from '../choosing/via.ts';
import type { OpenGraph } from '../graph/open.ts';
import type { Cut } from './cuts.ts';

const BUDGET = 16 << 20;
const QUOTE = 34;
const encoder = new TextEncoder();
const WEAK = REF_KINDS.indexOf('weak');

/** All types of a snapshot: their names by code. */
export class TypeNames {
  readonly names: readonly string[];
  readonly #set: ReadonlySet<string>;

  constructor({ types }: Graph) {
    this.names = types.all();
    this.#set = new Set(this.names);
  }

  has(name: string): boolean {
    return this.#set.has(name);
  }

  /** Whether a type is meant by a name or a glob; an exact match wins. */
  test(pattern: string): (name: string) => boolean {
    return compileNames([isGlob(pattern) && this.has(pattern) ? escapeGlob(pattern) : pattern]);
  }
}

/** For each type the cuts of references that lead to it. */
export function targetsOf(cuts: readonly Cut[], types: TypeNames): readonly (readonly number[])[] {
  const tests = cuts.map(({ to }) => (to === undefined ? () => true : types.test(to)));
  return types.names.map((name) => tests.flatMap((isMeant, cut) => (isMeant(name) ? [cut] : [])));
}

/** Cuts that name a type or an id that is not there, and what is wrong with each. */
export function faultsOf(
  cuts: readonly Cut[],
  graph: Graph,
  types: TypeNames,
  missingIds: readonly number[],
  scratch: Scratch,
): ReadonlyMap<number, string> {
  const asked = [...new Set(cuts.flatMap(({ type, to }) => [type ?? [], to ?? []].flat()))];
  const missing = asked.filter((pattern) => !types.names.some(types.test(pattern)));
  const sentences = missing.length === 0 ? [] : missingTypes(missing, countedTypes(graph, scratch));
  const words = new Map<string | number, string>([
    ...missing.map((pattern, i) => [pattern, sentences[i]!] as const),
    ...missingIds.map(
      (id) =>
        [
          id,
          `no node has the id @${id} (ids look like @35 or 0x7f187d22b880): ${formatCount(graph.nodes)} nodes came`,
        ] as const,
    ),
  ]);
  return new Map(
    cuts.flatMap(({ type, to, id }, i) => {
      const wrong = [...new Set([type, to, id])].flatMap((key) => (key === undefined ? [] : (words.get(key) ?? [])));
      return wrong.length === 0 ? [] : [[i, wrong.join('; ')] as const];
    }),
  );
}

/**
 * Why cuts whose types and ids are there match no reference: `most` sentences, and how many more there are. Another reading, if names of references are asked for: a look-up
 * for each reference, however many names there are.
 */
export async function idleSentences(
  cuts: readonly Cut[],
  most: number,
  opened: OpenGraph,
  scratch: Scratch,
): Promise<{ readonly sentences: readonly string[]; readonly more: number }> {
  const vias = cuts.map(({ via }) => (via === undefined ? undefined : parseVia(via)));
  const called = new CalledKinds(new Set(vias.flatMap((via) => via?.name ?? [])));
  const names = new Groups(['name'], BUDGET, scratch);
  if (vias.some((via) => via !== undefined)) {
    const snapshot = await opened.again({ names: true, extras: false, refs: true });
    for await (const batch of snapshot.batches) {
      const { text, refNameStart, refNameEnd } = batch;
      called.add(batch);
      for (let ref = 0; ref < batch.refs; ref++)
        // Indexes are no names to propose.
        if (text[refNameStart[ref]!] === QUOTE) names.addRow(text.subarray(refNameStart[ref], refNameEnd[ref]), 1, 0);
    }
  }
  const near = nearestOf(names);
  // Each is worded only if it is said: the nearest among all names take long to find.
  const reasons = new Map(
    cuts.map((cut, i): [string, () => string] => {
      const via = vias[i];
      const kinds = via === undefined ? 0 : called.kinds(via.name);
      const text = JSON.stringify(via?.name);
      if (via !== undefined && kinds === 0)
        return [`absent ${text}`, () => `no reference is called ${text}${near(via.name)}`];
      const isWeak = kinds === 1 << WEAK || ((kinds & (1 << WEAK)) !== 0 && via?.kind === WEAK);
      if (isWeak) return [`weak ${text}`, () => `references called ${text} are weak: they hold nothing`];
      const whole = JSON.stringify(cut);
      return [`cut ${whole}`, () => `no reference that holds is as ${whole} says`];
    }),
  );
  const sentences = [...reasons.values()].slice(0, most).map((say) => say());
  return { sentences, more: reasons.size - sentences.length };
}

/** Of which kinds the references of some names are, a bit for each: told while all references go by, however they write a name. */
class CalledKinds {
  readonly #spellings = new Dictionary();
  readonly #kinds: Uint8Array;

  constructor(names: Iterable<string>) {
    for (const name of names) this.#codes(name, (token) => this.#spellings.code(token, 0, token.length));
    this.#kinds = new Uint8Array(this.#spellings.size);
  }

  add({ refs, text, refNameStart, refNameEnd, refKind }: Batch): void {
    for (let ref = 0; ref < refs; ref++) {
      const code = this.#spellings.find(text, refNameStart[ref]!, refNameEnd[ref]!);
      if (code >= 0) this.#kinds[code]! |= 1 << refKind[ref]!;
    }
  }

  kinds(name: string): number {
    const codes = this.#codes(name, (token) => this.#spellings.find(token, 0, token.length));
    return codes.reduce((kinds, code) => kinds | this.#kinds[code]!, 0);
  }

  #codes(name: string, code: (token: Uint8Array) => number): number[] {
    return tokensOf(name).map((token) => code(encoder.encode(token)));
  }
}

function countedTypes({ types, type }: Graph, scratch: Scratch): Groups {
  const counts = new Float64Array(types.size);
  for (const { values } of type.chunks()) for (const code of values) counts[code]! += 1;
  const groups = new Groups(['type'], BUDGET, scratch);
  for (let code = 0; code < types.size; code++)
    groups.addRow(types.bytes.subarray(types.offsets[code]!, types.offsets[code + 1]!), counts[code]!, 0);
  return groups;
}
