import { describe, expect, it } from 'vitest';
import { CA_CAPABILITIES } from './ca-capabilities.ts';

describe('GetCACaps', () => {
  it('is lines of capabilities and nothing around them', () => {
    expect(CA_CAPABILITIES).toBe('POSTPKIOperation\nSHA-256\nAES\nSCEPStandard\nRenewal\nSHA-1\nDES3');
  });
});
