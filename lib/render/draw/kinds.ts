/** Which result a record begins: the kinds in the order in which they are asked, because fields of one are among those of another. */
import { around } from './around.ts';
import { chains } from './chains.ts';
import { classes } from './classes.ts';
import { cuts } from './cuts.ts';
import { diffs } from './diffs.ts';
import { found } from './found.ts';
import { groups } from './groups.ts';
import { nodes } from './nodes.ts';
import { paths } from './paths.ts';
import type { Kind } from './picture.ts';
import { retained } from './retained.ts';
import type { Row } from './row.ts';
import { suspects } from './suspects.ts';
import { trends } from './trends.ts';

const KINDS: readonly Kind[] = [
  around,
  retained,
  suspects,
  nodes,
  trends,
  diffs,
  paths,
  chains,
  found,
  classes,
  cuts,
  groups,
];

export const kindOf = (first: Row): Kind | undefined => KINDS.find((kind) => kind.starts(first));
