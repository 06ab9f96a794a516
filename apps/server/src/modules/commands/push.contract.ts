import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Push, PushOutcome, PushRequest } from './transport.port.ts';

/** A Push, and what stands at its other end. */
export type PushUnderTest = {
  readonly push: Push;
  /** A Mac that can be pushed, under the topic of the installation. */
  readonly mac: () => Omit<PushRequest, 'magic'>;
  /** The Mac is no longer enrolled, and the service knows. */
  readonly forget: (token: Buffer) => void;
  /** The PushMagic of every push that the service took for this Mac. */
  readonly taken: (token: Buffer) => readonly string[];
  /** Nobody answers any more. */
  readonly stopService: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The suite that every Push passes. */
export function pushContract(name: string, make: () => Promise<PushUnderTest>): void {
  describe(`Push: ${name}`, () => {
    let subject: PushUnderTest;
    beforeAll(async () => {
      subject = await make();
    });
    afterAll(async () => await subject.close());

    it('a push that the service takes is sent, with the PushMagic as it stands', async () => {
      const mac = subject.mac();
      const magics = ['5F2B', 'with "quotes" and \\', 'größer\u2028', ''];
      for (const magic of magics) expect(await subject.push.send({ ...mac, magic })).toBe('sent');
      expect(subject.taken(mac.token)).toEqual(magics);
    });

    it('two hundred pushes at once all arrive', async () => {
      const mac = subject.mac();
      const magics = Array.from({ length: 200 }, (_, index) => String(index));
      const outcomes = await Promise.all(magics.map((magic) => subject.push.send({ ...mac, magic })));
      expect(new Set(outcomes)).toEqual(new Set(['sent']));
      expect(new Set(subject.taken(mac.token))).toEqual(new Set(magics));
    });

    it('a token that was never given out is refused', async () => {
      const stranger = { ...subject.mac(), token: randomBytes(32) };
      expect(isRefused(await subject.push.send({ ...stranger, magic: 'M' }))).toBe(true);
    });

    it('a token of a Mac that is gone is refused, and the others go on', async () => {
      const [gone, mac] = [subject.mac(), subject.mac()];
      subject.forget(gone.token);
      expect(isRefused(await subject.push.send({ ...gone, magic: 'M' }))).toBe(true);
      expect(await subject.push.send({ ...mac, magic: 'M' })).toBe('sent');
    });

    it('a service that does not answer throws nothing and blames no Mac', async () => {
      await subject.stopService();
      const outcome = await subject.push.send({ ...subject.mac(), magic: 'M' });
      expect(outcome).not.toBe('sent');
      expect(isRefused(outcome)).toBe(false);
    });
  });
}

const isRefused = (outcome: PushOutcome): boolean =>
  outcome === 'token-refused' || (typeof outcome === 'object' && outcome.kind === 'token-refused');
