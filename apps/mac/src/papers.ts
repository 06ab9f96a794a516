import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './mac-memory.ts';
import type { Paper } from './mac-record.ts';

/** The drawer with every Mac's paper: `folder`/papers.json, {macs: Paper[]}, replaced by rename. */
export class PaperDrawer {
  readonly #folder: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes what `papers` tells at the moment of writing; one write at a time. */
  put(papers: () => readonly Paper[]): Promise<void> {
    const write = this.#writing.then(() => this.#write(papers));
    this.#writing = write.catch(() => undefined);
    return write;
  }

  async #write(papers: () => readonly Paper[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await replaceFile(join(this.#folder, 'papers.json'), JSON.stringify({ macs: papers() }, null, 2));
  }
}
