/** The parts of an index on their way to its folder: columns, rows, texts and numbers in, one file for each out. A piece at a time, so that a signal is heard between two; memory: a piece. */
import type { StoredColumn } from '../../../graph/store/columns.ts';
import type { Rows, Shapes } from '../../../graph/store/rows.ts';
import type { Facts } from '../../../index/contents.ts';
import { folderOf } from '../../../index/folder.ts';
import { FolderWriter } from '../../../index/folderWriter.ts';
import type { Tie } from '../../../index/tie.ts';
import type { Dictionary } from '../../../stream/dictionary.ts';
import { InputError } from '../../../stream/errors.ts';

/** Between two of so many bytes a signal is heard. */
const PIECE = 1 << 22;

/** Gives bytes in order. */
export type Copy = (sink: (bytes: Uint8Array, end: number) => void) => void;

export class PartWriter {
  readonly #folder: FolderWriter;
  readonly #pause: () => Promise<void>;

  /** `pause` lets others have their turn, and throws where it is time to stop. */
  constructor(folder: FolderWriter, pause: () => Promise<void>) {
    this.#folder = folder;
    this.#pause = pause;
  }

  async column(name: string, column: StoredColumn): Promise<void> {
    this.#folder.begin(name);
    for (const { values } of column.chunks()) await this.#write(bytesOf(values));
  }

  async rows(name: string, rows: Rows): Promise<void> {
    this.#folder.begin(`${name}.rows`);
    let waiting = 0;
    for (const page of rows.pages.each()) {
      this.#folder.write(page);
      waiting += page.length;
      if (waiting < PIECE) continue;
      await this.#pause();
      waiting = 0;
    }
    await this.numbers(`${name}.starts`, rows.starts);
    await this.numbers(`${name}.hubs`, rows.hubs);
  }

  async shapes(name: string, { starts, names, targets }: Shapes): Promise<void> {
    await this.numbers(`${name}.starts`, starts);
    await this.numbers(`${name}.names`, names);
    await this.numbers(`${name}.targets`, targets);
  }

  async numbers(name: string, numbers: ArrayBufferView): Promise<void> {
    this.#folder.begin(name);
    await this.#write(bytesOf(numbers));
  }

  async texts(name: string, { bytes, offsets, size }: Dictionary): Promise<void> {
    await this.numbers(`${name}.text`, bytes.subarray(0, offsets[size]));
    await this.numbers(`${name}.offsets`, offsets.subarray(0, size + 1));
  }

  async lines(name: string, lines: Iterable<string>): Promise<void> {
    this.#folder.begin(name);
    for (const line of lines) await this.#write(Buffer.from(line));
  }

  async json(name: string, value: unknown): Promise<void> {
    await this.lines(name, [JSON.stringify(value)]);
  }

  async copy(name: string, copy: Copy): Promise<void> {
    this.#folder.begin(name);
    copy((bytes, end) => this.#folder.write(bytes, end));
    await this.#pause();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      this.#folder.write(bytes.subarray(at, at + PIECE));
      await this.#pause();
    }
  }
}

/** Writes under another name; gives the bytes. Until then nothing has a name, and Ctrl-C needs no help; here it must take the parts away. */
export async function writeFolder(
  file: string,
  tie: Tie,
  facts: Facts,
  write: (to: PartWriter) => Promise<void>,
): Promise<number> {
  let interruption: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    interruption ??= signal;
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const writer = new FolderWriter(file);
  const pause = async (): Promise<void> => {
    await new Promise(setImmediate);
    if (interruption !== undefined) throw new Interrupted();
  };
  try {
    await write(new PartWriter(writer, pause));
    const { bytes } = writer;
    writer.finish(file, tie, facts);
    return bytes;
  } catch (error) {
    writer.abandon();
    for (const signal of signals) process.off(signal, interrupt);
    if (!(error instanceof Interrupted) || interruption === undefined) throw error;
    process.kill(process.pid, interruption);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    throw new InputError(`${folderOf(file)}: was interrupted`);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

class Interrupted extends Error {}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
