/** What every command is given beside its arguments: output, messages, progress, and how the user wants them; holds one output buffer. */
import { tmpdir } from 'node:os';
import type { TableStyle } from '../render/table.ts';
import { type commonOptions, FORMATS, type memoryOption } from './common.ts';
import { errorLine, writeError } from './messages.ts';
import type { Values } from './option.ts';
import { Output } from './output.ts';
import { Progress, type Unit } from './progress.ts';
import type { Terminals } from './terminal.ts';

export type Format = (typeof FORMATS)[number];

export interface Frame {
  /** Standard output. */
  readonly out: Output;
  readonly format: Format;
  /** The format asked for where it is one of the command's own; `format` is the default then. */
  readonly ownFormat: string | undefined;
  /** Whether a table may be coloured. */
  readonly color: boolean;
  /** Columns of the terminal, 80 where there is none. */
  readonly width: number;
  /** How tables are to look: cut only on a terminal. */
  readonly style: TableStyle;
  readonly quiet: boolean;
  /** The folder for temporary files. */
  readonly tmp: string;
  /** The budget of `--memory` in bytes. */
  readonly memory: number | undefined;
  /** A line of standard error, after the program's name, that is part of the answer: with `--quiet` too. */
  say(message: string): void;
  /** Worth a line on standard error, no fault: not said with `--quiet`. */
  note(message: string): void;
  /** Something is wrong though output goes on: the status will be 2. */
  warn(message: string): void;
  /** How far it is, in bytes unless said otherwise; cheap enough for once a batch. */
  progress(done: number, total: number | undefined, what: string, unit?: Unit): void;
}

/** The frame, and what only its owner does. */
export interface OwnedFrame extends Frame {
  /** Writes what is left; from here on only messages. */
  finish(): void;
  readonly warned: boolean;
}

type CommonValues = Values<typeof commonOptions> & Partial<Values<typeof memoryOption>>;

export function createFrame(
  program: string,
  values: CommonValues,
  { output, errors, able, ascii, columns }: Terminals,
  env: NodeJS.ProcessEnv,
): OwnedFrame {
  const asked = FORMATS.find((known) => known === values.format);
  const format = asked ?? (output ? 'table' : 'ndjson');
  const color = values.color === 'always' || (values.color !== 'never' && output && able && !env['NO_COLOR']);
  const progress =
    errors && able && !values.quiet
      ? new Progress({ draw: writeError, columns, now: () => performance.now() })
      : undefined;
  let written = false;
  let warned = false;
  const out = new Output(1, {
    guarded: output && (values.format ?? 'table') !== 'table',
    beforeWrite: () => {
      written = true;
      if (output) progress?.erase();
    },
  });
  const say = (message: string): void => {
    progress?.erase();
    errorLine(program, message);
  };
  return {
    out,
    format,
    ownFormat: asked === undefined ? values.format : undefined,
    color,
    get width() {
      return columns();
    },
    get style() {
      return { color, ascii, width: output ? columns() : undefined };
    },
    quiet: values.quiet,
    tmp: values.tmp ?? (env['TMPDIR'] || tmpdir()),
    memory: values.memory,
    note: (message) => {
      if (!values.quiet) say(`note: ${message}`);
    },
    warn: (message) => {
      warned = true;
      say(message);
    },
    progress(done, total, what, unit) {
      if (output) out.flush();
      // The first results on a terminal end the waiting; from there on they show how far it is.
      if (!(output && written)) progress?.at(done, total, what, unit);
    },
    say,
    finish() {
      progress?.erase();
      out.flush();
    },
    get warned() {
      return warned;
    },
  };
}
