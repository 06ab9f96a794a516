import { timingSafeEqual } from 'node:crypto';
import { type EnrollmentId, parseId } from '../../kernel/id.ts';

export type Prove = (enrollment: EnrollmentId) => string;

/** The ServerURL of one enrollment: NanoMDM's, with a query that NanoMDM hands on as `url_params`. */
export function enrollmentAddress(deviceUrl: URL, enrollment: EnrollmentId, prove: Prove): string {
  const address = new URL(deviceUrl);
  address.search = new URLSearchParams({ enrollment, proof: prove(enrollment) }).toString();
  return address.href;
}

/** The enrollment whose address the Mac called; null unless the proof beside it is the one we wrote there. */
export function enrollmentCalled(
  urlParams: Readonly<Record<string, unknown>>,
  prove: Prove,
): EnrollmentId | null {
  const { enrollment, proof } = urlParams;
  const id = typeof enrollment === 'string' ? parseId<'enrollment'>(enrollment) : null;
  if (id === null || typeof proof !== 'string') return null;
  const [meant, said] = [Buffer.from(prove(id)), Buffer.from(proof)];
  return said.length === meant.length && timingSafeEqual(said, meant) ? id : null;
}
