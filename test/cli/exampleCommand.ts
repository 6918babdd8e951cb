/** A command with one option of every kind, for tests of the frame: it says what it was given, or does the wrong thing it is told to do. */
import { defineCommand } from '../../lib/cli/command.ts';
import { choice, count, flag, list, size, text, texts } from '../../lib/cli/option.ts';
import { InputError, UsageError } from '../../lib/stream/errors.ts';

export const example = defineCommand({
  name: 'snap-example',
  summary: 'says what it was given',
  description: `Prints its arguments as one record.

A second paragraph: 'quotes', "quotes", \`ticks\`, back\\slashes, ~ and ^.
.A line that begins with a full stop – and a dash.`,
  operands: { names: 'K FILE', min: 1, max: 3, help: 'a number, then files; - is standard input' },
  memoryOption: true,
  options: {
    top: count({ short: 'n', value: 'COUNT', help: 'only the first COUNT rows' }),
    by: list({ value: 'KEYS', help: 'what to group by, with commas between', choices: ['type', 'kind', 'name'] }),
    words: list({ value: 'WORDS', help: 'any words' }),
    sort: choice(['count', 'bytes'], { value: 'KEY', help: 'the order of rows' }),
    'min-size': size({ value: 'SIZE', help: "nodes of at least SIZE, as '64K' [or 1.5M]" }),
    of: text({ value: 'FILE', help: 'a file of ids: - is standard input' }),
    type: texts({ value: 'TYPE', help: 'nodes of this type' }),
    'no-refs': flag('leave the references out'),
    merge: flag('add up results', { short: 'm' }),
    where: flag('print where it lies', { alone: true }),
    act: text({ value: 'DEED', help: 'do this: fill, split, warn, usage, input, bug, late' }),
  },
  examples: [
    { say: 'What it was given', run: 'snap-example 5 | jq -r .top' },
    {
      say: "With a quote and a backslash in it, and a line that's long enough to be broken somewhere",
      run: "snap-example 5 --of - | jq '.a \\ 1'",
    },
  ],
  reads: 'nothing',
  writes: 'one record',
  status: { 0: 'done', 1: 'the number was 1' },
  memory: 'constant',
  async run({ operands, act, ...rest }, frame) {
    const { format, color, width, quiet, tmp, memory } = frame;
    switch (act) {
      case 'fill': {
        // More than a pipe holds, in records of many lengths.
        for (let i = 0; i < 20_000; i++) frame.out.text(`${i} ${'x'.repeat(i % 100)}\n`);
        break;
      }
      case 'names':
        frame.out.text(`${JSON.stringify({ name: '\u001b[31m \u009b \u202e\u0007é' })}\n`);
        break;
      case 'warn':
        frame.note('only a note');
        frame.warn('something is \u001b[31mwrong');
        break;
      case 'slow':
        for (const until = performance.now() + 1600; performance.now() < until; )
          frame.progress(52_428_800, 104_857_600, 'reading h');
        frame.note('in between');
        for (const until = performance.now() + 300; performance.now() < until; )
          frame.progress(104_857_600, undefined, 'sorting');
        break;
      case 'usage':
        throw new UsageError('that was wrong');
      case 'input':
        frame.out.text('complete\n');
        throw new InputError('h: cut off');
      case 'bug':
        throw new TypeError('no such thing');
      case 'late':
        setTimeout(() => {
          throw new TypeError('too late');
        }, 1);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        break;
      case 'sleep':
        frame.out.text('asleep\n');
        frame.out.flush();
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        break;
      default:
        frame.out.text(
          `${JSON.stringify({ ...rest, operands, frame: { format, color, width, quiet, tmp, memory } })}\n`,
        );
    }
    return operands[0] === '1' ? 1 : 0;
  },
});
