/**
 * A program that leaks: a loader that remembers failures keeps each one as the cause of the next. Usage: node leak.cjs [SNAPSHOT [LONGEST]]
 * Writes its own heap there and prints one JSON line with what it knows to be true; every number and name is random, no chain is longer than
 * LONGEST (2400). Takes some 60 MB and 3 seconds.
 */
'use strict';
const { randomInt } = require('node:crypto');
const { writeHeapSnapshot } = require('node:v8');

class LoadError extends Error {}

const words = ['moduleCache', 'parsedFiles', 'knownModules', 'fileCache'];
const cache = `${words[randomInt(words.length)]}${randomInt(100, 1000)}`;

class Loader {
  failures = 0;
  [cache] = new Map();

  load(file) {
    this.failures++;
    const known = this[cache].get(file);
    const failure =
      known === undefined
        ? new LoadError(`cannot read ${file}`)
        : new LoadError(`again: ${known.message.slice(-40)}`, { cause: known });
    this[cache].set(file, failure);
  }
}

const [, , snapshot = 'app.heapsnapshot', longest = '2400'] = process.argv;
const loader = new Loader();
const tries = Array.from({ length: randomInt(8, 17) }, () => randomInt(Math.ceil(longest / 3), Number(longest) + 1));
for (const [i, count] of tries.entries()) {
  const file = `src/part${i}-${randomInt(10_000)}.js`;
  for (let n = 0; n < count; n++) loader.load(file);
}

writeHeapSnapshot(snapshot);
const truth = { errors: loader.failures, chains: loader[cache].size, longest: Math.max(...tries), cache };
console.log(JSON.stringify(truth));
