/** Where a snapshot is written: standard output, or a file that is there when it is whole; compressed where its name says so; holds 1 MiB then. */
import { gzipSync } from 'node:zlib';
import type { Frame } from '../../../cli/frame.ts';
import { WholeFile } from '../../../disk/whole.ts';
import { formatSize } from '../../../render/sizes.ts';
import { UsageError } from '../../../stream/errors.ts';

export interface Destination {
  /** Bytes of the snapshot that were given to it. */
  readonly bytes: number;
  write(bytes: Uint8Array): void;
  /** It is whole, and has its name now. */
  keep(): void;
  /** It was cut off, and is worth something: where that is now. */
  keepCut(): string;
  /** As if it had never been. What has been kept stays. */
  drop(): void;
}

export function openDestination(output: string | undefined, frame: Frame): Destination {
  return output === undefined ? standardOutput(frame) : file(output, frame);
}

function standardOutput(frame: Frame): Destination {
  if (frame.style.width !== undefined)
    throw new UsageError('a snapshot is nothing for a terminal: name a file with -o, or write > FILE');
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    write(block) {
      bytes += block.length;
      frame.out.write(block);
    },
    keep: () => frame.out.flush(),
    keepCut() {
      frame.out.flush();
      return 'standard output';
    },
    drop: () => {},
  };
}

/** Each block of so many bytes is a member of its own: gzip files may have many, and a file that was cut off keeps all that were whole. */
const MEMBER = 1 << 20;

function file(output: string, frame: Frame): Destination {
  const whole = new WholeFile(output);
  const compressed = output.endsWith('.gz');
  const member = Buffer.allocUnsafeSlow(compressed ? MEMBER : 0);
  let held = 0;
  let bytes = 0;
  const finish = (): void => {
    if (held > 0) whole.append(gzipSync(member.subarray(0, held), { level: 1 }));
    held = 0;
  };
  return {
    get bytes() {
      return bytes;
    },
    write(block) {
      bytes += block.length;
      if (!compressed) whole.append(block);
      else {
        for (let at = 0; at < block.length; ) {
          const taken = Math.min(block.length - at, MEMBER - held);
          member.set(block.subarray(at, at + taken), held);
          held += taken;
          at += taken;
          if (held === MEMBER) finish();
        }
      }
    },
    keep() {
      finish();
      frame.note(`${whole.keep()}: ${formatSize(whole.length)}`);
    },
    keepCut() {
      finish();
      return whole.keep('.cut');
    },
    drop: () => whole.drop(),
  };
}
