import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { children, type Element, readElement } from '../asn1/ber-reader.ts';
import { readCertificate } from '../certificate.ts';
import { makeCertificate } from '../test-support/openssl.ts';
import { APPLE_ENVELOPE, envelop } from './enveloped-data.ts';
import { bareSha1Signer } from './signed-data.ts';

const reference = process.env['KEYHAVEN_REFERENCE'];

/** Tags and forms of length, down to but without certificates and names, which differ by their nature. */
function outline(found: Element, depth = 0): readonly string[] {
  const form = found.raw[1] === 0x80 ? 'indefinite' : 'definite';
  const line = `${'  '.repeat(depth)}${found.tag.toString(16)} ${form}`;
  const opaque =
    (found.tag & 0x20) === 0 || (form === 'definite' && found.content.length > 400 && found.tag === 0xa0);
  const isName = found.tag === 0x30 && form === 'definite' && depth === 5;
  if (opaque || isName) return [line];
  return [line, ...children(found).flatMap((inner) => outline(inner, depth + 1))];
}

describe.runIf(reference !== undefined)('next to what Apple wrote', () => {
  const folder = reference ?? '';

  test("a recovery key's envelope has the shape of Apple's published example", () => {
    const example = readFileSync(join(folder, 'apple-schema/examples-27.0/rotate-response-cms-fixed.ber'));
    const recipient = readCertificate(makeCertificate('FileVault Recovery Key').der);
    const ours = envelop(Buffer.from('ABCD-2345-EFGH-6789-TUVW-XYZ2'), recipient, APPLE_ENVELOPE);
    expect(outline(readElement(ours))).toEqual(outline(readElement(example)));
  });

  test('a Mdm-Signature has the shape of a captured one', () => {
    const header = readFileSync(join(folder, 'vectors/real/mdmSignatureHeader2.b64'), 'latin1');
    const made = makeCertificate('a Mac');
    const signer = { certificate: readCertificate(made.der), privateKey: createPrivateKey(made.keyPem) };
    const ours = bareSha1Signer(signer)(Buffer.from('a body'));
    expect(outline(readElement(ours))).toEqual(outline(readElement(Buffer.from(header, 'base64'))));
  });
});
