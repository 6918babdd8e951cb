// usage: node course.cjs PREFIX   twenty snapshots of one process, some 8 MB each: parcels are never let go, slots come and go
const { snap } = require('./lib.cjs');
require('node:http'); require('node:https'); require('node:crypto'); require('node:zlib'); require('node:stream/promises'); require('node:worker_threads'); require('node:perf_hooks'); require('node:readline');
const prefix = process.argv[2] || './h';
class Parcel { constructor(i) { this.i = i; this.text = 'parcel ' + i; } }
class Slot { constructor(i) { this.at = i; } }
const routes = new Map(); for (let i = 0; i < 6000; i++) routes.set('/api/v1/resource/' + i, { id: i, handler: () => i, tags: ['a' + i % 7, 'b'] });
const parcels = []; globalThis.__keep = { routes, parcels, slots: [] };
for (let taken = 0; taken < 20; taken++) {
  for (let i = 0; i < 200 + 37 * taken % 100; i++) parcels.push(new Parcel(parcels.length));
  globalThis.__keep.slots = Array.from({ length: 500 + 7919 * taken % 1000 }, (_, i) => new Slot(i));
  snap(`${prefix}-${String(taken).padStart(2, '0')}.heapsnapshot`);
}
