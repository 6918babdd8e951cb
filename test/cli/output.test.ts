/** Whatever way bytes are put into an output, they come out once and in order. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Output } from '../../lib/cli/output.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('output');

/** What a file holds after some writing to it. */
function written(write: (out: Output) => void, guarded = false): Buffer {
  const file = join(folder, 'out');
  const fd = openSync(file, 'w');
  const out = new Output(fd, { guarded });
  write(out);
  out.flush();
  closeSync(fd);
  return readFileSync(file);
}

test('bytes, texts and reserves of any length come out once and in order', () => {
  const piece = fc.record({
    how: fc.constantFrom('write', 'part', 'text', 'reserve', 'flush'),
    length: fc.oneof(fc.nat(300), fc.nat(70_000), fc.constantFrom(0, 65_535, 65_536, 65_537, 200_000)),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const expected: Buffer[] = [];
      const bytes = written((out) => {
        for (const [at, { how, length }] of pieces.entries()) {
          const content = Buffer.alloc(how === 'reserve' ? Math.min(length, 65_536) : length, `${at},`);
          if (how !== 'flush') expected.push(content);
          if (how === 'flush') out.flush();
          else if (how === 'write') out.write(content);
          else if (how === 'part')
            out.write(Buffer.concat([Buffer.from('no'), content, Buffer.from('no')]), 2, 2 + content.length);
          else if (how === 'text') out.text(content.toString());
          else {
            const from = out.reserve(content.length);
            out.buffer.set(content, from);
            out.commit(from + content.length);
          }
        }
      });
      return bytes.equals(Buffer.concat(expected));
    }),
    { numRuns: 60 },
  );
});

test('text of many bytes a character comes out whole', () => {
  const text = 'é漢🙂'.repeat(9000);
  assert.equal(written((out) => out.text(text) ?? out.text(text)).toString(), text + text);
});

test('a reserve of more than a block is refused, whatever waits in the buffer', () => {
  assert.throws(() => new Output(1).reserve(65_537), RangeError);
});

test('before a terminal, controls become JSON escapes, also where a block ends inside of one', () => {
  for (let before = 65_533; before <= 65_537; before++) {
    const bytes = written((out) => {
      out.text('x'.repeat(before - 30_000));
      out.text('x'.repeat(30_000));
      out.text('\u202e\u009b\u001b[1m\té\r\n');
    }, true);
    assert.equal(bytes.subarray(before).toString(), '\\u202e\\u009b\\u001b[1m\té\\u000d\n');
  }
});
