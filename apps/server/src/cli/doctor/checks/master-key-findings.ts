import type { OwnershipClass } from '@keyhaven/sealing/binding';
import { type Finding, failed, fine, warning } from '../finding.ts';

/** The file of master keys as it lies there; null where there is none. */
export type MasterKeyFile = {
  /** Permission bits. */
  readonly mode: number;
  readonly owner: number;
};

/** How a stored record of this installation took the keys. */
export type Opening =
  /** `key` is one whose private half fits its certificate. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Master keys that records need and the file does not hold. */
  | { readonly kind: 'generations-missing'; readonly classes: readonly OwnershipClass[] }
  /** The database holds nothing sealed yet. */
  | { readonly kind: 'nothing-sealed' }
  | { readonly kind: 'not-tried' };

export type MasterKeyFacts = {
  readonly path: string;
  readonly file: MasterKeyFile | null;
  /** Of this process; null where the system has no such numbers. */
  readonly account: number | null;
  readonly opening: Opening;
};

const reminder = 'keep a copy apart from the database, which nobody here can see';

/** Whether the master keys are there, private, and those of this database. */
export function masterKeyFindings(facts: MasterKeyFacts): readonly Finding[] {
  const { path, file, opening } = facts;
  if (file === null) return [missingFinding(path, opening)];
  const findings = fileFindings(path, file, facts.account);
  const refused = openingFinding(path, opening);
  if (refused !== null) return [...findings, refused];
  if (findings.length > 0) return findings;
  const opens = opening.kind === 'opened' ? 'opens what this database holds' : 'is there and private';
  return [fine(`master-keys.json ${opens}; ${reminder}`)];
}

function missingFinding(path: string, opening: Opening): Finding {
  if (opening.kind === 'nothing-sealed') return fine(`none yet; the first start makes ${path}`);
  if (opening.kind === 'not-tried') {
    return warning(
      `${path} is not there`,
      'That is right before the first start only; else put it back from its copy.',
    );
  }
  return failed(
    `${path} is missing, and this database holds what only its keys open`,
    'Put it back from the copy kept apart from the database; new keys would open nothing.',
  );
}

function fileFindings(
  path: string,
  { mode, owner }: MasterKeyFile,
  account: number | null,
): readonly Finding[] {
  if (account === null) return [];
  const findings: Finding[] = [];
  if ((mode & 0o077) !== 0) {
    findings.push(
      failed(
        `${path} has mode ${mode.toString(8)}: others on this machine may use the master keys`,
        `Find out who has read it, then run: chmod 400 '${path}'`,
      ),
    );
  }
  // The administrator of the machine reads everything, and this command may be run by root for another account.
  if (owner !== account && account !== 0) {
    findings.push(
      failed(
        `${path} belongs to another account (${owner}, this is ${account})`,
        'Run this as the account of keyhaven serve; if it is that one, give it the file with chown.',
      ),
    );
  }
  return findings;
}

function openingFinding(path: string, opening: Opening): Finding | null {
  switch (opening.kind) {
    case 'refused':
      return failed(
        `${path} does not open what this database holds (${opening.reason})`,
        'Put back the file that belongs to this database; keep the present one until all is well.',
      );
    case 'generations-missing':
      return failed(
        `${path} is too old a copy: keys for ${opening.classes.join(' and ')} records are missing in it`,
        'Put back a newer copy of it; keys sealed since then open with no other.',
      );
    case 'opened':
    case 'nothing-sealed':
    case 'not-tried':
      return null;
  }
}
