/** Nodes of several versions, from npm where they are not this one: each a name and the words that start it; the first start of one downloads it. */
export interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export const runtimes: readonly Runtime[] = [
  { name: 'this Node', command: process.execPath, args: [] },
  ...['22', '24', '26'].map((version) => ({
    name: `Node ${version}`,
    command: 'npx',
    args: ['-y', '-p', `node@${version}`, 'node'],
  })),
];
