import { parseId } from '../../kernel/id.ts';
import type { NoticePlace } from './notices.store.ts';

/** The cursor of the page after this notice: opaque to callers. */
export const cursorAfter = ({ at, id }: NoticePlace): string => `${at.getTime()}.${id}`;

/** Where that page begins, or null for a text that we did not make. */
export function placeOf(cursor: string): NoticePlace | null {
  const [milliseconds, text, ...more] = cursor.split('.');
  const id = parseId<'notice'>(text ?? '');
  const at = new Date(/^\d{1,15}$/.test(milliseconds ?? '') ? Number(milliseconds) : Number.NaN);
  return id === null || Number.isNaN(at.getTime()) || more.length > 0 ? null : { at, id };
}
