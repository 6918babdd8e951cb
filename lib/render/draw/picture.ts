/** What every picture is: a drawing, and the words and numbers beside it. Kinds of pictures make these, SVG and page show them. */
import type { Selection } from 'd3';
import type { Row } from './row.ts';

/** Where a drawing puts its elements: in Node or in a browser. */
export type Canvas = Selection<SVGGElement, unknown, null, undefined>;

export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** What a picture can be asked to be drawn as. */
export const PICTURES = ['bars', 'histogram', 'areas', 'lines', 'graph', 'treemap'] as const;
export type PictureName = (typeof PICTURES)[number];

export interface Picture {
  readonly as: PictureName | 'table';
  readonly title: string;
  /** The totals, in a line. */
  readonly summary: string;
  /** What was left out, and what has to be known to read it. */
  readonly notes: readonly string[];
  /** The numbers, for whoever wants them: the first column is text, the others are numbers. */
  readonly table: Table;
  /** Draws from 0, 0 on, and tells how much it took. A table alone has none. */
  readonly draw?: (canvas: Canvas) => Extent | Promise<Extent>;
  /** The same for Graphviz. */
  readonly dot?: string;
  /** Where a page goes on drawing by itself: what stands there from the beginning, and what the page needs. */
  readonly inPage?: { readonly draw: (canvas: Canvas) => Extent; readonly data: object };
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How a picture was asked for. */
export interface Wish {
  readonly as: PictureName | undefined;
  /** The most bars, areas, nodes or tiles. */
  readonly top: number | undefined;
}

/** Takes the records of one result, one by one, in bounded memory. */
export interface Collector {
  add(row: Row): void;
  /** Undefined if there is nothing to draw. */
  finish(): Picture | undefined;
}

/** One kind of result. */
export interface Kind {
  /** As messages call it. */
  readonly called: string;
  /** Whether a record like this one is the first of such a result. */
  starts(row: Row): boolean;
  /** What it can be drawn as; the first is what it is drawn as if nobody asks. */
  readonly pictures: readonly PictureName[];
  collect(wish: Wish): Collector;
}

/** Pixels of a picture, and of a character of its names, which are monospaced so that they can be cut where they must end. */
export const WIDTH = 960;
export const CHAR = 7.23;
/** Of a character of its numbers, at most. */
export const DIGIT = 6.9;
