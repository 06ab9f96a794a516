import type { FailureReason } from '@keyhaven/api-contract/attempt';
import { useQuery } from '@tanstack/react-query';
import { portalQuery } from '../api/queries.ts';
import { ContactCard } from '../features/contact/ContactCard.tsx';
import { nextStepAfter } from '../words/failure-words.ts';

type Props = { readonly reason: FailureReason | null };

/** Whom to ask, where asking is the next step; every other next step is the main button of the card. */
export function FailureNextStep({ reason }: Props) {
  const portal = useQuery(portalQuery);
  if (reason === null || nextStepAfter(reason) !== 'contact' || portal.data === undefined) return null;
  return <ContactCard portal={portal.data} />;
}
