import { defineText } from '../../kit/i18n/index.ts';
import type { TextKey } from '../../kit/i18n/index.ts';
import { en } from './text.en.ts';
import { zh } from './text.zh.ts';

export const text = defineText('chat', en, zh);
export type ChatTextKey = TextKey<typeof en>;
