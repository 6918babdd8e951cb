/** A small program that lives on while snapshots of it are taken: one class grows each time, one wobbles, one stays. Writes argv[3] of them, and how many there were on stdout. */
import { randomInt } from 'node:crypto';
import { writeHeapSnapshot } from 'node:v8';

const [, , prefix = 'h', snapshots = '5'] = process.argv;

class Parcel {
  readonly text: string;
  constructor(i: number) {
    this.text = `parcel ${i}`;
  }
}
class Slot {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}
class Wall {
  readonly stone = true;
}

const parcels: Parcel[] = [];
const walls = Array.from({ length: randomInt(1, 500) }, () => new Wall());
let slots: Slot[] = [];
const counts: { Parcel: number; Slot: number; Wall: number }[] = [];
for (let taken = 0; taken < Number(snapshots); taken++) {
  for (let left = randomInt(1, 800); left > 0; left--) parcels.push(new Parcel(parcels.length));
  // It falls in every second step, for sure.
  const least = taken % 2 === 0 ? 1000 : 0;
  slots = Array.from({ length: randomInt(least, least + 1000) }, (_, at) => new Slot(at));
  writeHeapSnapshot(`${prefix}-${taken}.heapsnapshot`);
  counts.push({ Parcel: parcels.length, Slot: slots.length, Wall: walls.length });
}
console.log(JSON.stringify(counts));
