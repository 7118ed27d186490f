/** What every side of the API bench says. */
export const CHUNKS: readonly string[] = Array.from({ length: 20 }, (_, index) => `word${index} `);
export const ANSWER = CHUNKS.join('');
export const MODEL_ID = 'stand-in';
