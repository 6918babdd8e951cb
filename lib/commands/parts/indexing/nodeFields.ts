/** What the graph does not keep of nodes, for the index: ids, kinds and optional fields. Batches in, columns out. Memory: the distinct kinds and fields. */
import type { Scratch } from '../../../disk/scratch.ts';
import { StoredColumn } from '../../../graph/store/columns.ts';
import { IdTable } from '../../../index/ids.ts';
import type { Batch } from '../../../stream/batch.ts';
import { Dictionary } from '../../../stream/dictionary.ts';

/** Optional fields are kept as long as the distinct ones take no more than this. */
const MOST_EXTRAS = 256 << 20;

export class NodeFields {
  readonly ids: IdTable;
  readonly kind: StoredColumn;
  readonly extra: StoredColumn;
  readonly extras = new Dictionary();
  /** Whether any node has optional fields, and there are not too many different ones. */
  hasExtras = false;
  hasForeign = false;
  readonly #kinds = new Dictionary();

  constructor(scratch: Scratch) {
    this.ids = new IdTable(scratch);
    this.kind = new StoredColumn(scratch);
    this.extra = new StoredColumn(scratch);
    const none = new Uint8Array(0);
    this.extras.code(none, 0, 0);
  }

  get kinds(): readonly string[] {
    return this.#kinds.all();
  }

  add(batch: Batch): void {
    const { kinds, text, extraStart, extraEnd } = batch;
    this.hasForeign ||= batch.foreign.length > 0;
    for (let row = 0; row < batch.length; row++) {
      const kind = batch.kind[row]!;
      this.ids.add(batch.id[row]!);
      this.kind.push(this.#kinds.code(kinds.bytes, kinds.offsets[kind]!, kinds.offsets[kind + 1]!));
      const start = extraStart[row]!;
      const end = extraEnd[row]!;
      if (end === start || this.extras.memory > MOST_EXTRAS) this.extra.push(0);
      else {
        this.hasExtras = true;
        this.extra.push(this.extras.code(text, start, end));
      }
    }
  }
}
