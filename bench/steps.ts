import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import process from 'node:process';
import { parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { CertificateCache } from '@keyhaven/apple-mdm/certificate-cache';
import { openEnvelopedData } from '@keyhaven/apple-mdm/cms/enveloped-data';
import { rotateFileVaultKeyCommand } from '@keyhaven/apple-mdm/commands/rotate-file-vault-key';
import { parseDeviceMessage } from '@keyhaven/apple-mdm/device-message';
import { createEscrowCertificate } from '@keyhaven/apple-mdm/keys';
import { verifyMdmSignature } from '@keyhaven/apple-mdm/mdm-signature';
import { readCertificate } from '@keyhaven/mac/certificate';
import { APPLE_ENVELOPE, envelop } from '@keyhaven/mac/cms/enveloped-data';
import { bareSha1Signer } from '@keyhaven/mac/cms/signed-data';
import { writePlist } from '@keyhaven/mac/plist';
import type { Binding } from '@keyhaven/sealing/binding';
import { fileKeys } from '@keyhaven/sealing/file-keys';
import { open, seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import { type Figure, figuresOf } from './figure.ts';

const contentType = 'application/x-apple-aspen-mdm; charset=UTF-8';
const binding: Binding = {
  purpose: 'device-answer',
  ownershipClass: 'personal',
  device: '00000000-0000-4000-8000-000000000001',
  version: '00000000-0000-4000-8000-000000000002',
};

/** What the steps of a cycle cost by themselves, on one thread, without network and database. */
export async function measureSteps(dataFolder: string): Promise<readonly Figure[]> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = createEscrowCertificate({ ...pair, commonName: 'Bench', now: new Date() });
  const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  const keys = fileKeys({ folder: dataFolder, mustExist: false, now: () => new Date() });
  const recoveryKey = 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF';
  const cms = envelop(Buffer.from(recoveryKey), readCertificate(der), APPLE_ENVELOPE);
  const body = writePlist({
    UDID: '00000000-0000-0000-0000-000000000001',
    CommandUUID: '00000000-0000-0000-0000-000000000002',
    Status: 'Acknowledged',
    RotateResult: { EncryptedNewRecoveryKey: cms },
  });
  const signer = { certificate: readCertificate(der), privateKey: pair.privateKey };
  const header = bareSha1Signer(signer)(body).toString('base64');
  const cache = new CertificateCache();
  cache.keep(verifyMdmSignature(header, body).certificate);
  const sealedAnswer = await seal(Secret.of(body), binding, keys);
  const certificate = parseCertificate(der);
  const recipients = [{ certificate, privateKey: pair.privateKey }];
  const uuid = '00000000-0000-0000-0000-000000000002';
  const steps: Readonly<Record<string, () => unknown>> = {
    'verify a signature, its certificate known': () => verifyMdmSignature(header, body, cache),
    'verify a signature, its certificate new': () => verifyMdmSignature(header, body),
    'read a message': () => parseDeviceMessage(contentType, body),
    'seal an answer': () => seal(Secret.of(body), binding, keys),
    'open a sealed answer': () => open(sealedAnswer, binding, keys),
    'parse an escrow certificate': () => parseCertificate(der),
    'import a private key': () => createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    'open a CMS (RSA-2048)': () => openEnvelopedData(cms, recipients),
    'seal a key': () => seal(Secret.fromText(recoveryKey), { ...binding, purpose: 'recovery-key' }, keys),
    'render a rotation': () =>
      rotateFileVaultKeyCommand({ uuid, currentRecoveryKey: recoveryKey, replyCertificate: der }),
    'make a public key of a private one': () => createPublicKey(pair.privateKey),
  };
  const figure = figuresOf('Processor time of a step, alone');
  const figures: Figure[] = [];
  for (const [name, step] of Object.entries(steps)) figures.push(figure(name, await timeOf(step), 'µs'));
  const before = process.cpuUsage();
  for (let count = 0; count < keysMade; count += 1) generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { user, system } = process.cpuUsage(before);
  figures.push(figure('make an escrow key pair (RSA-2048)', (user + system) / keysMade, 'µs'));
  return figures;
}

const warmUpMs = 50;
const measuredMs = 250;
const keysMade = 5;

/** Mean microseconds of processor time of one run. */
async function timeOf(step: () => unknown): Promise<number> {
  await repeat(step, warmUpMs);
  const before = process.cpuUsage();
  const count = await repeat(step, measuredMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function repeat(step: () => unknown, forMs: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < forMs) {
    for (let index = 0; index < 10; index += 1) await step();
    count += 10;
  }
  return count;
}
