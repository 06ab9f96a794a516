import type { FailureReason } from '@keyhaven/api-contract/attempt';
import { useQuery } from '@tanstack/react-query';
import { portalQuery } from '../api/queries.ts';
import { ContactCard } from '../features/contact/ContactCard.tsx';
import { nextStepAfter } from '../words/failure-words.ts';

/** Whom to ask, where asking is the next step; every other next step is the main button of the card. */
export function FailureNextStep({ reason }: { readonly reason: FailureReason | null }) {
  return reason !== null && nextStepAfter(reason) === 'contact' ? <Contact /> : null;
}

/** The contact card, once the portal's settings are there. */
export function Contact() {
  const portal = useQuery(portalQuery);
  return portal.data === undefined ? null : <ContactCard portal={portal.data} />;
}
