import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { randomIds } from '../../kernel/id.ts';
import { createPushing, type Pushing } from '../../modules/commands/pushing.ts';
import { queueCommand } from '../../modules/commands/queue.ts';
import { updateToken } from '../../modules/devices/token-update.ts';
import type { Mac } from '../../modules/escrow/escrow-world.fixture.ts';
import type { PemPair } from '../../modules/push-certificate/push-certificate.fixture.ts';
import {
  type PushWorld,
  pushWorld,
  settingsPath,
} from '../../modules/push-certificate/push-certificate-world.fixture.ts';
import { transaction } from '../../platform/db/database.ts';
import { type ApnsPush, apnsPush } from './apns.ts';
import { type ApnsServer, startApnsServer } from './apns-server.fixture.ts';

// The queue, the stored certificate, the adapter and a service as strict as Apple's, in one piece.
const topic = 'com.apple.mgmt.External.test';
let world: PushWorld;
let apns: ApnsServer;
let push: ApnsPush;
let pushing: Pushing;
const faults: unknown[] = [];
const options = { onFault: () => undefined, timing: { answerMs: 2000 } };
let pair: PemPair;
beforeEach(async () => {
  world = await pushWorld();
  apns = await startApnsServer(world.maker.makeServer());
  const { clock, certificates, database } = world;
  const { identity } = certificates;
  push = apnsPush({ ...options, url: apns.url, ca: apns.ca, identity, clock });
  pushing = createPushing({
    database,
    push,
    clock,
    chance: () => 0.5,
    onFault: (error) => faults.push(error),
  });
  pair = world.maker.make(topic);
  await store(pair);
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await pushing.settled();
  await push.close();
  await apns.close();
  await world.close();
});

const store = async (next: PemPair): Promise<void> => {
  expect((await world.call(await world.admin(), 'PUT', settingsPath, next)).status).toBe(200);
};
type PushState = {
  readonly token: string;
  readonly magic: string;
  /** Milliseconds from now. */
  readonly due: number | null;
  readonly count: number;
  readonly refused: boolean;
  readonly state: string;
};
async function stateOf(mac: Mac): Promise<PushState> {
  const { rows } = await sql<Omit<PushState, 'due'> & { readonly dueAt: Date | null }>`
    select encode(push_token, 'hex') as token, push_magic as magic, push_due_at as "dueAt", push_count as count,
      push_refused_at is not null as refused, state from enrollments where id = ${mac.enrollment}`.execute(
    world.database,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no such Mac');
  const { dueAt, ...state } = row;
  return { ...state, due: dueAt === null ? null : dueAt.getTime() - world.clock.now().getTime() };
}
/** A Mac whose push is due, and whose token the service knows. */
async function macToPush(name: string): Promise<Mac> {
  const mac = await world.mac(await world.person(name));
  apns.tokens.set((await stateOf(mac)).token, topic);
  return mac;
}
async function pushNow(): Promise<void> {
  await pushing.pushDue();
  await pushing.settled();
}
const isAbout = (due: number | null, expected: number): boolean =>
  due !== null && due <= expected && due > expected - minutes(0.9);

it('a Mac is pushed with the stored certificate, and with the renewed one from then on', async () => {
  const mac = await macToPush('Emma');
  const { token, magic } = await stateOf(mac);
  await pushNow();
  await store(world.maker.make(topic));
  pushing.wake(mac.enrollment);
  await pushing.settled();
  expect(apns.taken).toEqual([
    { token, magic },
    { token, magic },
  ]);
  expect(apns.seen.connections).toEqual([topic, topic]);
  expect(isAbout((await stateOf(mac)).due, minutes(5))).toBe(true);
});

it('a token that Apple has known to be gone since is marked; the enrollment stays, and a TokenUpdate revives it', async () => {
  const mac = await macToPush('Emma');
  const timestamp = world.clock.now().getTime() + 1000;
  apns.next({ answer: 410, reason: 'Unregistered', timestamp });
  await pushNow();
  expect(await stateOf(mac)).toMatchObject({ refused: true, due: null, state: 'active' });
  const { runner, reactions } = world;
  const token = Buffer.alloc(32, 7);
  await updateToken(runner, reactions, await world.known(mac), {
    type: 'TokenUpdate',
    channel: { kind: 'device', udid: mac.udid },
    topic,
    token,
    pushMagic: 'NEW',
    awaitingConfiguration: null,
  });
  apns.tokens.set(token.toString('hex'), topic);
  expect(await stateOf(mac)).toMatchObject({ refused: false });
  pushing.wake(mac.enrollment);
  await queue(mac);
  await pushNow();
  expect(apns.taken).toContainEqual({ token: token.toString('hex'), magic: 'NEW' });
});

it('news of Apple that are older than the token are no news', async () => {
  const mac = await macToPush('Emma');
  const timestamp = world.clock.now().getTime() - hours(1);
  apns.next({ answer: 410, reason: 'ExpiredToken', timestamp });
  await pushNow();
  expect(await stateOf(mac)).toMatchObject({ refused: false, state: 'active', count: 1 });
  world.clock.advance(minutes(1));
  await pushNow();
  expect(apns.taken).toHaveLength(1);
});

it('a Mac that Apple finds pushed too often waits minutes, and only that one', async () => {
  const [first, second] = [await macToPush('Emma'), await macToPush('Noah')];
  await sql`update enrollments set push_due_at = push_due_at - interval '1 second'
    where id = ${first.enrollment}`.execute(world.database);
  apns.next({ answer: 429, reason: 'TooManyRequests' });
  await pushNow();
  const dues = [(await stateOf(first)).due, (await stateOf(second)).due];
  expect(dues.filter((due) => isAbout(due, minutes(5)))).toHaveLength(1);
  expect(dues.filter((due) => isAbout(due, minutes(1)))).toHaveLength(1);
});

it('a certificate that Apple refuses is held against no Mac', async () => {
  const mac = await macToPush('Emma');
  apns.next({ answer: 403, reason: 'BadCertificate' });
  await pushNow();
  const state = await stateOf(mac);
  expect(state).toMatchObject({ refused: false, state: 'active', count: 0 });
  expect(isAbout(state.due, minutes(15))).toBe(true);
  expect(push.refusedBecause()).toBe('403 BadCertificate');
});

it('one push without an answer keeps no other Mac waiting', async () => {
  const mac = await macToPush('Emma');
  apns.next({ hang: true });
  expect(await pushing.pushDue()).toBe(1);
  const other = await macToPush('Noah');
  expect(await pushing.pushDue()).toBe(1);
  const { token } = await stateOf(other);
  while (!apns.taken.some((each) => each.token === token))
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await stateOf(mac)).count).toBe(1);
});

it('an answer that puts a push off does not hold up a command that came meanwhile', async () => {
  const mac = await macToPush('Emma');
  const release = apns.hold();
  apns.next({ answer: 429, reason: 'TooManyRequests' });
  await pushing.pushDue();
  while (apns.seen.requests === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await queue(mac);
  release();
  await pushing.settled();
  const { due, count } = await stateOf(mac);
  expect(count).toBe(0);
  expect(due).toBeLessThanOrEqual(0);
});

async function queue(mac: Mac): Promise<void> {
  const { enrollment, device } = mac;
  const command = {
    id: randomIds.next<'command'>(),
    enrollment,
    device,
    kind: 'SecurityInfo',
    intent: {},
  } as const;
  await transaction(world.database, (tx) => queueCommand(tx, () => undefined, command, world.clock.now()));
}
