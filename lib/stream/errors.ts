/** The two ways a user can be wrong, by what they typed or by what they fed; everything else that is thrown is a bug. */

/** The command line is wrong: the frame adds where the help is, and ends with status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The input or the machine is not as needed: the message names the thing, then the remedy; status 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** What the system says of a failed call, as `no such file or directory`; undefined for errors that did not come from one. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  if (error.code === 'EFBIG') return 'file too large (a limit set by ulimit -f?)';
  // Node writes `ENOENT: no such file or directory, open 'name'`.
  return /^[A-Z0-9]+: (.+?), [a-z]+/.exec(error.message)?.[1] ?? error.message;
}
