import { defineText } from '../kit/i18n/index.ts';
import { traceWordsEn } from './trace-words.en.ts';
import { traceWordsZh } from './trace-words.zh.ts';

/** Steps and faults of a trace, as every room names them. */
export const traceWords = defineText('traceWords', traceWordsEn, traceWordsZh);
