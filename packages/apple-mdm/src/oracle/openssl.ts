import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of files in which the `openssl` command works: the independent hand that tests hold our bytes against. */
export class OpensslFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'openssl-'));

  write(name: string, bytes: string | Uint8Array): void {
    writeFileSync(join(this.path, name), bytes);
  }

  read(name: string): Buffer {
    return readFileSync(join(this.path, name));
  }

  /** Runs `openssl` with these words; no word can hold a blank. Standard output, or throws with openssl's own. */
  run(words: string): string {
    return execFileSync('openssl', words.split(' '), {
      cwd: this.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
