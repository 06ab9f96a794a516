import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type OfferedProfile, offeredProfile } from './offered-profile.ts';
import { scepclient, strongswan } from './scep-programs.ts';

const owner = 'employee@example.com';
let world: BenchWorld;
let ca: Buffer;
beforeAll(async () => {
  world = await startBenchWorld();
  const { scepUrl, caFingerprint } = await offeredProfile(world, owner);
  const answer = await fetch(`${scepUrl}?operation=GetCACert`);
  ca = Buffer.from(await answer.arrayBuffer());
  expect(createHash('sha256').update(ca).digest()).toEqual(caFingerprint);
});
afterAll(() => world.close());

const errand = ({ scepUrl, challenge }: OfferedProfile) => ({ scepUrl, challenge, ca });

describe.each([
  ['scepclient', scepclient],
  ['pki --scep with SHA-1', strongswan('sha1')],
  ['pki --scep with SHA-256', strongswan('sha256')],
])('%s', (_, program) => {
  it('2.5-2 2.5-3 2.6-6 gets for its challenge a certificate of the device CA, in our name and not in that of its request', async () => {
    const offer = await offeredProfile(world, owner);
    const { run, certificate } = await program(errand(offer));
    expect(run.code, run.said).toBe(0);
    expect(certificate).toMatchObject({
      verdict: 'client.pem: OK',
      subject: `subject=CN = ${offer.enrollment}`,
      isOfTheClientsKey: true,
    });
    expect(certificate?.text).not.toContain('somebody');
  });

  it('2.6-3 gets none for a wrong challenge, nor for that of another enrollment, and the right one is not used up by it', async () => {
    const offer = await offeredProfile(world, owner);
    const other = await offeredProfile(world, owner);
    for (const challenge of [`${offer.challenge}x`, offer.challenge.toLowerCase(), other.challenge]) {
      const { run, certificate } = await program({ ...errand(offer), challenge });
      expect([run.code === 0, certificate]).toEqual([false, null]);
    }
    expect((await program(errand(offer))).certificate?.verdict).toBe('client.pem: OK');
  });

  it('2.6-4 gets none for a challenge that is used, nor for one that is an hour old', async () => {
    const offer = await offeredProfile(world, owner);
    expect((await program(errand(offer))).run.code).toBe(0);
    expect((await program(errand(offer))).certificate).toBe(null);
    const late = await offeredProfile(world, owner);
    world.clock.move(3_600_001);
    expect((await program(errand(late))).certificate).toBe(null);
    world.clock.move(-3_600_001);
    await world.freshPerson(owner);
  });
});
