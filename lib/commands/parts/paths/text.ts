/** Rows of paths as lines of JSON, told in pieces, so that whoever keeps many lines need keep what comes again and again only once. Memory: some thousand pieces. */
import type { KeptNodes } from '../../../graph/paths/kept.ts';
import { AS_TYPE, END_STEPS, type PathRow, type PathRows } from '../../../graph/paths/pathRows.ts';
import { Piece, type PieceSink } from '../../../index/pieces.ts';

/** Texts of so many steps are remembered, those that a heap has first; one of which every path has steps of its own has more. */
const MOST_STEPS = 1 << 15;

const COUNT = '{"count":';
const BYTES = ',"bytes":';
const LENGTH = ',"length":';
const PATH = ',"path":[';
const FINGERPRINT = '],"fingerprint":"';
const EXAMPLE = '","example":{"n":';
const ID = ',"id":';
const END = '}}\n';

/** A step without a name, one that is called as its type, and one whose name follows. */
const BARE = 0;
const CALLED = 1;
const NAMED = 2;

export class PathText {
  readonly #rows: PathRows;
  readonly #kept: KeptNodes;
  /** By code of the step, what follows, and whether a step stands before it: its place among pieces plus one. */
  readonly #places = new Uint32Array(6 * MOST_STEPS);
  readonly #steps: Piece[] = [];
  readonly #types: (readonly [unnamed: Piece, named: Piece] | undefined)[] = [];
  readonly #count = new Piece(COUNT);
  readonly #bytes = new Piece(BYTES);
  readonly #length = new Piece(LENGTH);
  readonly #path = new Piece(PATH);
  readonly #fingerprint = new Piece(FINGERPRINT);
  readonly #example = new Piece(EXAMPLE);
  readonly #id = new Piece(ID);
  readonly #end = new Piece(END);

  constructor(rows: PathRows, kept: KeptNodes) {
    this.#rows = rows;
    this.#kept = kept;
  }

  write({ count, bytes, length, steps, more, fingerprint, example: { n }, type }: PathRow, sink: PieceSink): void {
    sink.again(this.#count);
    sink.once(String(count));
    sink.again(this.#bytes);
    sink.once(String(bytes));
    sink.again(this.#length);
    sink.once(String(length));
    sink.again(this.#path);
    for (let i = 0; i < steps.length; i++) {
      const { code, node } = steps[i]!;
      if (more > 0 && i === END_STEPS) sink.once(`,{"more":${more}}`);
      this.#step(code, node, i > 0, sink);
    }
    sink.again(this.#fingerprint);
    sink.once(fingerprint);
    sink.again(this.#example);
    sink.once(String(n));
    const { id, name } = this.#kept.get(n);
    sink.again(this.#id);
    sink.once(String(id));
    const [unnamed, named] = this.#type(type);
    if (name === undefined) sink.again(unnamed);
    else {
      sink.again(named);
      sink.once(name);
      sink.again(this.#end);
    }
  }

  #step(code: number, node: number | undefined, isBehind: boolean, sink: PieceSink): void {
    const form = node === undefined ? BARE : node === AS_TYPE ? CALLED : NAMED;
    if (code >= MOST_STEPS) sink.once(this.#stepText(code, form, isBehind));
    else sink.again(this.#stepPiece(code, form, isBehind));
    // A node that has a name is kept with it.
    if (node !== undefined && node !== AS_TYPE) sink.once(`${this.#kept.get(node).name!}}`);
  }

  #stepPiece(code: number, form: number, isBehind: boolean): Piece {
    const key = (code * 3 + form) * 2 + (isBehind ? 1 : 0);
    const place = this.#places[key]!;
    if (place > 0) return this.#steps[place - 1]!;
    const piece = new Piece(this.#stepText(code, form, isBehind));
    this.#places[key] = this.#steps.push(piece);
    return piece;
  }

  #stepText(code: number, form: number, isBehind: boolean): string {
    const { ref, via, type } = this.#rows.step(code);
    const typeText = JSON.stringify(type);
    const head = `${isBehind ? ',' : ''}{"ref":"${ref}","via":${JSON.stringify(via)},"type":${typeText}`;
    if (form === BARE) return `${head}}`;
    return form === CALLED ? `${head},"name":${typeText}}` : `${head},"name":`;
  }

  #type(code: number): readonly [unnamed: Piece, named: Piece] {
    let known = this.#types[code];
    if (known === undefined) {
      const type = JSON.stringify(this.#rows.typeName(code));
      known = [new Piece(`,"type":${type},"name":${type}${END}`), new Piece(`,"type":${type},"name":`)];
      this.#types[code] = known;
    }
    return known;
  }
}
