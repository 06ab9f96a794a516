import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mdmcertCommand } from './mdmcert-command.ts';

const url = 'https://mdmcert.download/api/v1/signrequest';

test('what a shell hands on is what is to be sent, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (hostile) => {
      const body = {
        csr: hostile,
        email: `o'brien@example.com`,
        key: `$(false) \`false\` ${hostile}`,
        encrypt: '\nEND\n',
      };
      const command = mdmcertCommand({ url, body }).replace(/^curl .* <</, 'cat <<');
      expect(JSON.parse(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' }))).toEqual(body);
    }),
    { numRuns: 25 },
  );
});
