import { defineText } from '../../../kit/i18n/index.ts';
import { en } from './text.en.ts';
import { zh } from './text.zh.ts';

export const benchText = defineText('bench', en, zh);
