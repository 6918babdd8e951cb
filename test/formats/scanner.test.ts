/** The two scanners, compiled and plain: each against what was written, and against the other where nothing proper was; and commands where the compiled one is not to be had. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compiledScanner } from '../../lib/formats/v8/scanner/compiled.ts';
import { PlainScanner } from '../../lib/formats/v8/scanner/plain.ts';
import { BLOCK, type Scanner, UNKNOWN } from '../../lib/formats/v8/scanner/scanner.ts';
import { testFile } from '../support/root.ts';
import { bash } from '../support/run.ts';

const compiled = compiledScanner()!;
const scanners: readonly Scanner[] = [compiled, new PlainScanner()];

/** Numbers of every length, short ones more often, as in a file. */
const anyNumber = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9) },
  { weight: 4, arbitrary: fc.nat(10_000_000) },
  { weight: 2, arbitrary: fc.nat(0xffffffff) },
  { weight: 1, arbitrary: fc.maxSafeNat() },
  { weight: 1, arbitrary: fc.constantFrom(99_999_999, 100_000_000, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER) },
);
const anySection = fc.array(fc.record({ number: anyNumber, hasLine: fc.boolean() }), { minLength: 1, maxLength: 3000 });
const textOf = (section: readonly { readonly number: number; readonly hasLine: boolean }[]): string =>
  section.map(({ number, hasLine }) => `${number}${hasLine ? '\n' : ''},`).join('');

/** What a scanner makes of a text, with numbers left over before it. */
function scanned(scanner: Scanner, text: Uint8Array, at: number): readonly number[] | undefined {
  scanner.bytes.fill('9');
  scanner.bytes.set(text);
  scanner.values.fill(-1);
  const end = scanner.scan(text.length, at);
  if (end < 0) return undefined;
  strictEqual(scanner.values[at - 1] ?? -1, -1);
  return [...scanner.values.subarray(at, end)];
}

test('numbers are read as they were written, wherever blocks of 16, 64 and 2,048 bytes end', () => {
  ok(compiledScanner() !== undefined, 'there is WebAssembly here');
  fc.assert(
    fc.property(anySection, fc.nat(50), (section, at) => {
      const text = Buffer.from(textOf(section)).subarray(0, BLOCK);
      const whole = text.subarray(0, text.lastIndexOf(',') + 1);
      const count = whole.toString().split(',').length - 1;
      const numbers = section.slice(0, count).map(({ number }) => number);
      for (const scanner of scanners) deepStrictEqual(scanned(scanner, whole, at), numbers);
    }),
    { numRuns: 60 },
  );
});

test('a block full of digits of one length is read, from one to sixteen', () => {
  for (let length = 1; length <= 16; length++) {
    const number = Number('123456789123456789'.slice(0, length));
    const count = Math.floor(BLOCK / (length + 1));
    const text = Buffer.from(`${number},`.repeat(count));
    for (const scanner of scanners) {
      const found = scanned(scanner, text, 64)!;
      strictEqual(found.length, count);
      ok(found.every((value) => value === number));
    }
  }
});

test('what is laid out in another way is seen by both, whatever byte it is and wherever it stands', () => {
  const alphabet = [...'0123456789,\n -+.eE"]x\r\t\0\xff'].map((character) => character.charCodeAt(0));
  let refused = 0;
  fc.assert(
    fc.property(
      anySection,
      fc.nat(),
      fc.constantFrom(...alphabet),
      fc.constantFrom(1, 20, 3000),
      (section, place, byte, most) => {
        const text = Buffer.from(textOf(section.slice(0, most)));
        text[place % (text.length - 1)] = byte;
        const [one, other] = scanners.map((scanner) => scanned(scanner, text, 0));
        deepStrictEqual(one, other);
        if (one === undefined) refused++;
        else strictEqual(JSON.stringify(JSON.parse(`[${text.subarray(0, -1)}]`)), JSON.stringify(one));
      },
    ),
    { numRuns: 600 },
  );
  ok(refused > 100, `${refused}`);
  for (const wrong of ['01,', '00,', ',', '\n,', '1,,', '1\n\n,', '1,\n2,', '9007199254740992,', `${'1'.repeat(40)},`])
    for (const scanner of scanners) strictEqual(scanned(scanner, Buffer.from(wrong), 0), undefined, wrong);
});

test('edges become the same columns, and stop at the same one that cannot be', () => {
  let stopped = 0;
  const anyLayout = fc.record({
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 3, maxLength: 3 }),
    width: fc.constantFrom(4, 5),
    nodeWidth: fc.constantFrom(5, 6, 7),
    strings: fc.nat(1000),
  });
  const anyEdge = fc.record({
    type: fc.nat(7),
    name: fc.oneof(fc.nat(1005), fc.maxSafeNat()),
    node: fc.nat(0xffffffff),
    rest: fc.nat(40),
  });
  fc.assert(
    fc.property(anyLayout, fc.array(anyEdge, { minLength: 1, maxLength: 300 }), fc.nat(9), (layout, edges, first) => {
      const { order, width, nodeWidth, strings } = layout;
      const [type, name, to] = order as [number, number, number];
      // The seventh type is none that is known; 1 and 4 have indexes for names.
      const kinds = Uint8Array.of(0, 1, 2, 3, 4, 6, UNKNOWN);
      const told = scanners.map((scanner) => {
        scanner.layOut({ width, type, name, to, kinds, nodeWidth, strings });
        for (const [i, edge] of edges.entries()) {
          const at = 7 + i * width;
          scanner.values[at + type] = edge.rest === 1 ? edge.type : edge.type % 6;
          scanner.values[at + name] = edge.rest === 2 ? edge.name : Math.min(edge.name, Math.max(0, strings - 1));
          scanner.values[at + to] = edge.node * nodeWidth + (edge.rest === 3 ? 1 : 0);
        }
        scanner.farthest = -1;
        const end = scanner.takeEdges(7, first, first + edges.length);
        const { refKind, refName, refKey, refTo, farthest } = scanner;
        const columns = [refKind, refName, refTo, refKey].map((column) => [...column.subarray(first, end)]);
        return { end, columns, farthest, at: end > first ? scanner.farthestRef : undefined };
      });
      deepStrictEqual(told[0], told[1]);
      const { end, columns, farthest, at } = told[0]!;
      const taken = edges.slice(0, end - first);
      if (taken.length < edges.length) stopped++;
      deepStrictEqual(
        columns[2],
        taken.map(({ node }) => node),
      );
      if (taken.length > 0) {
        strictEqual(farthest, Math.max(...taken.map(({ node }) => node)));
        strictEqual(at, first + taken.findIndex(({ node }) => node === farthest));
      }
    }),
    { numRuns: 200 },
  );
  ok(stopped > 20, `${stopped}`);
});

test('where WebAssembly is switched off, or addresses are limited, commands say the same', async () => {
  const file = testFile('fixtures', 'small', 'shop.heapsnapshot');
  for (const line of [`snap-group ${file}`, `snap-backrefs --type Item --depth 2 ${file}`]) {
    const usual = await bash(line);
    notStrictEqual(usual.stdout, '');
    // Node says on stderr that it switches something off.
    for (const limit of ['ulimit -v 6000000', 'export NODE_OPTIONS=--jitless'])
      strictEqual((await bash(`${limit}; ${line}`)).stdout, usual.stdout, limit);
  }
});
