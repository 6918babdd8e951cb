/** The loops of kernel.as.ts, compiled to WebAssembly: three milliseconds and a megabyte to begin with. */
import { REFS } from '../../../stream/batch.ts';
import { compiled } from '../../../stream/compiled.ts';
import { isIndexed } from '../../../stream/refToken.ts';
import { BLOCK, type EdgeLayout, type Scanner, UNKNOWN, VALUES } from './scanner.ts';

type Constant =
  | 'BLOCK'
  | 'NUMBERS'
  | 'REFS'
  | 'BYTES'
  | 'VALUES'
  | 'REF_KIND'
  | 'REF_NAME'
  | 'REF_KEY'
  | 'REF_TO'
  | 'KINDS';

/** What kernel.as.ts exports. */
type Kernel = Pick<Scanner, 'scan' | 'takeEdges'> & {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly layOut: (...numbers: number[]) => void;
} & Readonly<Record<Constant | 'farthest' | 'farthestRef', { value: number }>>;

/** Undefined where WebAssembly is not to be had. */
export function compiledScanner(): Scanner | undefined {
  const kernel = compiled(new URL('kernel.wasm', import.meta.url));
  return kernel === undefined ? undefined : new CompiledScanner(kernel as unknown as Kernel);
}

class CompiledScanner implements Scanner {
  readonly bytes: Buffer;
  readonly values: Float64Array;
  readonly refKind: Uint8Array;
  readonly refName: Float64Array;
  readonly refKey: Uint32Array;
  readonly refTo: Uint32Array;
  readonly scan: Scanner['scan'];
  readonly takeEdges: Scanner['takeEdges'];
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    const { buffer } = kernel.memory;
    if (kernel.BLOCK.value !== BLOCK || kernel.NUMBERS.value !== VALUES || kernel.REFS.value !== REFS)
      throw new Error('kernel.wasm was compiled for columns of other lengths');
    this.#kernel = kernel;
    this.bytes = Buffer.from(buffer, kernel.BYTES.value, BLOCK + 1);
    this.values = new Float64Array(buffer, kernel.VALUES.value, VALUES);
    this.refKind = new Uint8Array(buffer, kernel.REF_KIND.value, REFS);
    this.refName = new Float64Array(buffer, kernel.REF_NAME.value, REFS);
    this.refKey = new Uint32Array(buffer, kernel.REF_KEY.value, REFS);
    this.refTo = new Uint32Array(buffer, kernel.REF_TO.value, REFS);
    this.scan = kernel.scan;
    this.takeEdges = kernel.takeEdges;
  }

  get farthest(): number {
    return this.#kernel.farthest.value;
  }

  set farthest(node: number) {
    this.#kernel.farthest.value = node;
  }

  get farthestRef(): number {
    return this.#kernel.farthestRef.value;
  }

  layOut({ width, type, name, to, kinds, nodeWidth, strings }: EdgeLayout): void {
    const kindOf = new Uint8Array(this.#kernel.memory.buffer, this.#kernel.KINDS.value, 256).fill(UNKNOWN);
    for (const [edgeType, kind] of kinds.subarray(0, 256).entries())
      kindOf[edgeType] = kind !== UNKNOWN && isIndexed(kind) ? kind | INDEXED : kind;
    this.#kernel.layOut(width, type, name, to, nodeWidth, strings);
  }
}

/** Beside a kind: names are indexes. As in kernel.as.ts. */
const INDEXED = 128;
