/** Results of every kind as lines, with names of the caller's choice: what snap-draw reads, without a snapshot behind it; and what is done with its pages. */

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const amount = (count: number): { count: number; bytes: number } => ({ count, bytes: 48 * count });

/** One result of each kind by its name, with all of `names` in it wherever a heap's text can stand. */
export function everyResult(names: readonly string[]): Readonly<Record<string, string>> {
  const who = (n: number, name: string): object => ({ n, id: 2 * n + 1, type: name, name: `${name} too` });
  return {
    groups: lines(names.map((type, at) => ({ type, ...amount(at + 1) }))),
    diff: lines(
      names.map((type, at) => ({
        type,
        before: amount(at),
        after: amount(at + 2),
        new: amount(3),
        gone: amount(1),
        resized: { count: 1, bytes: 0 },
        delta: amount(2),
      })),
    ),
    trend: lines(
      names.map((type, at) => ({
        type,
        series: { count: [1, 2, 3 + at], bytes: [100, 250, 900 * (at + 1)] },
        steps_up: 2,
      })),
    ),
    chains: lines(
      names.map((name, at) => ({
        type: name,
        via: name,
        shape: 'chain',
        length: at + 1,
        ...amount(at + 1),
        heads: 1,
        head: who(at, name),
      })),
    ),
    found: lines(names.map((name, at) => ({ type: name, via: name, chains: 2, longest: 10 + at, ...amount(20 + at) }))),
    paths: lines(
      names.map((name, at) => ({
        ...amount(at + 1),
        length: 2,
        path: [
          { ref: 'property', via: name, type: name, name: `${name}!` },
          { ref: 'internal', via: '[*]', type: name },
        ],
        fingerprint: String(at).padStart(16, '0'),
        example: who(at, name),
      })),
    ),
    classes: lines(
      names.map((name, at) => ({ class: name, count: 1, shallow: 10, retained: 100 * (at + 1), distance: 1 })),
    ),
    suspects: lines(
      names.map((name, at) => ({
        ...who(at, name),
        share: 0.1,
        bytes: 1000,
        retained: 1000,
        distance: 3,
        classes: [{ class: name, ...amount(2) }],
      })),
    ),
    cuts: lines([
      ...names.map((name) => ({ cut: { type: name, via: name }, refs: 1, ...amount(2) })),
      { cut: 'all', refs: 2, ...amount(3) },
    ]),
    retained: lines([
      { ...who(0, '(root)'), shallow: 0, retained: 100 * names.length, distance: 0, dominator: 0 },
      ...names.map((name, at) => ({ ...who(at + 1, name), shallow: 100, retained: 100, distance: 1, dominator: 0 })),
    ]),
    around: lines([
      { snap: 'start', schema: 1, part: true },
      ...names.map((name, at) => ({
        n: at,
        id: 2 * at + 1,
        kind: 'object',
        type: name,
        name: `${name} too`,
        size: 16,
        depth: at === 0 ? 0 : 1,
        refs: at === 0 ? [] : [['property', name, 0]],
      })),
      { snap: 'end', nodes: names.length, refs: names.length - 1 },
    ]),
    nodes: lines(
      names.map((name, n) => ({
        n,
        id: 2 * n + 1,
        kind: 'object',
        type: name,
        name: `${name} too`,
        size: 16,
        refs: [],
      })),
    ),
  };
}

/** Rows of `snap-retain --all` for a heap of so many nodes, thousands: a tree with nine branches at each node, and a chain of a thousand at its end. */
export function* retainedRows(nodes: number): Generator<string> {
  const chain = nodes - 1000;
  const above = (n: number): number => (n > chain ? n - 1 : n === chain ? 3 : Math.max(0, Math.floor((n - 1) / 9)));
  const own = (n: number): number => 24 + 24 * (n % 9);
  const retained = Float64Array.from({ length: nodes }, (_, n) => own(n));
  for (let n = nodes - 1; n > 0; n--) retained[above(n)]! += retained[n]!;
  for (let n = 0; n < nodes; n++) {
    const type = n === 0 ? '(root)' : n >= chain ? 'LoadError' : `Type${n % 23}`;
    yield `{"n":${n},"id":${2 * n + 1},"type":"${type}","name":"${type}","shallow":${own(n)},"retained":${retained[n]},"distance":1,"dominator":${above(n)}}\n`;
  }
}

/** Ten zooms, in and out, each from its event to the next frame; the milliseconds of each. */
export const TEN_ZOOMS = `(async () => {
  const times = [];
  for (let turn = 0; turn < 10; turn++) {
    const isIn = turn % 2 === 0;
    const mark = isIn ? [...document.querySelectorAll('.tile.frame')].at(turn / 2) : document.querySelector('.tile');
    const begun = performance.now();
    mark.dispatchEvent(isIn ? new MouseEvent('click', { bubbles: true }) : new KeyboardEvent('keydown', { key: '0', bubbles: true }));
    document.querySelector('svg.picture').getBoundingClientRect();
    await new Promise((done) => requestAnimationFrame(done));
    times.push(performance.now() - begun);
  }
  return times;
})()`;
