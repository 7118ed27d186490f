import { currentLanguage } from '../../kit/i18n/index.ts';
import { inWordsOf } from './recognise.ts';
import { coreWordsZh } from './zh.ts';

const MOST_KEPT = 500;
const kept = new Map<string, string>();

/**
 * A sentence of the core (a reason, a fault's detail, why a reply is degraded) in the language of the window. It is only said
 * differently: nothing is decided by its words. What has no template stays as it is.
 */
export function said(text: string): string {
  if (currentLanguage() === 'en') return text;
  const found = kept.get(text);
  if (found !== undefined) return found;
  const words = inWordsOf(coreWordsZh, text);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, words);
  return words;
}
