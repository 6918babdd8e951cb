/** A limit of time on something that may never come; the timer goes with it. */

/** The promise's own end, or `late` after so many seconds. */
export async function within<T>(seconds: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), 1000 * seconds);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until there is an answer; undefined after so many seconds. */
export async function until<T>(seconds: number, ask: () => T | undefined, everyMs = 20): Promise<T | undefined> {
  for (const end = performance.now() + 1000 * seconds; ; ) {
    const answer = ask();
    if (answer !== undefined || performance.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
