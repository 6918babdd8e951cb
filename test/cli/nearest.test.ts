/** Which word somebody probably meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../lib/cli/nearest.ts';

test('slips of the finger are found: a letter too many, too few, another, two swapped, another case', () => {
  for (const word of ['topp', 'to', 'tpo', 'tap', 'TOP'])
    assert.deepEqual(nearest(word, ['type', 'top', 'via']), ['top'], word);
});

test('what is nothing like a word is not suggested', () => {
  assert.deepEqual(nearest('zebra', ['type', 'top', 'via']), []);
  assert.deepEqual(nearest('', ['type']), []);
});

test('the nearest comes first, and names break ties', () => {
  assert.deepEqual(nearest('Nodes', ['Codes', 'Node', 'Modes', 'Nodes'], 3), ['Nodes', 'Codes', 'Modes']);
});
