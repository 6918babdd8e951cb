/** Sizes and counts as people read and type them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCount, parseCount } from '../../lib/render/counts.ts';
import { formatSize, parseSize } from '../../lib/render/sizes.ts';

test('counts have commas between thousands', () => {
  const said = [0, 999, 1000, 123_456, 1_234_567, -1234, 2 ** 53 - 1].map(formatCount);
  assert.deepEqual(said, ['0', '999', '1,000', '123,456', '1,234,567', '-1,234', '9,007,199,254,740,991']);
});

test('only whole numbers from 0 to 2^53 - 1 are counts', () => {
  assert.deepEqual(['0', '007', '9007199254740991'].map(parseCount), [0, 7, 2 ** 53 - 1]);
  for (const text of ['', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '1,000', '9007199254740992'])
    assert.equal(parseCount(text), undefined, text);
});

test('sizes have the largest unit that leaves a number before the point', () => {
  const said = [
    0,
    1023,
    1024,
    1536,
    1024 ** 2 - 1,
    1024 ** 2,
    738 * 1024 ** 2,
    2.8 * 1024 ** 3,
    -2048,
    5000 * 1024 ** 3,
  ].map(formatSize);
  assert.deepEqual(said, [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '1.0 MiB',
    '1.0 MiB',
    '738.0 MiB',
    '2.8 GiB',
    '-2.0 KiB',
    '5,000.0 GiB',
  ]);
});

test('sizes can be typed in units of 1,024, in any case, or as bytes', () => {
  for (const text of ['65536', '64K', '64k', '64KB', '64KiB', '64kib', '64 KiB', '65536B', '0.0625M'])
    assert.equal(parseSize(text), 65_536, text);
  assert.equal(parseSize('2GiB'), 2 * 1024 ** 3);
  for (const text of ['', 'K', '-1K', '1T', '1e3', '0x10', '1,000', '1KK', '1i', '99999999G'])
    assert.equal(parseSize(text), undefined, text);
});
