import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { pushContract } from '../../modules/commands/push.contract.ts';
import type { PushOutcome } from '../../modules/commands/transport.port.ts';
import { type ApnsWorld, apnsWorld, later, topic } from './apns-world.fixture.ts';

pushContract('APNs', async () => {
  const { apns, push, mac, close } = await apnsWorld({ maxConcurrentStreams: 20 });
  return {
    push,
    mac,
    forget: (token) => void apns.tokens.set(token.toString('hex'), null),
    taken: (token) =>
      apns.taken.filter((each) => each.token === token.toString('hex')).map((each) => each.magic),
    stopService: apns.close,
    close,
  };
});

describe('an answer', () => {
  const cases: readonly (readonly [number, string, PushOutcome, string])[] = [
    [400, 'BadDeviceToken', 'token-refused', '400 BadDeviceToken'],
    [400, 'DeviceTokenNotForTopic', 'token-refused', '400 DeviceTokenNotForTopic'],
    [400, 'BadTopic', later(minutes(15)), 'ours: 400 BadTopic'],
    [400, 'MissingTopic', later(minutes(15)), 'ours: 400 MissingTopic'],
    [400, 'TopicDisallowed', later(minutes(15)), 'ours: 400 TopicDisallowed'],
    [400, 'PayloadEmpty', later(hours(1)), 'ours: 400 PayloadEmpty'],
    [400, 'IdleTimeout', 'not-sent', '400 IdleTimeout'],
    [403, 'BadCertificate', later(minutes(15)), 'ours: 403 BadCertificate'],
    [403, 'BadCertificateEnvironment', later(minutes(15)), 'ours: 403 BadCertificateEnvironment'],
    [404, 'BadPath', later(hours(1)), 'ours: 404 BadPath'],
    [405, 'MethodNotAllowed', later(hours(1)), 'ours: 405 MethodNotAllowed'],
    [410, 'ExpiredToken', 'token-refused', '410 ExpiredToken'],
    [413, 'PayloadTooLarge', later(hours(1)), 'ours: 413 PayloadTooLarge'],
    [429, 'TooManyRequests', later(minutes(5)), '429 TooManyRequests'],
    [500, 'InternalServerError', later(minutes(0.5)), '500 InternalServerError'],
    [503, 'ServiceUnavailable', later(minutes(0.5)), '503 ServiceUnavailable'],
  ];
  let world: ApnsWorld;
  beforeAll(async () => {
    world = await apnsWorld();
  });
  afterAll(async () => await world.close());
  it.each(cases)('%d %s has the outcome that it should', async (answer, reason, outcome, fault) => {
    world.faults.length = 0;
    world.apns.next({ answer, reason });
    expect(await world.send()).toEqual(outcome);
    expect(world.faults).toEqual([fault]);
    expect(world.push.refusedBecause() !== null).toBe(fault.startsWith('ours'));
    expect(await world.send()).toBe('sent');
    expect(world.push.refusedBecause()).toBeNull();
    // All on one connection.
    expect(world.apns.seen.connections).toEqual([topic]);
  });

  it('410 with a timestamp says since when', async () => {
    world.apns.next({ answer: 410, reason: 'Unregistered', timestamp: 1_763_812_800_000 });
    expect(await world.send()).toEqual({ kind: 'token-refused', since: new Date(1_763_812_800_000) });
  });

  it('503 again and again is asked ever more rarely, up to a quarter of an hour', async () => {
    const waits: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      world.apns.next({ answer: 503, reason: 'Shutdown' });
      const outcome = await world.send();
      if (typeof outcome === 'object' && outcome.kind === 'later') waits.push(outcome.milliseconds / 60_000);
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 15, 15, 15]);
    expect(await world.send()).toBe('sent');
  });
});
