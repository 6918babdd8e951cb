// A peer's work in, its groups as NDJSON on standard output or one line that says why it cannot out; costs nothing.

/** Counts and bytes per key, in a Map as any peer's user would write it. */
export class Groups {
  #rows = new Map();

  add(key, bytes, count = 1) {
    const row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, { count, bytes });
    else {
      row.count += count;
      row.bytes += bytes;
    }
  }

  /** @param by 'type' or 'kind': the field that the keys are written as */
  lines(by) {
    return [...this.#rows].map(([key, row]) => `${JSON.stringify({ [by]: key, ...row })}\n`).join('');
  }
}

/** The class of a node as DevTools' Summary names it, from the node alone: its type and its name. */
export function className(type, name) {
  switch (type) {
    case 'hidden':
      return '(system)';
    case 'code':
      return '(compiled code)';
    case 'closure':
      return 'Function';
    case 'regexp':
      return 'RegExp';
    case 'object':
    case 'native': {
      const tag = /^((?:Detached )?<[^ ]*) /.exec(name);
      return tag === null ? name : `${tag[1]}>`;
    }
    default:
      return `(${type})`;
  }
}

/** @param work from a file's name to its Groups, or to anything else that has `lines` */
export async function answer(by, work) {
  try {
    const groups = await work(process.argv[2]);
    process.stdout.write(groups.lines(by));
  } catch (error) {
    process.stderr.write(`cannot: ${String(error?.message ?? error).split('\n')[0]}\n`);
    process.exitCode = 1;
  }
}
