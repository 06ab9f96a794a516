import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs openssl in a folder of its own: `inputs` are written there first, `output` is read back. */
export function openssl(
  args: readonly string[],
  inputs: Readonly<Record<string, string | Uint8Array>> = {},
  output: string | null = null,
): Buffer {
  return inFolder((folder) => {
    for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content);
    const printed = execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    return output === null ? printed : readFileSync(join(folder, output));
  });
}

/** What Python's plistlib reads in a property list, as JSON (data as hex). */
export function readWithPython(plist: Uint8Array): unknown {
  const script = [
    'import plistlib, json, sys',
    'print(json.dumps(plistlib.loads(sys.stdin.buffer.read()),',
    '  default=lambda v: v.hex() if isinstance(v, bytes) else str(v)))',
  ].join('\n');
  const printed = execFileSync('python3', ['-c', script], { input: plist });
  return JSON.parse(printed.toString('utf8'));
}

export type TestCertificate = { readonly pem: string; readonly keyPem: string; readonly der: Buffer };

/** An RSA-2048 certificate made by openssl. */
export function makeCertificate(commonName: string, extensions: readonly string[] = []): TestCertificate {
  return inFolder((folder) => {
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem']
        .concat(['-days', '30', '-subj', `/CN=${commonName}`])
        .concat(added),
      { cwd: folder, stdio: 'pipe' },
    );
    const pem = readFileSync(join(folder, 'cert.pem'), 'utf8');
    const keyPem = readFileSync(join(folder, 'key.pem'), 'utf8');
    return { pem, keyPem, der: derOf(pem) };
  });
}

export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/gu, ''), 'base64');
}

export function pemOf(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
}

/** The plaintext of a CMS envelope. */
export function decryptCms(cms: Uint8Array, recipient: TestCertificate): string {
  return openssl(['cms', '-decrypt', '-inform', 'DER', '-in', 'cms', '-recip', 'cert', '-inkey', 'key'], {
    cms,
    cert: recipient.pem,
    key: recipient.keyPem,
  }).toString('utf8');
}

function inFolder<Value>(work: (folder: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-mac-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
