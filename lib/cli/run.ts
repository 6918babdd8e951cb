/** The frame around every command: the process's words go in, one command runs, and the process ends with its status. */
import { InputError, UsageError } from '../stream/errors.ts';
import { parseArguments } from './arguments.ts';
import { collect } from './collect.ts';
import type { Args, Command } from './command.ts';
import { type commonOptions, commonOptionsOf, type memoryOption } from './common.ts';
import type { OwnedFrame } from './frame.ts';
import { errorLine, writeError } from './messages.ts';
import type { Options, Values } from './option.ts';
import { ClosedPipe, Output } from './output.ts';

const BAD = 2;
/** EX_SOFTWARE of sysexits.h: the program's fault. */
const BUG = 70;

/** All that a program does. Only here are errors caught, and only here does the process end. */
export async function runCommand<O extends Options>(command: Command<O>): Promise<never> {
  let frame: OwnedFrame | undefined;
  const fail = (error: unknown): never => end(explain(error, command.name, frame));
  // Without a handler the limit of `ulimit -f` kills; with one, the write fails and says why.
  process.on('SIGXFSZ', () => {});
  process.on('uncaughtException', fail);
  try {
    const { values, operands } = parseArguments(process.argv.slice(2), {
      ...commonOptionsOf(command),
      ...command.options,
    });
    // The table above is these three tables: each name has the value its own option read.
    const args = { ...values, operands } as unknown as Args<O> &
      Values<typeof commonOptions> &
      Partial<Values<typeof memoryOption>>;
    const answer = await ownAnswer(command, args);
    if (answer !== undefined) {
      const out = new Output(1);
      out.text(answer);
      out.flush();
      process.exit(0);
    }
    // Loaded here and not above: --version is there a twentieth sooner, and nothing else later.
    const [{ createFrame }, { terminals }] = await Promise.all([import('./frame.ts'), import('./terminal.ts')]);
    const terminal = await terminals(process.env);
    if (terminal.input && readsTypedText(command, args)) {
      writeError((await import('./help.ts')).shortHelp(command));
      process.exit(BAD);
    }
    frame = createFrame(command.name, args, terminal, process.env);
    const status = await command.run(checkOperands(command, args), frame);
    frame.finish();
    return end(frame.warned ? BAD : status);
  } catch (error) {
    return fail(error);
  }
}

/** A larger heap has room enough as a rule, and takes longer to collect. */
const SMALL_HEAP = 64 << 20;

/**
 * Node's end waits for code that is being compiled in the background, which in turn may wait for a collection that nobody does any more: then the process stays for ever. A collection
 * now leaves room for what is being compiled. Source: nodejs/node, issue 54918.
 */
function end(status: number): never {
  if (process.memoryUsage().heapTotal < SMALL_HEAP) collect();
  process.exit(status);
}

/** What the options that are about the command itself print; they are loaded only then. */
async function ownAnswer(command: Command, args: Values<typeof commonOptions>): Promise<string | undefined> {
  if (args.help) return (await import('./help.ts')).helpText(command);
  if (args.version) return `${command.name} ${(await import('./version.ts')).version()}\n`;
  if (args.manual) return (await import('./manual.ts')).manualPage(command, (await import('./version.ts')).version());
  if (args.completion) return (await import('./completion.ts')).completionScript(command, args.completion);
  return undefined;
}

const isAlone = (command: Command, args: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(command.options).some(
    ([name, { alone }]) => alone && args[name] !== false && args[name] !== undefined,
  );

/** No operand says what to read, so it would read what somebody types; or nothing was said at all. */
function readsTypedText(command: Command, args: Args<Options>): boolean {
  const { min, max, alwaysNamed = false } = command.operands;
  const given = args.operands.length;
  return (given === 0 || (given <= min && max > min && !alwaysNamed)) && !isAlone(command, args);
}

function checkOperands<O extends Options>(command: Command<O>, args: Args<O>): Args<O> {
  const { names, min, max } = command.operands;
  const given = args.operands;
  const missing = names.split(' ')[given.length];
  if (given.length < min && !isAlone(command, args)) throw new UsageError(`${missing ?? 'an operand'} is missing`);
  if (given.length > max) {
    const most = max === 0 ? 'no operands' : max === 1 ? 'one operand' : `${max} operands`;
    throw new UsageError(`'${given[max]}' is one too many (it takes at most ${most}; options begin with -)`);
  }
  return args;
}

/** Says what went wrong, after the output that was complete before it; gives the status. */
function explain(error: unknown, program: string, frame: OwnedFrame | undefined): number {
  if (error instanceof ClosedPipe) return frame?.warned ? BAD : 0;
  try {
    frame?.finish();
  } catch {
    // The error that is about to be said came first.
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    errorLine(program, message);
    errorLine(program, `try '${program} --help'`);
    return BAD;
  }
  if (error instanceof InputError) {
    errorLine(program, message);
    return BAD;
  }
  errorLine(program, `bug: ${message} (please report; SNAP_DEBUG=1 prints the stack)`);
  if (process.env['SNAP_DEBUG'] && error instanceof Error) writeError(`${error.stack}\n`);
  return BUG;
}
