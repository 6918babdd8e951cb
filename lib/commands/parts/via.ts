/** `--via [KIND:]NAME`: which references are meant, and whether one of a batch is. */
import { type Batch, REF_KINDS } from '../../stream/batch.ts';
import { token } from '../../stream/json.ts';

/** A reference's kind, as a code of REF_KINDS, and its name; a kind that was not given is any. */
export interface Via {
  readonly kind: number | undefined;
  readonly name: string;
}

/** `internal:table`, `tb_next`, `3`. What stands before a colon is a kind only if there is such a kind. */
export function parseVia(text: string): Via {
  const colon = text.indexOf(':');
  const kind = (REF_KINDS as readonly string[]).indexOf(text.slice(0, Math.max(0, colon)));
  return kind < 0 ? { kind: undefined, name: text } : { kind, name: text.slice(colon + 1) };
}

/** Whether a reference of a batch is called so. Elements are called by their digits. */
export function viaTest({ kind, name }: Via): (batch: Batch, ref: number) => boolean {
  const text = token(name);
  const digits = /^(0|[1-9]\d*)$/.test(name) ? new TextEncoder().encode(name) : undefined;
  return (batch, ref) => {
    if (kind !== undefined && batch.refKind[ref] !== kind) return false;
    const start = batch.refNameStart[ref]!;
    const length = batch.refNameEnd[ref]! - start;
    return (
      (length === text.length && isAt(batch.text, start, text)) ||
      (digits !== undefined && length === digits.length && isAt(batch.text, start, digits))
    );
  };
}

function isAt(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
