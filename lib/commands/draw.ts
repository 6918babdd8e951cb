/** snap-draw: any result of the other commands in, a picture of it out. */
import { defineCommand } from '../cli/command.ts';
import { choice, count, flag, text } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';

/** Pictures by name, and what is no picture but goes on to Graphviz. */
const AS = ['bars', 'histogram', 'areas', 'lines', 'graph', 'treemap', 'dot'] as const;

export const draw = defineCommand({
  name: 'snap-draw',
  summary: 'any result as a picture, in SVG or as one HTML page',
  description: `What arrives decides: groups, comparisons, suspects, cuts and classes become bars; trends areas and lines; chains a histogram of their lengths; the
graph around some nodes and paths a graph that Graphviz lays out; retained sizes a treemap of the dominator tree. --as draws it in another way, where there is one.

Too much to look at is folded, and the picture says how much that is: "and 4,112 more". A page needs nothing beside itself, and runs nothing but its own script; it has
search, full numbers, zoom, keyboard, a light and a dark side, and prints. --report makes one page of many files, a section for each.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'a result of another command, plain or gzip; - or none: standard input; several only with --report',
  },
  options: {
    as: choice(AS, { value: 'PICTURE', help: `draw it as ${AS.slice(0, -1).join(', ')}; or dot, text for Graphviz` }),
    output: text({
      short: 'o',
      value: 'FILE',
      help: 'write to this file, whose name ends with .svg, .html or .dot, instead of SVG to standard output',
    }),
    report: flag('one page of all operands, in their order (with -o FILE.html)'),
    top: count({ short: 'n', value: 'COUNT', help: 'show at most so many bars, areas, nodes, paths or tiles' }),
  },
  formats: false,
  examples: [
    {
      say: 'who points at the ends of chains',
      run: 'snap-backrefs --type LoadError --lacks cause --depth 4 app.heapsnapshot | snap-draw > who.svg',
    },
    { say: 'a page to look around in', run: 'snap-retain --all app.heapsnapshot | snap-draw -o retained.html' },
  ],
  reads:
    'rows of snap-group, snap-diff, snap-trend, snap-chainends, snap-paths, snap-retain and snap-cut; node streams of snap-refs and snap-backrefs',
  writes: 'SVG, or with -o SVG, HTML or DOT',
  status: { 0: 'done', 2: 'wrong use, bad input, nothing to draw, or a terminal where SVG would go' },
  memory:
    'some 120 MB, and what is drawn, however much comes; of retained sizes the 20,000 largest, and 4 bytes for each of the others',
  async run(args, frame) {
    const isDot = args.as === 'dot';
    const kind = kindOfOutput(args.output);
    if (args.top === 0) throw new UsageError('--top 0 leaves nothing to draw');
    if (args.report && (kind !== 'html' || args.as !== undefined))
      throw new UsageError('--report writes a page, each file as what it is: say -o FILE.html, and no --as');
    if (args.report && args.operands.length === 0) throw new UsageError('--report is of files: name them');
    if (!args.report && args.operands.length > 1) throw new UsageError('more than one file is for --report');
    if (isDot && (kind === 'svg' || kind === 'html'))
      throw new UsageError(`--as dot is no ${kind.toUpperCase()}: say -o FILE.dot, or leave -o out`);
    if (kind === undefined && !isDot && frame.style.width !== undefined)
      throw new UsageError('SVG is not for a terminal: say -o FILE.svg, -o FILE.html, or > FILE.svg');
    const wish = { as: args.as === 'dot' ? undefined : args.as, top: args.top };
    const { drawing } = await import('./parts/draw/draw.ts');
    const target = { kind: isDot ? 'dot' : (kind ?? 'svg'), output: args.output, isReport: args.report } as const;
    await drawing(args.operands, wish, target, frame);
    return 0;
  },
});

const OUTPUTS = ['svg', 'html', 'dot'] as const;
export type OutputKind = (typeof OUTPUTS)[number];

/** What its name says that the file is to be. */
function kindOfOutput(file: string | undefined): OutputKind | undefined {
  if (file === undefined) return undefined;
  const kind = OUTPUTS.find((known) => file.toLowerCase().endsWith(`.${known}`));
  if (kind === undefined) throw new UsageError(`-o: '${file}' does not end with .svg, .html or .dot`);
  return kind;
}
