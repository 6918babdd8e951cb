/** Cuts against the types and references that a snapshot has: whose targets are meant, and what to say where there is no such thing. Costs the types' names. */
import type { Scratch } from '../../disk/scratch.ts';
import type { Graph } from '../../graph/store/read.ts';
import { formatCount } from '../../render/counts.ts';
import { Groups } from '../../stages/group.ts';
import { compileNames, escapeGlob, isGlob } from '../../stages/names.ts';
import { REF_KINDS } from '../../stream/batch.ts';
import type { Cut } from './cuts.ts';
import type { OpenGraph } from './graph.ts';
import { missingTypes, nearestOf } from './nothing.ts';
import { parseVia, viaTest } from './via.ts';

const BUDGET = 16 << 20;
const QUOTE = 34;
const WEAK = REF_KINDS.indexOf('weak');

/** All types of a snapshot: their names by code. */
export class TypeNames {
  readonly names: readonly string[];
  readonly #set: ReadonlySet<string>;

  constructor({ types }: Graph) {
    this.names = Array.from({ length: types.size }, (_, code) => types.text(code));
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

/** Why cuts whose types and ids are there match no reference: another reading, if names of references are asked for. */
export async function idleSentences(
  cuts: readonly Cut[],
  opened: OpenGraph,
  scratch: Scratch,
): Promise<readonly string[]> {
  const vias = cuts.map(({ via }) => (via === undefined ? undefined : parseVia(via)));
  const wanted = [
    ...new Map(vias.flatMap((via) => (via === undefined ? [] : [[via.name, via] as const]))).values(),
  ].map(({ name }) => ({ name, isCalled: viaTest({ kind: undefined, name }), kinds: new Set<number>() }));
  const names = new Groups(['name'], BUDGET, scratch);
  if (wanted.length > 0) {
    const snapshot = await opened.again({ names: true, extras: false, refs: true });
    for await (const batch of snapshot.batches) {
      const { text, refNameStart, refNameEnd, refKind } = batch;
      for (let ref = 0; ref < batch.refs; ref++) {
        for (const { isCalled, kinds } of wanted) if (isCalled(batch, ref)) kinds.add(refKind[ref]!);
        // Indexes are no names to propose.
        if (text[refNameStart[ref]!] === QUOTE) names.addRow(text.subarray(refNameStart[ref], refNameEnd[ref]), 1, 0);
      }
    }
  }
  const near = nearestOf(names);
  const sentences = cuts.map((cut, i) => {
    const via = vias[i];
    const kinds = wanted.find(({ name }) => name === via?.name)?.kinds;
    if (via !== undefined && kinds?.size === 0)
      return `no reference is called ${JSON.stringify(via.name)}${near(via.name)}`;
    const isWeak = kinds?.has(WEAK) === true && (kinds.size === 1 || via?.kind === WEAK);
    return isWeak
      ? `references called ${JSON.stringify(via!.name)} are weak: they hold nothing`
      : `no reference that holds is as ${JSON.stringify(cut)} says`;
  });
  return [...new Set(sentences)];
}

function countedTypes({ types, type }: Graph, scratch: Scratch): Groups {
  const counts = new Float64Array(types.size);
  for (const { values } of type.chunks()) for (const code of values) counts[code]! += 1;
  const groups = new Groups(['type'], BUDGET, scratch);
  for (let code = 0; code < types.size; code++)
    groups.addRow(types.bytes.subarray(types.offsets[code]!, types.offsets[code + 1]!), counts[code]!, 0);
  return groups;
}
