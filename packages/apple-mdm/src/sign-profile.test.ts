import { describe, expect, it } from 'vitest';
import { readBer } from './der.ts';
import { certificatePem, selfSigned } from './oracle/identities.ts';
import { OpensslFolder } from './oracle/openssl.ts';
import { signProfile } from './sign-profile.ts';

const PROFILE = Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict/></plist>\n');

describe('signProfile', () => {
  it('wraps the profile, unchanged, in DER that openssl verifies', () => {
    const folder = new OpensslFolder();
    const signer = selfSigned('profile signer');
    const intermediate = selfSigned('intermediate', { ca: true });
    const signed = signProfile(PROFILE, signer, [intermediate.certificate.der]);
    folder.write('profile.mobileconfig', signed);
    folder.write('signer.pem', certificatePem(signer.certificate));
    folder.run(
      'cms -verify -binary -inform DER -in profile.mobileconfig -CAfile signer.pem -purpose any -no_check_time -out plain.xml',
    );
    expect(folder.read('plain.xml')).toEqual(PROFILE);
    expect(readBer(signed).hasDerLength).toBe(true);
    expect(folder.run('cms -cmsout -print -noout -inform DER -in profile.mobileconfig')).toContain('sha256');
    expect(signed.includes(intermediate.certificate.der)).toBe(true);
    folder.remove();
  });
});
