/** Reads results and writes them as pictures. Holds what is drawn, and the page as text. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Frame } from '../../../cli/frame.ts';
import { page } from '../../../render/draw/page.ts';
import type { Picture, Wish } from '../../../render/draw/picture.ts';
import { pictureFile } from '../../../render/draw/svg.ts';
import { InputError, systemReason } from '../../../stream/errors.ts';
import type { OutputKind } from '../../draw.ts';
import { pageAssets, pictureStyle } from './pageAssets.ts';
import { readPicture } from './pictures.ts';

/** What is written, and where: undefined is standard output. */
interface Target {
  readonly kind: OutputKind;
  readonly output: string | undefined;
  readonly isReport: boolean;
}

/** Draws one operand, or all of them as a report. */
export async function drawing(
  operands: readonly string[],
  wish: Wish,
  { kind, output, isReport }: Target,
  frame: Frame,
): Promise<void> {
  if (isReport) {
    const sections = [];
    for (const file of operands) sections.push({ file, picture: (await readPicture(file, wish, frame)).picture });
    if (sections.every(({ picture }) => picture === undefined))
      throw new InputError('nothing to draw: none of these files has any rows');
    write(await page(`Report of ${sections.length} results`, sections, pageAssets(), hash), output, frame);
    return;
  }
  const { name, picture } = await readPicture(operands[0] ?? '-', wish, frame);
  if (picture === undefined) throw new InputError(`${name}: nothing to draw: there are no rows`);
  write(await rendered(name, picture, kind), output, frame);
}

async function rendered(name: string, picture: Picture, kind: OutputKind): Promise<string> {
  if (kind === 'html') return page(picture.title, [{ file: basename(name), picture }], pageAssets(), hash);
  if (kind === 'svg') {
    if (picture.draw === undefined)
      throw new InputError(
        `${name}: nothing to draw: a node stream is only a list (snap-group adds it up, snap-backrefs shows who refers to its nodes)`,
      );
    return pictureFile(picture, pictureStyle());
  }
  if (picture.dot === undefined)
    throw new InputError(`${name}: is no graph: dot is for paths, snap-refs and snap-backrefs`);
  return picture.dot;
}

function write(text: string, output: string | undefined, frame: Frame): void {
  if (output === undefined) {
    frame.out.text(text);
    return;
  }
  try {
    writeFileSync(output, text);
  } catch (error) {
    const reason = systemReason(error);
    throw reason === undefined ? error : new InputError(`${output}: cannot be written (${reason})`);
  }
}

/** As a Content-Security-Policy names a script that may run. */
const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
