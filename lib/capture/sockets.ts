/** The ports on which a process listens, from /proc; reads the machine's table of connections once and the process's list of open files. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Whether the process that was asked about has it open. */
  readonly own: boolean;
}

/** Every TCP socket that listens in the network of the process. */
export function listening(pid: number): readonly Listening[] {
  const own = openSockets(pid);
  return ['tcp', 'tcp6'].flatMap((table) =>
    lines(`/proc/${pid}/net/${table}`).flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [address = '', port = ''] = (fields[1] ?? '').split(':');
      if (fields[3] !== LISTEN) return [];
      return [{ host: hostOf(address), port: Number.parseInt(port, 16), own: own.has(fields[9] ?? '') }];
    }),
  );
}

const LISTEN = '0A';

/** Of a socket's address, in words of 32 bits as the machine keeps them, where to connect to. */
function hostOf(hex: string): string {
  if (hex.length === 8) {
    const host = Buffer.from(hex, 'hex').reverse().join('.');
    return host === '0.0.0.0' ? '127.0.0.1' : host;
  }
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = Buffer.concat(words.map((word) => Buffer.from(word, 'hex').reverse()));
  const host = bytes.toString('hex').match(/.{4}/g)?.join(':') ?? '';
  return /^[0:]*$/.test(host) ? '::1' : host;
}

function openSockets(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed since.
    }
  }
  return inodes;
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    // A machine without IPv6.
    return [];
  }
}
