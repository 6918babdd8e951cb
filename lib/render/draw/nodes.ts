/** A node stream without a question: a table of its first nodes, for a report. There is nothing to draw in it. */
import { formatCount } from '../counts.ts';
import { cutToWidth } from '../width.ts';
import { amountWords, andMoreRows, Sum } from './amounts.ts';
import type { Collector, Kind, Picture } from './picture.ts';
import type { Row } from './row.ts';

export const nodes: Kind = {
  called: 'a node stream',
  starts: (row) => row.has('n', 'id', 'size'),
  pictures: [],
  collect: () => new Nodes(),
};

const MOST = 20;
const NAME = 80;

class Nodes implements Collector {
  readonly #all = new Sum();
  readonly #rows: (readonly string[])[] = [];

  add(row: Row): void {
    // What has no id goes on with the references of the node before.
    if (!row.has('id')) return;
    const bytes = row.whole('size');
    this.#all.add({ count: 1, bytes });
    if (this.#rows.length === MOST) return;
    const [type, name] = [row.text('type'), row.has('name') ? row.text('name') : ''];
    this.#rows.push([
      name === '' || name === type ? type : `${type} ${cutToWidth(name, NAME)}`,
      `@${row.whole('id')}`,
      formatCount(bytes),
    ]);
  }

  finish(): Picture | undefined {
    if (this.#rows.length === 0) return undefined;
    const left = this.#all.rows - this.#rows.length;
    return {
      as: 'table',
      title: 'Some objects',
      summary: amountWords(this.#all),
      notes: andMoreRows(left),
      table: { head: ['object', 'id', 'bytes'], rows: this.#rows },
    };
  }
}
