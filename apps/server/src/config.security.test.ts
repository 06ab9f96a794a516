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

describe('a proxy', () => {
  it.each(['yes', '10.0.0.0/99', 'proxy.example.com', '10.0.0.1;10.0.0.2'])('%s is not trusted', (proxy) => {
    expect(problemsOf({ KEYHAVEN_TRUSTED_PROXY: proxy }).join()).toContain('KEYHAVEN_TRUSTED_PROXY must be');
  });

  it('is trusted on this machine alone, or by address', () => {
    const trusted = (proxy: string): readonly string[] =>
      readConfig({ KEYHAVEN_TRUSTED_PROXY: proxy }).trustedProxies;
    expect(trusted('1')).toEqual(['127.0.0.1', '::1']);
    expect(trusted('10.0.0.5, fd00::/8')).toEqual(['10.0.0.5', 'fd00::/8']);
    expect(readConfig({}).trustedProxies).toEqual([]);
  });

  it('must be named where Macs are to come through it', () => {
    expect(problemsOf({ KEYHAVEN_CLIENT_CERTIFICATE: 'required' }).join()).toContain(
      'needs KEYHAVEN_TRUSTED_PROXY',
    );
  });
});

describe('a root for Macs to trust', () => {
  it.each(['nothing', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'is a certificate of a CA and nothing else',
    (text) => {
      expect(problemsOf({ KEYHAVEN_TLS_ROOT: text }).join()).toContain('KEYHAVEN_TLS_ROOT must be');
    },
  );
});
