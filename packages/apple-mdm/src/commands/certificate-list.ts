import type { Answer } from '../command-answer.ts';
import { booleanAt, dataAt, dictsAt, stringAt } from '../plist/access.ts';
import { writeCommand } from './command.ts';

export interface InstalledCertificate {
  readonly commonName: string | null;
  /** The Mac holds its private key. */
  readonly isIdentity: boolean | null;
  readonly der: Buffer;
}

/** `managedOnly` leaves out what other sources installed. */
export function certificateListCommand(uuid: string, managedOnly = false): Buffer {
  return writeCommand(uuid, 'CertificateList', { ManagedOnly: managedOnly });
}

/** Total: an entry without its certificate is passed over. */
export function readCertificateList(answer: Answer): readonly InstalledCertificate[] {
  return dictsAt(answer.result, 'CertificateList').flatMap((item) => {
    const der = dataAt(item, 'Data');
    if (der === undefined) return [];
    return [
      {
        commonName: stringAt(item, 'CommonName') ?? null,
        isIdentity: booleanAt(item, 'IsIdentity') ?? null,
        der,
      },
    ];
  });
}
