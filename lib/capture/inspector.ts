/** A DevTools inspector, of Node or Chrome: which targets it has, one of them chosen, and a session with it. Holds one connection. */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import CDP from 'chrome-remote-interface';
import { InputError, UsageError } from '../stream/errors.ts';
import { within } from './within.ts';

export type Session = CDP.Client;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Forms that people have at hand: `9229`, `HOST:PORT`, `[::1]:9229`, and the URL that Node prints. */
export function parseAddress(text: string): Address {
  const [, ip6, host, port] =
    /^(?:(?:wss?|https?):\/\/)?(?:\[([\da-f:.]+)\]:|([^:/[\]]+):)?(\d{1,5})(?:\/.*)?$/i.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535 || Number(port) === 0)
    throw new UsageError(`--inspect: '${text}' is no HOST:PORT (such as 127.0.0.1:9229)`);
  return { host: ip6 ?? host ?? '127.0.0.1', port: Number(port) };
}

/** An inspector has no password, and who talks to it can do all that the program can: so beyond this machine only on demand. */
export const isLoopback = ({ host }: Address): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

export const addressText = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What can be inspected at an address; an InputError where nothing answers, or something else does. */
export async function targetsAt(address: Address, seconds: number): Promise<readonly CDP.Target[]> {
  const name = addressText(address);
  const text = await within(
    seconds,
    listText(address),
    () => new InputError(`${name}: no inspector answers within ${seconds} s`),
  ).catch((error: NodeJS.ErrnoException) => {
    throw error instanceof InputError ? error : new InputError(`${name}: ${unreachable(error.code)}`);
  });
  try {
    const targets: unknown = JSON.parse(text);
    if (Array.isArray(targets)) return targets as CDP.Target[];
  } catch {
    // No JSON, so no inspector.
  }
  throw new InputError(`${name}: ${unreachable(undefined)}`);
}

/** Asked here and not by the package, which throws where nobody can catch it if the answer is no JSON. */
async function listText({ host, port }: Address): Promise<string> {
  // Chrome answers to addresses and to localhost only, so that no page can reach it by a name.
  const known = isIP(host) || host === 'localhost' ? host : (await lookup(host)).address;
  const request = get({ host: known, port, path: '/json/list', agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

function unreachable(code: string | undefined): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there (start the program with --inspect, or name it by --pid)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host';
  return code !== undefined && /^E(HOST|NET|TIMEDOUT|ACCES|PERM)/.test(code)
    ? `cannot be reached (${code})`
    : 'what listens there is no inspector of Node or Chrome';
}

/** The one that is meant: the only page or program there is, or the one that `wanted` names by its id, or by a piece of its address or title. */
export function chooseTarget(targets: readonly CDP.Target[], wanted: string | undefined, name: string): CDP.Target {
  const open = targets.filter(({ webSocketDebuggerUrl }) => webSocketDebuggerUrl !== undefined);
  const fitting = wanted === undefined ? open.filter(isProgram) : open.filter((target) => names(target, wanted));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    throw new InputError(
      `${name}: ${fitting.length} targets ${wanted === undefined ? 'are there' : `fit --target ${wanted}`}: ${listed(fitting)} (choose one with --target)`,
    );
  }
  const there = open.length === 0 ? 'it has none, or another debugger holds them' : listed(open);
  throw new InputError(
    wanted === undefined
      ? `${name}: there is no page and no program to inspect: ${there} (choose with --target)`
      : `${name}: no target fits --target ${wanted}: ${there}`,
  );
}

const isProgram = ({ type }: CDP.Target): boolean => type === 'page' || type === 'node';

const names = ({ id, url, title }: CDP.Target, wanted: string): boolean =>
  id === wanted || url.includes(wanted) || title.includes(wanted);

const MOST_LISTED = 10;

function listed(targets: readonly CDP.Target[]): string {
  const shown = targets.slice(0, MOST_LISTED).map(({ id, type, title, url }) => `${type} ${id} '${title}' ${url}`);
  return [...shown, ...(targets.length > MOST_LISTED ? [`and ${targets.length - MOST_LISTED} more`] : [])].join('; ');
}

/** Opens a session, and makes sure that somebody answers in it. */
export async function openSession(target: CDP.Target, name: string, seconds: number): Promise<Session> {
  const silent = (): InputError =>
    new InputError(
      `${name}: its inspector is open but does not answer within ${seconds} s (it is stopped, or stuck in native code; --timeout waits longer)`,
    );
  // `local`: the protocol that the package knows is all that is needed, and Node need not send its own.
  const session = await within(seconds, CDP({ target, local: true }), silent).catch((error: Error) => {
    throw error instanceof InputError ? error : new InputError(`${name}: no session can be opened (${error.message})`);
  });
  try {
    await within(seconds, session.send('Runtime.getIsolateId'), silent);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The value of an expression, run in the program. */
export async function evaluate(session: Session, name: string, expression: string): Promise<unknown> {
  const { result } = await answered(name, session.send('Runtime.evaluate', { expression, returnByValue: true }));
  return result.value;
}

/** Nobody is there any more to answer. */
export class Disconnected extends InputError {}

/** What a session answers; where it cannot, that is no fault of ours. */
export async function answered<T>(name: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { message } = error as Error;
    if (/WebSocket/i.test(message)) throw new Disconnected(`${name}: the connection ended (has the program ended?)`);
    throw new InputError(`${name}: ${message}`);
  }
}
