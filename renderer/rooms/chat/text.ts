import { currentLanguage, defineText } from '../../kit/i18n/index.ts';
import type { TextKey } from '../../kit/i18n/index.ts';
import { en } from './text.en.ts';
import { zh } from './text.zh.ts';

export const text = defineText('chat', en, zh);
export type ChatTextKey = TextKey<typeof en>;

const said = new Map<string, string>();

/** A text without values, looked up once. For parts of messages: they come and go by the dozen while one scrolls. */
export function say(key: ChatTextKey): string {
  const at = `${currentLanguage()} ${key}`;
  const found = said.get(at);
  if (found !== undefined) return found;
  const made = text.t(key);
  said.set(at, made);
  return made;
}
