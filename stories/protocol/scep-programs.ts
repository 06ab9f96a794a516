import { inFreshFolder, type ToolFolder, type ToolRun } from './tools.ts';

/** What a SCEP client that is not ours came home with. */
export type ScepOutcome = {
  readonly run: ToolRun;
  /** Null: it got no certificate. */
  readonly certificate: IssuedCertificate | null;
};
export type IssuedCertificate = {
  /** Of openssl: whether it chains to the device CA as a TLS client. */
  readonly verdict: string;
  /** As openssl writes them. */
  readonly subject: string;
  readonly text: string;
  readonly isOfTheClientsKey: boolean;
};
export type ScepErrand = {
  readonly scepUrl: string;
  readonly challenge: string;
  /** The device CA, DER. */
  readonly ca: Buffer;
};
export type ScepProgram = (errand: ScepErrand) => Promise<ScepOutcome>;

/** micromdm's client, of the Debian package `scep`. It speaks single DES. */
export const scepclient: ScepProgram = ({ scepUrl, challenge, ca }) =>
  inFreshFolder(async (folder) => {
    const address = ['-server-url', scepUrl, '-challenge', challenge];
    const files = ['-private-key', 'client.key', '-certificate', 'client.pem'];
    const run = await folder.run('scepclient', [...address, '-cn', 'somebody', ...files]);
    return { run, certificate: run.code === 0 ? await readIssued(folder, ca) : null };
  });

/** strongSwan's `pki --scep`, which reads the capabilities closely and takes no signature algorithm but rsaEncryption. */
export const strongswan =
  (digest: 'sha1' | 'sha256'): ScepProgram =>
  ({ scepUrl, challenge, ca }) =>
    inFreshFolder(async (folder) => {
      await folder.write('ca.der', ca);
      await folder.run('openssl', ['genrsa', '-out', 'client.key', '2048']);
      const address = ['--scep', '--url', scepUrl, '--password', challenge];
      const trusts = ['--cacert-enc', 'ca.der', '--cacert-sig', 'ca.der'];
      const wants = ['--dn', 'CN=somebody', '--in', 'client.key', '--outform', 'pem'];
      const ciphers = ['--cipher', 'des3', '--digest', digest];
      const run = await folder.run('pki', [...address, ...trusts, ...wants, ...ciphers]);
      if (run.code !== 0) return { run, certificate: null };
      await folder.write('client.pem', run.output);
      return { run, certificate: await readIssued(folder, ca) };
    });

async function readIssued(folder: ToolFolder, ca: Buffer): Promise<IssuedCertificate> {
  await folder.write('authority.der', ca);
  const openssl = async (...args: readonly string[]): Promise<string> =>
    (await folder.run('openssl', args)).said.trim();
  await openssl('x509', '-inform', 'DER', '-in', 'authority.der', '-out', 'authority.pem');
  const key = await openssl('pkey', '-in', 'client.key', '-pubout');
  return {
    verdict: await openssl('verify', '-CAfile', 'authority.pem', '-purpose', 'sslclient', 'client.pem'),
    subject: await openssl('x509', '-in', 'client.pem', '-noout', '-subject'),
    text: await openssl('x509', '-in', 'client.pem', '-noout', '-text'),
    isOfTheClientsKey: key === (await openssl('x509', '-in', 'client.pem', '-noout', '-pubkey')),
  };
}
