/** Text in pieces: those that come again and again stand behind each other once, and lines say which. */

/** A piece of text that comes again and again. */
export class Piece {
  readonly text: string;
  /** Its number among the pieces of whoever keeps them, in order of first use; -1 before that. */
  code = -1;

  constructor(text: string) {
    this.text = text;
  }
}

/** Takes a text piece by piece. */
export interface PieceSink {
  again(piece: Piece): void;
  /** What hardly comes twice. */
  once(text: string): void;
}
