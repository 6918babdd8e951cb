/** Loaded into a measured process: appends its peak resident KiB to $PEAK_FILE when it ends. Costs one write. */
import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['PEAK_FILE'];
if (isMainThread && file !== undefined) {
  process.once('exit', () => {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    appendFileSync(file, `${peak}\n`);
  });
}
