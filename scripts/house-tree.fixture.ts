import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

/** Runs a check on a small repository of these files (path → text), made for it and removed afterwards. */
export function checkTree(
  check: (root: string) => readonly string[],
  files: Readonly<Record<string, string>>,
): readonly string[] {
  const root = mkdtempSync(`${tmpdir()}/keyhaven-house-`);
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(`${root}/${path}`), { recursive: true });
      writeFileSync(`${root}/${path}`, text);
    }
    return check(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
