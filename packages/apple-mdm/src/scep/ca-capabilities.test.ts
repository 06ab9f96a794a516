import { describe, expect, it } from 'vitest';
import { CA_CAPABILITIES } from './ca-capabilities.ts';

describe('GetCACaps', () => {
  it('2.2-1 2.2-2 is lines of capabilities and nothing around them', () => {
    expect(CA_CAPABILITIES).toBe('POSTPKIOperation\nSHA-256\nAES\nSCEPStandard\nRenewal\nSHA-1\nDES3');
  });
});
