/** What may be typed after a program's name, and what is said about the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseArguments } from '../../lib/cli/arguments.ts';
import { commonOptions } from '../../lib/cli/common.ts';
import { UsageError } from '../../lib/stream/errors.ts';
import { example } from './exampleCommand.ts';

const parse = (...words: readonly string[]) => parseArguments(words, { ...commonOptions, ...example.options });

const refuses = (words: readonly string[], message: string): void =>
  assert.throws(
    () => parse(...words),
    (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      return true;
    },
  );

test('a value may be attached to a short option, follow it, or follow a long one', () => {
  for (const words of [['-n5'], ['-n', '5'], ['-n=5'], ['--top=5'], ['--top', '5'], ['-qn5'], ['-mqn', '5']]) {
    assert.equal(parse(...words).values.top, 5, words.join(' '));
  }
});

test('flags can be joined and repeated', () => {
  const { values } = parse('-mq', '-q', '--no-refs');
  assert.deepEqual([values.merge, values.quiet, values['no-refs'], values.where], [true, true, true, false]);
});

test('a flag leaves the word after it alone, whatever that looks like', () => {
  for (const word of ['true', 'false', '5', '0x10', '', '-']) assert.deepEqual(parse('-q', word).operands, [word]);
});

test('- is an operand or a value, and -- ends options', () => {
  assert.deepEqual(parse('-', 'a').operands, ['-', 'a']);
  assert.deepEqual(parse('a', '-n1', '--', '-n', '--', '-').operands, ['a', '-n', '--', '-']);
  const { values, operands } = parse('--of', '-', 'h');
  assert.deepEqual([values.of, operands], ['-', ['h']]);
});

test('values and operands stay the text they are', () => {
  const words = ['0x10', '007', '1e3', ' 5', 'true', '', 'a=b', '-x', '--=', 'no-refs'];
  assert.deepEqual(parse(...words.flatMap((word) => ['--type', word])).values.type, words);
  assert.deepEqual(parse('0x10', '007', '1e3').operands, ['0x10', '007', '1e3']);
});

test('whatever is quoted comes back as it was', () => {
  // No argument of a process can hold a NUL.
  const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(word), fc.array(word), (types, operands) => {
      const parsed = parse(...types.map((type) => `--type=${type}`), '--', ...operands);
      assert.deepEqual(parsed.values.type, types);
      assert.deepEqual(parsed.operands, operands);
    }),
  );
});

test('options that were not given have no value', () => {
  const { values } = parse();
  assert.deepEqual(
    [values.top, values.by, values.sort, values['min-size'], values.of, values.type, values.merge],
    [undefined, undefined, undefined, undefined, undefined, [], false],
  );
});

test('lists are joined, sizes are bytes', () => {
  const { values } = parse('--by', 'type,kind', '--by=name', '--words', 'a,b c', '--min-size', '1.5m');
  assert.deepEqual([values.by, values.words, values['min-size']], [['type', 'kind', 'name'], ['a', 'b c'], 1_572_864]);
});

test('an unknown option is said with the nearest there is', () => {
  refuses(['--tpo'], "unknown option '--tpo' (did you mean --top?)");
  refuses(['--no-ref=1'], "unknown option '--no-ref' (did you mean --no-refs?)");
  refuses(['-top'], "unknown option '-top' (did you mean --top?)");
  refuses(['---top'], "unknown option '---top' (did you mean --top?)");
  refuses(['-qz'], "unknown option '-z'");
  refuses(['--no-quiet'], "unknown option '--no-quiet'");
  refuses(['--zebra'], "unknown option '--zebra'");
  refuses(['--__proto__'], "unknown option '--__proto__'");
  refuses(['--constructor'], "unknown option '--constructor'");
});

test('a missing value is not taken from the next option', () => {
  refuses(['--top'], '--top needs a value (COUNT)');
  refuses(['-n'], '-n needs a value (COUNT)');
  refuses(
    ['--of', '--top', '5'],
    "--of needs a value (FILE), and '--top' is an option (if it is meant, write --of=--top)",
  );
  refuses(['--of', '-n5'], "--of needs a value (FILE), and '-n5' is an option (if it is meant, write --of=-n5)");
  refuses(['--of', '--'], "--of needs a value (FILE), and '--' is an option (if it is meant, write --of=--)");
});

test('a value that does not fit is named with what would', () => {
  for (const word of ['-5', '', '5x', '1e3', '0x10', '1.5', '9007199254740992']) {
    refuses(['--top', word], `--top: '${word}' is not a count (a whole number from 0)`);
  }
  for (const word of ['-1', '', '5T', 'K', '1e3', '0x10', '1,000']) {
    refuses(['--min-size', word], `--min-size: '${word}' is not a size (65536, 64K, 1.5M, 2GiB)`);
  }
  refuses(['--sort', 'name'], "--sort: 'name' is not known (count, bytes)");
  refuses(['--by', 'type,size'], "--by: 'size' is not known (type, kind, name)");
  refuses(['--words', 'a,,b'], '--words: an empty word (write words with single commas between them)');
  refuses(['--quiet=yes'], '--quiet takes no value (write --quiet alone)');
});

test('an option that takes one value is not given two', () => {
  refuses(['--top', '5', '-n6'], '--top is given 2 times (once is all it takes)');
});
