/** The version of this package, from its package.json; one small file is read. */
import { readFileSync } from 'node:fs';

/** As `0.1.0`. */
export function version(): string {
  // Compiled files lie in dist/lib/cli.
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('package.json has no version');
}
