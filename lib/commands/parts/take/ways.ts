/** Which options of snap-take go together: each belongs to some ways of taking a snapshot, and is wrong with the others. */
import { UsageError } from '../../../stream/errors.ts';

export interface TakeArgs {
  readonly operands: readonly string[];
  readonly output: string | undefined;
  readonly pid: number | undefined;
  readonly inspect: string | undefined;
  readonly target: string | undefined;
  readonly 'allow-remote': boolean;
  readonly 'on-signal': boolean;
  readonly every: number | undefined;
  readonly above: number | undefined;
  readonly 'at-exit': boolean;
  readonly 'no-values': boolean;
  readonly 'no-fork': boolean;
  readonly collect: boolean;
  readonly timeout: number | undefined;
  readonly anyway: boolean;
}

const onlyWith = {
  target: ['--inspect'],
  'allow-remote': ['--inspect'],
  'on-signal': ['COMMAND'],
  every: ['COMMAND'],
  above: ['COMMAND'],
  'at-exit': ['COMMAND'],
  'no-values': ['--pid', 'COMMAND'],
  'no-fork': ['--pid'],
  collect: ['--pid'],
  timeout: ['--pid', '--inspect'],
  anyway: ['--pid', '--inspect'],
} satisfies Partial<Record<keyof TakeArgs, readonly string[]>>;

export function checkTogether(args: TakeArgs): void {
  const way =
    args.pid !== undefined
      ? '--pid'
      : args.inspect !== undefined
        ? '--inspect'
        : args.operands.length > 0
          ? 'COMMAND'
          : '';
  for (const [name, ways] of Object.entries(onlyWith)) {
    const value = args[name as keyof typeof onlyWith];
    if (value !== undefined && value !== false && !ways.some((known) => known === way))
      throw new UsageError(`--${name} goes only with ${ways.join(' or ')}`);
  }
  if (
    way === 'COMMAND' &&
    !args['on-signal'] &&
    args.every === undefined &&
    args.above === undefined &&
    !args['at-exit']
  )
    throw new UsageError(
      'when is COMMAND to write snapshots? say --on-signal, --every, --above or --at-exit, before --',
    );
  if (args.every === 0 || args.above === 0)
    throw new UsageError(`--${args.every === 0 ? 'every' : 'above'}: 0 is never over`);
}
