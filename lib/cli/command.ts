/** What a command is: one table that parsing, help, man page and completion all read, and the function that runs it. */
import type { Frame } from './frame.ts';
import type { Options, Values } from './option.ts';

export interface Operands {
  /** As usage shows them, with spaces between: `FILE`, `K FILE`. */
  readonly names: string;
  /** Fewer are a usage error. If none beyond these is given, the command reads standard input. */
  readonly min: number;
  readonly max: number;
  /** Every input is named: standard input is read only where `-` says so. */
  readonly alwaysNamed?: boolean;
  readonly help: string;
}

export interface Example {
  readonly say: string;
  readonly run: string;
}

export type Args<O extends Options> = Values<O> & { readonly operands: readonly string[] };

export interface Command<O extends Options = Options> {
  readonly name: `snap-${string}`;
  /** One line without a full stop. */
  readonly summary: string;
  /** Paragraphs, with an empty line between. */
  readonly description: string;
  readonly operands: Operands;
  readonly options: O;
  /** Whether it keeps to `--memory`. */
  readonly memoryOption?: boolean;
  /** What `--format` takes beside the words of every command, each with what it is good for. False: it has no rows to print, and no `--format`. */
  readonly formats?: Readonly<Record<string, string>> | false;
  readonly examples: readonly [Example, Example, ...Example[]];
  readonly reads: string;
  readonly writes: string;
  /** What 0 means, and 1 if there is a "no". 2 needs words only where there is more to say than wrong use or bad input. */
  readonly status: { readonly 0: string; readonly 1?: string; readonly 2?: string };
  /** What it holds in memory, and what that grows with. */
  readonly memory: string;
  /** The exit status: 0, 1 for a "no", or that of a program that it ran. */
  run(args: Args<O>, frame: Frame): Promise<number>;
}

/** Checks the table's types, so that `run` knows the options by name. */
export const defineCommand = <O extends Options>(command: Command<O>): Command<O> => command;
