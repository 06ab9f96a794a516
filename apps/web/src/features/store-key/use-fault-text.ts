import { useTranslation } from 'react-i18next';
import { findFault } from './key-text.ts';

/** The sentence under a box whose text cannot be a recovery key, or null. */
export function useFaultText(): (text: string) => string | null {
  const { t } = useTranslation();
  return (text) => {
    const fault = findFault(text);
    if (fault === null) return null;
    if (fault.kind === 'empty') return t('store.empty');
    if (fault.kind === 'bad-character') return t('store.badCharacter', { character: fault.character });
    return t('store.short', { count: fault.count });
  };
}
