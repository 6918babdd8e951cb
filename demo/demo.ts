/**
 * Finds a real leak: starts a program that leaks, asks its heap snapshots the questions of the README's hunt, and compares the answers with what the program says
 * of itself. Prints every command before its output, and leaves demo.html in the folder it is run in; costs some 30 seconds and a temporary folder.
 */
import { copyFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chapter, checks, report, type Truth } from './chapter.ts';
import { inWorkplace, root, type Workplace } from './workplace.ts';

await inWorkplace(async (place) => {
  console.log(
    'A program leaks, and writes snapshots of its heap meanwhile. How much it leaks, and into what, is random.\n',
  );
  const truth = await leak(place);
  for (const { ask, lines, learned } of chapter) {
    console.log(`${ask}\n`);
    for (const line of lines) await show(line, place);
    console.log(`\n${learned}\n`);
  }
  console.log(`Is it true? The program says: ${JSON.stringify(truth)}\n`);
  let isTrue = true;
  for (const { claim, line, found, truth: answer } of checks) {
    const [is, should] = [found(await show(line, place)), answer(truth)];
    console.log(`  ${claim}: found ${is}, the program says ${should}${is === should ? '' : ': NOT THE SAME'}\n`);
    isTrue &&= is === should;
  }
  console.log('All of it on one page:\n');
  for (const line of report) await show(line, place);
  const page = resolve('demo.html');
  copyFileSync(join(place.folder, 'demo.html'), page);
  console.log(`\n${page}\n`);
  console.log(isTrue ? 'All that was found is true.' : 'What was found is not true.');
  return isTrue;
});

async function leak(place: Workplace): Promise<Truth> {
  const words = ['before.heapsnapshot', '300', 'between.heapsnapshot', '1200', 'app.heapsnapshot'];
  console.log(`$ node leak.cjs ${words.join(' ')}`);
  const said = await place.run(process.execPath, [join(root, 'demo', 'leak.cjs'), ...words]);
  console.log(`(${(statSync(join(place.folder, 'app.heapsnapshot')).size / 2 ** 20).toFixed(1)} MiB)\n`);
  // leak.cjs prints nothing but this.
  return JSON.parse(said) as Truth;
}

/** Prints a line and its output, and gives that. */
async function show(line: string, place: Workplace): Promise<string> {
  console.log(`$ ${line}`);
  const output = await place.shell(line);
  process.stdout.write(output);
  return output;
}
