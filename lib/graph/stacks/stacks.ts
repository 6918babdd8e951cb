/**
 * Stacks that objects of the heap stand for, by one way through rows with names: of Python tracebacks, frames and exceptions, of V8 errors. A node in, its entries out, at
 * most so many; memory grows with these.
 */
import { grownNumbers } from '../../disk/grow.ts';
import type { Graph } from '../store/read.ts';
import type { NamedRefs } from './named.ts';
import { scriptOf } from './scripts.ts';

/** Nodes that are entries, outermost first; in a V8 heap the functions, and the script of each, or a text in pieces. */
export type Stack =
  | { readonly form: 'python'; readonly nodes: Uint32Array }
  | { readonly form: 'functions'; readonly nodes: Uint32Array; readonly scripts: ReadonlyMap<number, number> }
  | { readonly form: 'text'; readonly nodes: Uint32Array };

/** How V8 26 lays out a stack: six fields an entry, of which the third is the function. */
const FIELDS = 6;
const FUNCTION = 2;
/** Pieces of a text that are put together: V8 keeps ten lines if not told otherwise. */
const MOST_PIECES = 10_000;

export class Stacks {
  readonly #graph: Graph;
  readonly #refs: NamedRefs;

  constructor(graph: Graph, refs: NamedRefs) {
    this.#graph = graph;
    this.#refs = refs;
  }

  /** Undefined where the node stands for no stack. */
  of(n: number, limit: number): Stack | undefined {
    return this.#graph.isV8 ? this.#ofError(n, limit) : this.#ofPython(n, limit);
  }

  /** As Python's `traceback.walk_tb` and `walk_stack` go; of a frame's stack the innermost entries are taken, and shown last. */
  #ofPython(n: number, limit: number): Stack | undefined {
    switch (this.#type(n)) {
      case 'traceback':
        return { form: 'python', nodes: this.#follow(n, 'tb_next', limit) };
      case 'frame':
        return { form: 'python', nodes: this.#follow(n, 'f_back', limit).reverse() };
      default: {
        const traceback = this.#refs.target(n, '__traceback__');
        // Python's None is an object too.
        if (traceback === undefined || this.#type(traceback) !== 'traceback') return undefined;
        return { form: 'python', nodes: this.#follow(traceback, 'tb_next', limit) };
      }
    }
  }

  #follow(first: number, name: string, limit: number): Uint32Array {
    const type = this.#type(first);
    let nodes = new Uint32Array(16);
    let count = 0;
    for (let at: number | undefined = first; at !== undefined && count < limit; at = this.#refs.target(at, name)) {
      if (count === nodes.length) nodes = grownNumbers(nodes, 2 * count);
      nodes[count++] = at;
    }
    // The last one may lead to None, which is an object of another type.
    if (count > 1 && this.#type(nodes[count - 1]!) !== type) count--;
    return nodes.subarray(0, count);
  }

  /** An error's stack is in a property that only the runtime has: a list of frames as long as nobody has asked for the text, then the text. */
  #ofError(n: number, limit: number): Stack | undefined {
    for (const { via, to } of this.#refs.all(n)) {
      if (!/^"(<symbol.*>|stack)"$/.test(via)) continue;
      const type = this.#type(to);
      if (type === '(array)') {
        const nodes = this.#functions(to, limit);
        if (nodes.length === 0) continue;
        const scripts = new Map<number, number>();
        for (const one of nodes) {
          const script = scriptOf(one, this.#refs);
          if (script !== undefined) scripts.set(one, script);
        }
        return { form: 'functions', nodes: Uint32Array.from(nodes), scripts };
      }
      // Of two texts one is the message, which has no lines of a stack: whoever reads them tells.
      if (type === '(concatenated string)') {
        const nodes = this.#pieces(to);
        if (nodes.length > 1) return { form: 'text', nodes: Uint32Array.from(nodes) };
      }
    }
    return undefined;
  }

  #functions(list: number, limit: number): number[] {
    const entries = this.#refs
      .all(list)
      .flatMap(({ via, to }) => (/^"?\d+"?$/.test(via) ? [{ index: Number(via.replaceAll('"', '')), to }] : []))
      .sort((a, b) => a.index - b.index);
    const functions: number[] = [];
    for (const { index, to } of entries) {
      if (functions.length >= limit) break;
      const type = this.#type(to);
      if (type === 'Function' && index % FIELDS === FUNCTION) functions.push(to);
      else if (type === '(system)') {
        // A frame of its own, whose receiver may be a function too: the function comes after it.
        const called = this.#refs.all(to).findLast(({ to: part }) => this.#type(part) === 'Function');
        if (called !== undefined) functions.push(called.to);
      }
    }
    return functions;
  }

  /** The plain texts that a text is put together of, in order. */
  #pieces(text: number): number[] {
    const pieces: number[] = [];
    const open = [text];
    for (let at = open.pop(); at !== undefined && pieces.length < MOST_PIECES; at = open.pop()) {
      const first = this.#refs.target(at, 'first');
      const second = this.#refs.target(at, 'second');
      if (first === undefined && second === undefined) pieces.push(at);
      if (second !== undefined) open.push(second);
      if (first !== undefined) open.push(first);
    }
    return pieces;
  }

  #type(n: number): string {
    const code = this.#graph.type.at(n);
    // Of a part some nodes are not there.
    return code === 0xffffffff ? '' : this.#graph.types.text(code);
  }
}
