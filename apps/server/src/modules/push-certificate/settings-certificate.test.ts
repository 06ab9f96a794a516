import { afterAll, expect, it } from 'vitest';
import { ConfigRefused } from '../../config.ts';
import { after, days, systemClock } from '../../kernel/clock.ts';
import { CertificateMaker, type PemPair, topicNumber } from './push-certificate.fixture.ts';
import { readSettingsCertificate } from './settings-certificate.ts';

const maker = new CertificateMaker();
afterAll(() => maker.remove());
const now = after(systemClock.now(), 60_000);
const pair = maker.make(topicNumber(1));
const read = (given: Partial<PemPair>, pushTopic: string | null = null, at = now) =>
  readSettingsCertificate(
    {
      apns: { url: 'https://apns.example', certificate: given.certificate ?? null, key: given.key ?? null },
      pushTopic,
    },
    at,
  );
const problemOf = async (attempt: () => Promise<unknown>): Promise<string> => {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ConfigRefused) return error.problems.join();
    throw error;
  }
  return 'taken';
};

it('the topic of the settings is read from their certificate', async () => {
  const settings = await read(pair);
  expect(settings?.identity.topic).toBe(topicNumber(1));
  expect(settings?.identity.secureContext()).toBeDefined();
  expect((await read(pair, topicNumber(1)))?.identity.topic).toBe(topicNumber(1));
  expect(await read({})).toBeNull();
});

it('a certificate of the settings is checked like one that is handed in, and no problem repeats it', async () => {
  const other = maker.make('com.example.app');
  const attempts = [
    () => read({ ...pair, key: other.key }),
    () => read(other),
    () => read({ ...pair, certificate: 'none' }),
    () => read(maker.make(topicNumber(1), { key: 'rsa:1024' })),
    () => read(pair, null, after(now, -days(1))),
    () => read(pair, topicNumber(2)),
  ];
  const problems = await Promise.all(attempts.map(problemOf));
  expect(new Set(problems).size).toBe(6);
  for (const problem of problems) {
    expect(problem).toMatch(/^KEYHAVEN_/);
    expect(problem).not.toContain(pair.certificate.slice(30, 60));
  }
});

it('one that has expired keeps nobody from starting', async () => {
  expect((await read(pair, null, after(now, days(400))))?.identity.topic).toBe(topicNumber(1));
});
