/** What somebody who runs the benchmark can put right: its message names the thing, then the remedy; costs nothing. */
export class BenchError extends Error {}
