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

describe('the address of a mail server', () => {
  it.each(['mail.example.com', 'https://mail.example.com', 'smtp://', 'smtps:canary'])(
    'in another form is refused without being repeated: %s',
    (url) => {
      const problems = problemsOf({ KEYHAVEN_SMTP_URL: url });
      expect(problems).toHaveLength(1);
      expect(problems.join()).not.toContain('canary');
    },
  );

  it('is taken with the account in it', () => {
    const { smtpUrl } = readConfig({ KEYHAVEN_SMTP_URL: 'smtps://post:not-a-secret@mail.example.com:465' });
    expect(smtpUrl?.host).toBe('mail.example.com:465');
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
