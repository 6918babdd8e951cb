/** How far a long run is, as one line on a terminal's standard error; costs a look at the clock per call. */
import { formatCount } from '../render/counts.ts';
import { formatSize } from '../render/sizes.ts';

export interface ProgressLine {
  /** Writes to the terminal. */
  readonly draw: (text: string) => void;
  readonly columns: () => number;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/** What is counted. */
export type Unit = 'bytes' | 'objects';

const QUIET_MS = 1000;
const REDRAW_MS = 100;

/** Holds whether a line is drawn: it is redrawn at most ten times a second, never in the first, and `erase` leaves nothing of it. */
export class Progress {
  readonly #line: ProgressLine;
  readonly #startedAt: number;
  #what = '';
  #whatAt = 0;
  #whatDone = 0;
  #nextAt: number;
  #drawn = false;

  constructor(line: ProgressLine) {
    this.#line = line;
    this.#startedAt = line.now();
    this.#nextAt = this.#startedAt + QUIET_MS;
  }

  /** `done` of `total` bytes (or objects) of what is being done, as `reading app.heapsnapshot`. */
  at(done: number, total: number | undefined, what: string, unit: Unit = 'bytes'): void {
    const now = this.#line.now();
    if (what !== this.#what) {
      this.#what = what;
      // The first thing a run does began with the run.
      this.#whatAt = this.#whatAt === 0 ? this.#startedAt : now;
      this.#whatDone = this.#whatAt === this.#startedAt ? 0 : done;
    }
    if (now < this.#nextAt) return;
    this.#nextAt = now + REDRAW_MS;
    const rate = (1000 * (done - this.#whatDone)) / Math.max(1, now - this.#whatAt);
    const line = progressText(done, total, what, rate, unit);
    this.#line.draw(`\r\x1b[K${line.slice(0, Math.max(1, this.#line.columns() - 1))}`);
    this.#drawn = true;
  }

  erase(): void {
    if (this.#drawn) this.#line.draw('\r\x1b[K');
    this.#drawn = false;
  }
}

/** `rate` in bytes (or objects) a second. */
export function progressText(
  done: number,
  total: number | undefined,
  what: string,
  rate: number,
  unit: Unit = 'bytes',
): string {
  const amount = unit === 'bytes' ? formatSize : formatCount;
  const speed = `${amount(Math.round(rate))}/s`;
  if (total === undefined || total <= 0) return `${what}: ${amount(done)}, ${speed}`;
  const share = Math.min(100, Math.floor((100 * done) / total));
  const left = rate > 0 ? `, ${formatTime(Math.max(0, total - done) / rate)} left` : '';
  return `${what}: ${amount(done)} of ${amount(total)} (${share} %), ${speed}${left}`;
}

/** Seconds as 0:07, 12:30 or 1:02:03. */
function formatTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
