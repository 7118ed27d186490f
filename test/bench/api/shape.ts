/** What every side of the API bench says. */
export const CHUNKS: readonly string[] = Array.from({ length: 20 }, (_, index) => `word${index} `);
export const ANSWER = CHUNKS.join('');
/** Says its chunks as fast as they can be sent: what a call costs. */
export const MODEL_ID = 'stand-in';
/** Says a chunk every few milliseconds, as models do: what a reader waits longer. */
export const PACED_MODEL_ID = 'stand-in-paced';
export const PACE_MS = 10;
