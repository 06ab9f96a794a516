import type { Certificate } from '../certificate.ts';
import { Asn1Error } from '../der/asn1-error.ts';
import { Fields } from '../der/fields.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readText } from '../der/text.ts';
import { readOid } from '../der/values.ts';
import { readBer } from '../der.ts';

/**
 * The UID of a certificate's subject, or null where it has none, several or one that is no text. In Apple's push
 * certificates it is the topic (reference section 6).
 */
export function userIdOf(certificate: Certificate): string | null {
  try {
    const found = readBer(certificate.subject).children.flatMap((names) => names.children.flatMap(userIds));
    return found.length === 1 ? (found[0] ?? null) : null;
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

function userIds(attribute: Parameters<typeof readOid>[0]): readonly string[] {
  const fields = new Fields(attribute, TAG.SEQUENCE);
  if (readOid(fields.take(TAG.OID)) !== OID.userId) return [];
  return [readText(fields.takeAny())];
}
