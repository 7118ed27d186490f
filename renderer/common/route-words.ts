import { defineText } from '../kit/i18n/index.ts';
import { routeWordsEn } from './route-words.en.ts';
import { routeWordsZh } from './route-words.zh.ts';

/** Who may answer, as every room says it. */
export const routeWords = defineText('routeWords', routeWordsEn, routeWordsZh);
