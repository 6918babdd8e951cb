/**
 * A program that leaks: a loader that remembers failures keeps each one as the cause of the next. Usage: node leak.cjs [SNAPSHOT [LONGEST]]...
 * Writes its own heap there, and for each further SNAPSHOT leaks on and writes it again; prints one JSON line with what it knows to be true in the end. Every number and name
 * is random, no chain is longer than LONGEST (2400). Takes some 60 MB and 3 seconds a snapshot.
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

const [snapshot = 'app.heapsnapshot', ...more] = process.argv.slice(2);
const loader = new Loader();
const tries = [];

function leak(file, longest = '2400') {
  for (let left = randomInt(8, 17); left > 0; left--) {
    const count = randomInt(Math.ceil(longest / 3), Number(longest) + 1);
    const source = `src/part${tries.length}-${randomInt(10_000)}.js`;
    for (let n = 0; n < count; n++) loader.load(source);
    tries.push(count);
  }
  writeHeapSnapshot(file);
}

for (let files = [snapshot, ...more]; files.length > 0; files = files.slice(2)) leak(files[0], files[1]);
const truth = { errors: loader.failures, chains: loader[cache].size, longest: Math.max(...tries), cache };
console.log(JSON.stringify(truth));
