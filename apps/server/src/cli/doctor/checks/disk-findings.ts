import { type Finding, failed, fine, warning } from '../finding.ts';

export type DiskFacts = {
  readonly folder: string;
  /** Permission bits; null where the system has none. */
  readonly mode: number | null;
  readonly writable: boolean;
  readonly freeBytes: number;
  /** Files that may still be made, and in all; both 0 where the file system does not count. */
  readonly freeFiles: number;
  readonly allFiles: number;
  /** Linux's number of the kind of file system (statfs(2)); null elsewhere. */
  readonly fileSystem: number | null;
  /** Whether the embedded database lives in it. */
  readonly holdsDatabase: boolean;
};

const megabyte = 1024 * 1024;
const gigabyte = 1024 * megabyte;

const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x47504653, 'GPFS'],
]);

/** Whether the data folder is private, takes writes, and has room. */
export function diskFindings(facts: DiskFacts): readonly Finding[] {
  const findings = [...folderFindings(facts), ...spaceFindings(facts)];
  if (findings.length > 0) return findings;
  return [fine(`${facts.folder} is private and has ${sizeWords(facts.freeBytes)} free`)];
}

function folderFindings({
  folder,
  mode,
  writable,
  fileSystem,
  holdsDatabase,
}: DiskFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (mode !== null && (mode & 0o077) !== 0) {
    findings.push(
      warning(
        `${folder} has mode ${mode.toString(8)}: others on this machine may look into it`,
        `Run: chmod 700 '${folder}'`,
      ),
    );
  }
  if (!writable) {
    findings.push(
      failed(
        `${folder} takes no writes from this account`,
        'Give the folder to the account of keyhaven serve.',
      ),
    );
  }
  const network = fileSystem === null ? undefined : networkFileSystems.get(fileSystem);
  if (network !== undefined) {
    const found = `${folder} is on a network file system (${network})`;
    const next = 'Put the data folder on a disk of this machine, or use a PostgreSQL elsewhere.';
    findings.push(
      holdsDatabase
        ? failed(`${found}, which may lose what the database has written`, next)
        : warning(`${found}; its master keys cross the network`, next),
    );
  }
  return findings;
}

function spaceFindings({ folder, freeBytes, freeFiles, allFiles }: DiskFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const next = 'Make room or enlarge the disk: without it no key can be stored.';
  const found = `${folder} has ${sizeWords(freeBytes)} free`;
  if (freeBytes < 200 * megabyte) findings.push(failed(found, next));
  else if (freeBytes < 2 * gigabyte) findings.push(warning(found, next));
  if (allFiles > 0 && freeFiles < 1000) {
    findings.push(
      failed(
        `${folder} has room for ${freeFiles} more files only`,
        'Remove what fills the disk with small files.',
      ),
    );
  }
  return findings;
}

const sizeWords = (bytes: number): string =>
  bytes < gigabyte ? `${Math.floor(bytes / megabyte)} MB` : `${(bytes / gigabyte).toFixed(1)} GB`;
