import { useTranslation } from 'react-i18next';
import { findFault } from './key-text.ts';

/** The sentence under a box whose text cannot be a recovery key, or null. */
export function useFaultText(): (text: string) => string | null {
  const { t } = useTranslation();
  return (text) => {
    const fault = findFault(text);
    if (fault === null) return null;
    switch (fault.kind) {
      case 'empty':
        return t('store.empty');
      case 'bad-character':
        return t('store.badCharacter', { character: fault.character });
      case 'too-short':
      case 'too-long':
        return t('store.short', { count: fault.count });
    }
  };
}
