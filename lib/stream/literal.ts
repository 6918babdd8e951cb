/** Constant texts of a line, compared with bytes in words of four. */

/** A text of four bytes and more as words to compare with: at its beginning, at `middle`, and at its end. */
export class Literal {
  readonly length: number;
  readonly first: number;
  readonly middleAt: number;
  readonly middle: number;
  readonly lastAt: number;
  readonly last: number;

  constructor(text: string) {
    const bytes = new TextEncoder().encode(text);
    const view = new DataView(bytes.buffer);
    this.length = bytes.length;
    this.lastAt = bytes.length - 4;
    this.middleAt = Math.min(4, this.lastAt);
    this.first = view.getUint32(0);
    this.middle = view.getUint32(this.middleAt);
    this.last = view.getUint32(this.lastAt);
  }
}

/** The place behind `text` if it stands at `at`, else -1. */
export function expect(view: DataView, at: number, text: Literal): number {
  return at >= 0 &&
    view.getUint32(at) === text.first &&
    view.getUint32(at + text.middleAt) === text.middle &&
    view.getUint32(at + text.lastAt) === text.last
    ? at + text.length
    : -1;
}
