/** A file in, its lines out, without what ends them, read as far as they are asked for. Memory: the longest line. */

const BLOCK = 1 << 16;
const NEWLINE = 10;

export function* linesOf(file: { readAt(into: Uint8Array, position: number): number }): Generator<string> {
  const block = new Uint8Array(BLOCK);
  const decoder = new TextDecoder();
  let rest = '';
  for (let position = 0, count = 0; ; position += count) {
    count = file.readAt(block, position);
    if (count === 0) return;
    const end = block.subarray(0, count).lastIndexOf(NEWLINE);
    if (end < 0) rest += decoder.decode(block.subarray(0, count), { stream: true });
    else {
      const lines = (rest + decoder.decode(block.subarray(0, end + 1), { stream: true })).split('\n');
      lines.pop();
      yield* lines;
      rest = decoder.decode(block.subarray(end + 1, count), { stream: true });
    }
  }
}
