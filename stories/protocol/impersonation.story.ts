import { asleep } from '@keyhaven/mac/behaviours/asleep';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { parsePlistDict } from '@keyhaven/mac/plist';
import { textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedMacs } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { messagesInTheNameOf } from '../faults/impostors.ts';
import { type MacVoice, speakingTo, type VoiceAnswer } from '../faults/mac-voice.ts';
import type { Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { askDatabase } from './ask-database.ts';

const people = ['employee@example.com', 'colleague@example.com'] as const;
const count = 20;
let world: BenchWorld;
let portal: Portal;
let macs: readonly WatchedMac[];
let voices: ReadonlyMap<SimulatedMac, MacVoice>;
/** Of each Mac, the CommandUUID that it has been sent and has not answered. */
const outstanding = new Map<SimulatedMac, string>();

beforeAll(async () => {
  world = await startBenchWorld();
  const owners = Array.from({ length: count }, (_, index) => people[index % 2] ?? people[0]);
  ({ portal, macs } = await storedMacs(world, owners));
  const voiceOf = speakingTo(world.origin);
  voices = new Map(macs.map(({ mac }) => [mac, voiceOf(mac)]));
  for (const { mac, owner, device } of macs) {
    // The lid is closed, a command is on its way, and another waits.
    mac.setBehaviour(asleep);
    await portal.call(owner, 'POST', `/api/v1/devices/${device}/check-status`, {});
    const { body } = await sayAs(mac, { UDID: mac.identity.udid, Status: 'Idle' });
    outstanding.set(mac, textOf(parsePlistDict(body), 'CommandUUID') ?? '');
    await portal.call(owner, 'POST', `/api/v1/devices/${device}/recovery-key/rotate`, {});
  }
});
afterAll(() => world.close());

const sayAs = (mac: SimulatedMac, message: Parameters<MacVoice['say']>[0]): Promise<VoiceAnswer> => {
  const voice = voices.get(mac);
  if (voice === undefined) throw new Error('a Mac without a voice');
  return voice.say(message);
};

/** Every value of the database: `table.column`, the row, the value. Refusals are on record: the record may grow. */
async function everything(): Promise<ReadonlySet<string>> {
  const tables = await askDatabase<{ name: string }>(
    world,
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'audit%'`,
  );
  const found = new Set<string>();
  for (const { name } of tables) {
    const question = `select to_jsonb(t) as row from "${name}" t order by to_jsonb(t)->>'id', t::text`;
    const rows = await askDatabase<{ row: Readonly<Record<string, unknown>> }>(world, question);
    for (const [index, { row }] of rows.entries()) {
      const id = typeof row['id'] === 'string' ? row['id'] : index;
      for (const [column, value] of Object.entries(row)) {
        found.add(`${name}.${column} ${id} ${JSON.stringify(value)}`);
      }
    }
  }
  return found;
}

/** What differs, by `table.column`, whatever came, went or became another. */
const changed = (before: ReadonlySet<string>, after: ReadonlySet<string>): readonly string[] => {
  const gone = [...before].filter((value) => !after.has(value));
  const come = [...after].filter((value) => !before.has(value));
  return [...new Set([...gone, ...come].map((value) => value.split(' ')[0] ?? ''))];
};

describe('3.5-1 3.5-2 3.5-3 each of 20 Macs, with its own certificate and the UDID of each other', () => {
  it('is refused with 400 and an empty body, whatever it says, and changes nothing', async () => {
    // What was counted of the Macs' own words is written first: nothing that is refused may be counted.
    await world.runTimers();
    const before = await everything();
    for (const place of ['devices.udid', 'enrollments.push_token', 'commands.state', 'key_versions.sealed']) {
      expect([...before].filter((value) => value.startsWith(`${place} `)).length).toBeGreaterThanOrEqual(
        count,
      );
    }
    const pairs = new Set<string>();
    const answers = new Map<string, number>();
    for (const { mac: attacker } of macs) {
      for (const { mac: victim } of macs) {
        if (attacker === victim) continue;
        pairs.add(`${attacker.identity.udid} ${victim.identity.udid}`);
        for (const message of messagesInTheNameOf(victim, outstanding.get(victim))) {
          const { status, body } = await sayAs(attacker, message);
          const answer = `${status} with ${body.length} bytes`;
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }
      }
    }
    expect(pairs.size).toBe(380);
    const [any] = macs;
    const kinds = any === undefined ? 0 : messagesInTheNameOf(any.mac).length;
    expect([...answers]).toEqual([['400 with 0 bytes', 380 * kinds]]);
    const mayChange = [
      // Of the Mac that misused its certificate: its owner and IT are told.
      'devices.certificate_shared_at',
      'enrollments.refused_because',
      // Pushes go out by the clock while this runs.
      'enrollments.push_count',
      'enrollments.push_due_at',
    ];
    expect(changed(before, await everything()).filter((place) => !mayChange.includes(place))).toEqual([]);
  }, 300_000);

  it('finds that the same words in its own name are heard: the refusals were for the name', async () => {
    for (const { mac } of macs.slice(0, 3)) {
      const { udid } = mac.identity;
      const answer = await sayAs(mac, { UDID: udid, Status: 'Idle' });
      expect([answer.status, textOf(parsePlistDict(answer.body), 'CommandUUID')]).toEqual([
        200,
        outstanding.get(mac),
      ]);
    }
  });
});
