import { readCertificate } from '../certificate.ts';
import type { PlistDict } from '../plist.ts';
import { acknowledged, type CommandHandler } from './command.ts';

/** The MDM identity, and the certificates that profiles brought. */
export const certificateList: CommandHandler = (_fields, { state }) => {
  const identity = state.enrollment === null ? [] : [describe(state.enrollment.certificate, true)];
  const brought = state.profiles.flatMap((profile) => profile.certificates);
  const list = [...identity, ...brought.map((certificate) => describe(certificate, false))];
  return { result: acknowledged({ CertificateList: list }) };
};

function describe(der: Buffer, isIdentity: boolean): PlistDict {
  return { CommonName: readCertificate(der).commonName, Data: der, IsIdentity: isIdentity };
}
