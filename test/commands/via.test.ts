/** How people name references: a word comes in, a kind and a name go out. */
import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { parseVia } from '../../lib/commands/parts/via.ts';
import { REF_KINDS } from '../../lib/stream/batch.ts';

test('a kind stands before the first colon, if there is such a kind; all else is a name', () => {
  const parsed = (word: string): readonly unknown[] => {
    const { kind, name } = parseVia(word);
    return [kind === undefined ? undefined : REF_KINDS[kind], name];
  };
  deepStrictEqual(parsed('next'), [undefined, 'next']);
  deepStrictEqual(parsed('property:next'), ['property', 'next']);
  deepStrictEqual(parsed('element:0'), ['element', '0']);
  deepStrictEqual(parsed('weak:7'), ['weak', '7']);
  deepStrictEqual(parsed('http://a'), [undefined, 'http://a']);
  deepStrictEqual(parsed('property:a:b'), ['property', 'a:b']);
  deepStrictEqual(parsed('property:'), ['property', '']);
  deepStrictEqual(parsed('property'), [undefined, 'property']);
  deepStrictEqual(parsed(':next'), [undefined, ':next']);
  deepStrictEqual(parsed(''), [undefined, '']);
});
