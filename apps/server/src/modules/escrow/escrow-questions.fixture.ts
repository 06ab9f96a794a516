import { sql } from 'kysely';
import { runVerb } from '../../kernel/verb.ts';
import { textToShow } from '../../vault/shown-key.ts';
import { cancelAttempt } from './cancel-attempt.ts';
import type { AttemptRow, KeyVersionRow } from './escrow.store.ts';
import { findAttempt, findVersions } from './escrow.store.ts';
import type { EscrowWorld, Mac, Person } from './escrow-world.fixture.ts';
import { revealKey } from './reveal-key.ts';
import { rotateKey } from './rotate-key.ts';
import { storeKey } from './store-key.ts';

/** What people ask of escrow, and what the database then says. */
export function escrowQuestions(world: EscrowWorld) {
  const { escrow, runner, database } = world;
  const store = storeKey(escrow);
  const rotate = rotateKey(escrow);
  const reveal = revealKey(escrow);
  const cancel = cancelAttempt(escrow);
  return {
    store: async (who: Person, mac: Mac, recoveryKey: string, confirmation = recoveryKey) =>
      runVerb(runner, escrow, store, await who.actor(), { device: mac.device, recoveryKey, confirmation }),
    rotate: async (who: Person, mac: Mac, reason: string | null = null) =>
      runVerb(runner, escrow, rotate, await who.actor(), { device: mac.device, reason }),
    /** The key, or why not. */
    reveal: async (who: Person, mac: Mac, reason: string | null = null, version: number | null = null) => {
      const input = { device: mac.device, reason, version };
      const asked = await runVerb(runner, escrow, reveal, await who.actor(), input);
      if (!asked.ok) return asked.refusal.kind;
      return asked.value.ok ? textToShow(asked.value.value.key) : asked.value.refusal.kind;
    },
    cancel: async (who: Person, mac: Mac, attempt: AttemptRow['id']) =>
      runVerb(runner, escrow, cancel, await who.actor(), { device: mac.device, attempt }),
    attempt: async (mac: Mac, id: AttemptRow['id']): Promise<AttemptRow> => {
      const found = await findAttempt(database, id, mac.device);
      if (found === null) throw new Error('no such attempt');
      return found;
    },
    /** `3 current`, newest first. */
    versions: async (mac: Mac): Promise<readonly string[]> =>
      (await findVersions(database, mac.device)).map(
        ({ version, state }: KeyVersionRow) => `${version} ${state}`,
      ),
    /** The actions on record about this Mac's key, oldest first. */
    notes: async (mac: Mac): Promise<readonly string[]> => {
      const { rows } = await sql<{ action: string }>`
        select action from audit_notes where device_id = ${mac.device}
          and (action like 'recovery-key.%' or action like 'attempt.%') order by at, id`.execute(database);
      return rows.map(({ action }) => action);
    },
    /** How many versions of this Mac have bytes that could be a key. */
    bytesHeld: async (mac: Mac): Promise<number> => {
      const { rows } = await sql<{ held: number }>`
        select count(*) as held from key_versions where device_id = ${mac.device} and length(sealed) > 60`.execute(
        database,
      );
      return rows[0]?.held ?? 0;
    },
    /** Releases of this Mac's keys: granted, and used. */
    releases: async (mac: Mac): Promise<{ readonly granted: number; readonly used: number }> => {
      const { rows } = await sql<{ granted: number; used: number }>`
        select count(*) as granted, count(released_at) as used from key_releases
        where device_id = ${mac.device}`.execute(database);
      return rows[0] ?? { granted: 0, used: 0 };
    },
  };
}
