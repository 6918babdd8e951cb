/** The loops of kernel.as.ts, compiled to WebAssembly. */
import { PAGE } from '../../../disk/pages.ts';
import { NODES, REFS } from '../../../stream/batch.ts';
import { compiled } from '../../../stream/compiled.ts';
import { LENGTHS, type Packer, ROOM } from './packer.ts';

type Constant =
  | 'PAGE'
  | 'ROOM'
  | 'NODES'
  | 'REFS'
  | 'PAGE_AT'
  | 'CANDIDATES'
  | 'HUBS'
  | 'STARTS'
  | 'KEYS'
  | 'TARGETS'
  | 'CLASSES'
  | 'SLOTS'
  | 'ROW_TYPE'
  | 'ROW_START'
  | 'ROW_IS_ODD'
  | 'REF_KEY'
  | 'REF_TO'
  | 'BEGUN';

/** What kernel.as.ts exports. */
type Kernel = Pick<Packer, 'pack'> & {
  readonly memory: { readonly buffer: ArrayBuffer };
} & Readonly<Record<Constant | 'hubCount' | 'hash' | 'at' | 'why' | 'begunCount', { value: number }>>;

/** Undefined where WebAssembly is not to be had. */
export function compiledPacker(): Packer | undefined {
  const kernel = compiled(new URL('kernel.wasm', import.meta.url));
  return kernel === undefined ? undefined : new CompiledPacker(kernel as unknown as Kernel);
}

class CompiledPacker implements Packer {
  readonly page: Uint8Array;
  readonly candidates: Int32Array;
  readonly hubs: Uint32Array;
  readonly starts: Uint32Array;
  readonly keys: Uint32Array;
  readonly targets: Uint32Array;
  readonly classes: Uint8Array;
  readonly slots: Uint32Array;
  readonly rowType: Uint32Array;
  readonly rowStart: Uint32Array;
  readonly rowIsOdd: Uint8Array;
  readonly refKey: Uint32Array;
  readonly refTo: Uint32Array;
  readonly begun: Uint32Array;
  readonly pack: Packer['pack'];
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    const { buffer } = kernel.memory;
    const lengths = [kernel.PAGE, kernel.ROOM, kernel.NODES, kernel.REFS].map(({ value }) => value);
    if (lengths.join() !== [PAGE, ROOM, NODES, REFS].join())
      throw new Error('kernel.wasm was compiled for columns of other lengths');
    this.#kernel = kernel;
    this.pack = kernel.pack;
    this.page = new Uint8Array(buffer, kernel.PAGE_AT.value, PAGE + ROOM);
    this.candidates = new Int32Array(buffer, kernel.CANDIDATES.value, LENGTHS.candidates);
    this.hubs = new Uint32Array(buffer, kernel.HUBS.value, LENGTHS.hubs);
    this.starts = new Uint32Array(buffer, kernel.STARTS.value, LENGTHS.starts);
    this.keys = new Uint32Array(buffer, kernel.KEYS.value, LENGTHS.keys);
    this.targets = new Uint32Array(buffer, kernel.TARGETS.value, LENGTHS.targets);
    this.classes = new Uint8Array(buffer, kernel.CLASSES.value, LENGTHS.classes);
    this.slots = new Uint32Array(buffer, kernel.SLOTS.value, LENGTHS.slots);
    this.rowType = new Uint32Array(buffer, kernel.ROW_TYPE.value, LENGTHS.rowType);
    this.rowStart = new Uint32Array(buffer, kernel.ROW_START.value, LENGTHS.rowStart);
    this.rowIsOdd = new Uint8Array(buffer, kernel.ROW_IS_ODD.value, LENGTHS.rowIsOdd);
    this.refKey = new Uint32Array(buffer, kernel.REF_KEY.value, LENGTHS.refKey);
    this.refTo = new Uint32Array(buffer, kernel.REF_TO.value, LENGTHS.refTo);
    this.begun = new Uint32Array(buffer, kernel.BEGUN.value, LENGTHS.begun);
  }

  get hubCount(): number {
    return this.#kernel.hubCount.value;
  }

  set hubCount(count: number) {
    this.#kernel.hubCount.value = count;
  }

  get hash(): number {
    return this.#kernel.hash.value >>> 0;
  }

  get at(): number {
    return this.#kernel.at.value;
  }

  get why(): number {
    return this.#kernel.why.value;
  }

  get begunCount(): number {
    return this.#kernel.begunCount.value;
  }
}
