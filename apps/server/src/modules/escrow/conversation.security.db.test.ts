import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseId } from '../../kernel/id.ts';
import { runVerb } from '../../kernel/verb.ts';
import { checkStatus } from '../commands/check-status.ts';
import {
  attemptState,
  pollUntilRotation,
  rotate,
  rotated,
  say,
  securityInfo,
  store,
  versionsOf,
} from './answering-mac.fixture.ts';
import { cancelAttempt } from './cancel-attempt.ts';
import { type EscrowWorld, escrowWorld, type Mac, newKey, type Person } from './escrow-world.fixture.ts';

let world: EscrowWorld;
let owner: Person;
beforeAll(async () => {
  world = await escrowWorld();
  owner = await world.person('Owner');
});
afterAll(() => world.close());

async function managedMac(): Promise<Mac> {
  const mac = await world.mac(owner);
  await world.giveKey(mac, 'current');
  await pollUntilRotation(world, mac);
  return mac;
}

const never = (): never => {
  throw new Error('no id of an attempt');
};

const outstanding = async (mac: Mac): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from commands
    where enrollment_id = ${mac.enrollment} and state in ('queued', 'delivered', 'not-now')`.execute(
    world.database,
  );
  return rows[0]?.count ?? 0;
};

describe('a captured answer', () => {
  it('to a question that was taken back fetches no key', async () => {
    const mac = await managedMac();
    const attempt = await rotate(world, owner, mac);
    const first = await say(world, mac, { Status: 'Idle' });
    expect(first?.type).toBe('SecurityInfo');
    const captured = await securityInfo(world, mac, first?.uuid ?? '', null);
    // It never came, and the Mac is asked anew; whoever kept it sends it now.
    const second = await say(world, mac, { Status: 'Idle' });
    expect(second?.type).toBe('SecurityInfo');
    expect((await say(world, mac, captured))?.password ?? null).toBeNull();
    expect(await attemptState(world, attempt)).toBe('waiting');
    const told = await say(world, mac, await securityInfo(world, mac, second?.uuid ?? '', null));
    expect(told?.type).toBe('RotateFileVaultKey');
  });

  it('to a question that went out twice fetches no key: nobody knows which time it is from', async () => {
    const mac = await managedMac();
    const attempt = await rotate(world, owner, mac);
    const asked = await say(world, mac, { Status: 'Idle' });
    const putOff = { Status: 'NotNow', CommandUUID: asked?.uuid ?? '' };
    expect(await say(world, mac, putOff)).toBeNull();
    // The Mac answers the second time, and its answer never arrives: somebody keeps it.
    expect((await say(world, mac, { Status: 'Idle' }))?.uuid).toBe(asked?.uuid);
    const captured = await securityInfo(world, mac, asked?.uuid ?? '', null);
    world.clock.advance(1_800_000);
    // They say again what the Mac has said, to have the question out once more, and then its answer.
    await say(world, mac, putOff);
    await say(world, mac, { Status: 'Idle' });
    expect((await say(world, mac, captured))?.password ?? null).toBeNull();
    expect(await attemptState(world, attempt)).toBe('waiting');
    const told = await pollUntilRotation(world, mac);
    expect(told?.type).toBe('RotateFileVaultKey');
  });

  it('3.4-8 that was heard before fetches no key again', async () => {
    const mac = await managedMac();
    await rotate(world, owner, mac);
    const asked = await say(world, mac, { Status: 'Idle' });
    const captured = await securityInfo(world, mac, asked?.uuid ?? '', null);
    expect((await say(world, mac, captured))?.type).toBe('RotateFileVaultKey');
    expect(await say(world, mac, captured)).toBeNull();
  });
});

describe('a rotation that nobody waits for', () => {
  it('4.3-7 leaves nothing in the queue when its attempt was cancelled after a NotNow', async () => {
    const mac = await managedMac();
    const id = await rotate(world, owner, mac);
    const told = await pollUntilRotation(world, mac);
    await say(world, mac, { Status: 'NotNow', CommandUUID: told?.uuid ?? '' });
    const attempt = { device: mac.device, attempt: parseId<'attempt'>(id) ?? never() };
    const cancel = cancelAttempt(world.escrow);
    expect((await runVerb(world.runner, world.escrow, cancel, await owner.actor(), attempt)).ok).toBe(true);
    await pollUntilRotation(world, mac);
    expect(await outstanding(mac)).toBe(0);
  });

  it('leaves nothing in the queue when the escrow copy settled it, and its late key is kept', async () => {
    const mac = await managedMac();
    const attempt = await rotate(world, owner, mac);
    const told = await pollUntilRotation(world, mac);
    const made = newKey();
    // The answer is lost; the Mac is asked and shows its new copy.
    await pollUntilRotation(world, mac, made);
    expect(await attemptState(world, attempt)).toBe('saved');
    expect(await outstanding(mac)).toBe(0);
    await say(world, mac, await rotated(world, mac, told?.uuid ?? '', made));
    expect((await versionsOf(world, mac)).map(({ state }) => state)).toEqual(['current', 'superseded']);
  });
});

describe('a Mac with ever new answers to one question', () => {
  it('is refused in the end, and what it said before is kept', async () => {
    const mac = await managedMac();
    await rotate(world, owner, mac);
    const asked = await say(world, mac, { Status: 'Idle' });
    const told = await say(world, mac, await securityInfo(world, mac, asked?.uuid ?? '', null));
    const copies = Array.from({ length: 30 }, () => newKey());
    for (const copy of copies) await say(world, mac, await securityInfo(world, mac, asked?.uuid ?? '', copy));
    expect((await versionsOf(world, mac)).length).toBeLessThan(20);
    await say(world, mac, await rotated(world, mac, told?.uuid ?? '', newKey()));
    expect((await versionsOf(world, mac))[0]?.state).toBe('current');
  });
});

describe('a question', () => {
  it('that waits already is not queued again, however often somebody asks for the status', async () => {
    const mac = await managedMac();
    for (let asked = 0; asked < 5; asked += 1) {
      const check = checkStatus(world.escrow.wake);
      const device = { device: mac.device };
      expect((await runVerb(world.runner, world.escrow, check, await owner.actor(), device)).ok).toBe(true);
    }
    expect(await outstanding(mac)).toBe(3);
  });
});

describe('making sense of stored answers', () => {
  it('goes on behind one that cannot be read', async () => {
    const spoiled = await managedMac();
    const mac = await managedMac();
    await sql`alter table device_answers disable trigger user`.execute(world.database);
    await sql`update device_answers set sealed = '\\x00', interpreted_at = null
      where device_id = ${spoiled.device}`.execute(world.database);
    await sql`alter table device_answers enable trigger user`.execute(world.database);
    await sql`update device_answers set interpreted_at = null where device_id = ${mac.device}`.execute(
      world.database,
    );
    world.clock.advance(60_000);
    await world.conversation.catchUp(world.clock.now());
    const { rows } = await sql<{ count: number }>`select count(*) as count from device_answers
      where device_id = ${mac.device} and interpreted_at is null`.execute(world.database);
    expect(rows[0]?.count).toBe(0);
  });

  it('makes one version of an unreadable key, however often it is read', async () => {
    const mac = await managedMac();
    await rotate(world, owner, mac);
    const told = await pollUntilRotation(world, mac);
    const RotateResult = { EncryptedNewRecoveryKey: Buffer.from('no envelope') };
    await say(world, mac, { Status: 'Acknowledged', CommandUUID: told?.uuid ?? '', RotateResult });
    await sql`update device_answers set interpreted_at = null where device_id = ${mac.device}`.execute(
      world.database,
    );
    world.clock.advance(60_000);
    await world.conversation.catchUp(world.clock.now());
    const states = (await versionsOf(world, mac)).map(({ state }) => state);
    expect(states.filter((state) => state === 'unreadable')).toHaveLength(1);
  });
});

it('an attempt that gave way to a newer store is on record', async () => {
  const mac = await managedMac();
  await store(world, owner, mac, newKey());
  await store(world, owner, mac, newKey());
  const { rows } = await sql<{ reason: string }>`select detail->>'reason' as reason from audit_notes
    where device_id = ${mac.device} and action = 'attempt.failed'`.execute(world.database);
  expect(rows).toEqual([{ reason: 'superseded' }]);
});
