/**
 * A service that answers queries, and remembers failures: each new failure of a query has the one before as its cause. Usage: node service.mjs NAME
 * QUERIES REPEATS [--fixed]. Writes NAME-before.heapsnapshot when it is warm, and NAME-after.heapsnapshot when QUERIES queries have failed REPEATS times. Takes
 * some 60 MB and five seconds.
 */
import { writeHeapSnapshot } from 'node:v8';

class QueryContext {
  constructor(query, attempt) {
    this.query = query;
    this.headers = { host: `db${query % 9}`, attempt };
  }
}

class QueryError extends Error {
  constructor(query, attempt, cause) {
    super(`query ${query} failed, attempt ${attempt}`, { cause });
    this.context = new QueryContext(query, attempt);
  }
}

class Session {
  constructor(number) {
    this.token = `session-${number}`;
  }
}

class Service {
  failureCache = new Map();
  sessions = new Set();

  ask(query, attempt) {
    this.failureCache.set(query, new QueryError(query, attempt, isFixed ? undefined : this.failureCache.get(query)));
  }
}

const [, , name, queries, repeats, option] = process.argv;
const isFixed = option === '--fixed';
const service = new Service();
for (let i = 0; i < 5000; i++) service.sessions.add(new Session(i));
service.ask(-1, 1);
writeHeapSnapshot(`${name}-before.heapsnapshot`);
for (const session of [...service.sessions].slice(1000)) service.sessions.delete(session);
for (let attempt = 1; attempt <= repeats; attempt++)
  for (let query = 0; query < queries; query++) service.ask(query, attempt);
writeHeapSnapshot(`${name}-after.heapsnapshot`);
globalThis.service = service;
