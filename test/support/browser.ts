/** A real Chromium without a window, driven over its DevTools protocol: pages come in; what they show, say and ask of the network goes out. One browser for all pages of a test file. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import CDP from 'chrome-remote-interface';
import { tempFolder } from './temp.ts';

/** Without a window, and without a word to its makers. */
export const QUIET_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const FLAGS = [...QUIET_FLAGS, '--hide-scrollbars', '--force-color-profile=srgb', '--remote-debugging-port=0'];

export class Browser {
  readonly #process: ChildProcess;
  readonly #port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#port = port;
  }

  /** Fails with what to install where there is no Chromium. */
  static async start(): Promise<Browser> {
    const program = ['chromium', 'chromium-browser', 'google-chrome'].find(
      (name) => !spawnSync(name, ['--version']).error,
    );
    if (program === undefined)
      throw new Error('pages are tested in Chromium, which is not here: install the package chromium');
    const child = spawn(program, [...FLAGS, `--user-data-dir=${tempFolder('chromium')}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new Browser(child, await portOf(child));
  }

  /** A page of its own, loaded and drawn. */
  async open(url: string, look: Partial<Look> = {}): Promise<Page> {
    const { id } = await CDP.New({ port: this.#port });
    const client = await CDP({ port: this.#port, target: id });
    return Page.load(client, url, { ...LIGHT, ...look });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await ended;
  }
}

export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly media: 'screen' | 'print';
  readonly width: number;
  readonly height: number;
}

const LIGHT: Look = { scheme: 'light', media: 'screen', width: 1100, height: 900 };

export class Page {
  readonly #client: CDP.Client;
  /** Errors and messages of its console, and exceptions. */
  readonly complaints: string[] = [];
  /** What it asked for beside itself. */
  readonly requests: string[] = [];

  private constructor(client: CDP.Client) {
    this.#client = client;
  }

  static async load(client: CDP.Client, url: string, look: Look): Promise<Page> {
    const page = new Page(client);
    const { Page: pages, Runtime, Log, Network, Emulation } = client;
    Runtime.exceptionThrown(({ exceptionDetails: { text, exception } }) => {
      page.complaints.push(`${text} ${exception?.description ?? ''}`);
    });
    Runtime.consoleAPICalled(({ type, args }) => {
      page.complaints.push(`${type}: ${args.map(({ value }) => String(value)).join(' ')}`);
    });
    Log.entryAdded(({ entry }) => {
      page.complaints.push(`${entry.level}: ${entry.text}`);
    });
    Network.requestWillBeSent(({ request }) => {
      if (request.url !== url) page.requests.push(request.url);
    });
    await Promise.all([pages.enable(), Runtime.enable(), Log.enable(), Network.enable({})]);
    await page.look(look);
    await Emulation.setDeviceMetricsOverride({
      width: look.width,
      height: look.height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const loaded = new Promise((resolve) => pages.on('loadEventFired', resolve));
    await pages.navigate({ url });
    await loaded;
    // Two frames: everything has been drawn once.
    await page.ask('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    return page;
  }

  /** Light or dark, screen or paper. */
  async look({ scheme, media }: Pick<Look, 'scheme' | 'media'>): Promise<void> {
    await this.#client.Emulation.setEmulatedMedia({
      media,
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
  }

  /** The value of an expression, waited for. */
  async ask<T = unknown>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#client.Runtime.evaluate({
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails)
      throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value as T;
  }

  /** A real click in the middle of the first element of this selector. */
  async click(selector: string): Promise<void> {
    const { x, y } = await this.#middle(selector);
    const { Input } = this.#client;
    await Input.dispatchMouseEvent({ type: 'mouseMoved', x, y });
    await Input.dispatchMouseEvent({ type: 'mousePressed', x, y, button: 'left', clickCount: 1 });
    await Input.dispatchMouseEvent({ type: 'mouseReleased', x, y, button: 'left', clickCount: 1 });
  }

  async hover(selector: string): Promise<void> {
    const { x, y } = await this.#middle(selector);
    await this.#client.Input.dispatchMouseEvent({ type: 'mouseMoved', x, y });
  }

  /** A key by its name, or a letter. */
  async press(key: string): Promise<void> {
    const code = CODES[key];
    const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
    const named = { key, ...text, ...(code === undefined ? {} : { windowsVirtualKeyCode: code }) };
    await this.#client.Input.dispatchKeyEvent({ type: 'keyDown', ...named });
    await this.#client.Input.dispatchKeyEvent({ type: 'keyUp', key });
  }

  async type(text: string): Promise<void> {
    for (const letter of text) await this.press(letter);
  }

  /** A PNG of all of it. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.#client.Page.captureScreenshot({ format: 'png', captureBeyondViewport: true });
    return Buffer.from(data, 'base64');
  }

  async pdf(): Promise<Buffer> {
    const { data } = await this.#client.Page.printToPDF({ printBackground: false });
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    await this.#client.Page.close();
    await this.#client.close();
  }

  async #middle(selector: string): Promise<{ readonly x: number; readonly y: number }> {
    const found = await this.ask<{ x: number; y: number } | null>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      if (element === null) return null;
      element.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    })()`);
    if (found === null) throw new Error(`no element is ${selector}`);
    return found;
  }
}

const CODES: Readonly<Record<string, number>> = {
  Enter: 13,
  Escape: 27,
  Backspace: 8,
  Tab: 9,
  Home: 36,
  End: 35,
  ArrowDown: 40,
  ArrowRight: 39,
  ArrowLeft: 37,
  ArrowUp: 38,
};

/** Chromium says on standard error where it listens. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
      const port = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Chromium ended before it listened: ${said}`)));
  });
}
