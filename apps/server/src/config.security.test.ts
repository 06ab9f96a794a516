import { describe, expect, it } from 'vitest';
import { ConfigRefused, readConfig } from './config.ts';

const problemsOf = (environment: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigRefused) return error.problems;
    throw error;
  }
};

describe('a push certificate', () => {
  it('without its key, or a key without its certificate, is a problem that repeats neither', () => {
    for (const name of ['KEYHAVEN_APNS_CERTIFICATE', 'KEYHAVEN_APNS_KEY']) {
      const problems = problemsOf({ [name]: 'not-a-real-one' });
      expect(problems).toHaveLength(1);
      expect(problems.join()).toContain('KEYHAVEN_APNS_CERTIFICATE and KEYHAVEN_APNS_KEY');
      expect(problems.join()).not.toContain('not-a-real-one');
    }
  });

  it('has its topic from the settings only where that is one', () => {
    expect(problemsOf({ KEYHAVEN_PUSH_TOPIC: 'com.example.app' })).toHaveLength(1);
    expect(problemsOf({ KEYHAVEN_PUSH_TOPIC: 'com.apple.mgmt.External.x' })).toEqual([]);
  });
});

describe('an issuer that got lost', () => {
  const signIn = { KEYHAVEN_OIDC_CLIENT_ID: 'keyhaven', KEYHAVEN_OIDC_CLIENT_SECRET: 'not-a-secret' };

  it.each([{}, { KEYHAVEN_OIDC_ISSUER: '' }])('never opens the public accounts (%o)', (issuer) => {
    const problems = problemsOf({ ...signIn, ...issuer });
    expect(problems.join()).toContain('KEYHAVEN_OIDC_ISSUER is missing');
    expect(problems.join()).not.toContain('not-a-secret');
  });

  it('is no problem where nothing of a sign-in is set', () => {
    expect(problemsOf({})).toEqual([]);
  });
});
