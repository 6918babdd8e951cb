/** A small Python heap for tests, as snapdump.py writes one: a class with a cache of exceptions, each with a chain of tracebacks that pin frames. */
import { type Heap, heap, type NodeHandle } from './heap.ts';

export interface TracebackHeap {
  readonly heap: Heap;
  /** The tracebacks of each entry of the cache, head first. */
  readonly chains: readonly (readonly NodeHandle[])[];
  readonly frames: readonly NodeHandle[];
  readonly errors: readonly NodeHandle[];
}

/** Each of `places` is a line of code, `FILE:LINE in FUNCTION`; a chain is a list of their indexes, head first. */
export function tracebackHeap(
  places: readonly string[],
  chains: readonly (readonly number[])[],
  spans: readonly (string | undefined)[] = [],
): TracebackHeap {
  const h = heap({ start: { format: 'python', python: '3.11.2', pid: 1, values: true } });
  const object = (type: string, name = type, kind = 'object', extras?: Record<string, unknown>): NodeHandle =>
    h.node(name, { type, kind, ...(extras === undefined ? {} : { extras }) });
  const modules = object('dict');
  const module = object('module', 'astroid.manager');
  const globals = object('dict', 'dict', 'object', { owner: 'module' });
  const manager = object('type', 'astroid.manager.Manager');
  const space = object('dict', 'dict', 'object', { owner: 'type' });
  const cache = object('dict', 'dict', 'object', { refcount: 1 });
  h.root.points('sys.modules', modules, 'internal');
  modules.points("'astroid.manager'", module);
  module.points('__dict__', globals, 'internal');
  globals.points('Manager', manager);
  manager.points('__dict__', space, 'internal');
  space.points('_cache', cache);
  const codes = places.map((place) => object('code', place, 'code'));
  const frames: NodeHandle[] = [];
  const errors: NodeHandle[] = [];
  const built = chains.map((chain, i) => {
    const error = object('ImportError');
    errors.push(error);
    cache.points(i % 2 === 0 ? `('lib_${i}', None)` : `'lib_${i}'`, error);
    const tracebacks = chain.map((place) => {
      const span = spans[place];
      const traceback = object('traceback', places[place]!, 'object', span === undefined ? undefined : { span });
      const frame = object('frame', places[place]!.replace(/:\d+ in/, ':99 in'));
      frames.push(frame);
      traceback.points('tb_frame', frame, 'internal');
      frame.points('f_code', codes[place]!, 'internal').points('e', error, 'context');
      return traceback;
    });
    error.points('__traceback__', tracebacks[0]!, 'internal');
    tracebacks.slice(1).forEach((next, at) => {
      tracebacks[at]!.points('tb_next', next, 'internal');
    });
    return tracebacks;
  });
  frames.slice(1).forEach((caller, i) => {
    frames[i]!.points('f_back', caller, 'internal');
  });
  return { heap: h.build(), chains: built, frames, errors };
}
