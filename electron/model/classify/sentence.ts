import type { FaultCode, FaultOrigin } from '../../contract/faults.ts';
import { fill, say, SENTENCES } from '../../contract/sentences/index.ts';
import type { SentenceCode } from '../../contract/sentences/index.ts';

/** A filter, a cut and so on of the other side read differently from those of a message. */
const OF_THE_OTHER_SIDE: Partial<Record<`${FaultCode} ${FaultOrigin}`, SentenceCode>> = {
  'content_filter model': 'provider.content_filter.answer',
  'truncated infrastructure': 'provider.truncated.middle',
};

function wait(ms: number | null, how: 'wait' | 'pause'): string {
  if (ms === null || ms < 1000) return '';
  if (ms < 90_000) return say(`provider.${how}.seconds`, { count: Math.ceil(ms / 1000) });
  if (ms < 90 * 60_000) return say(`provider.${how}.minutes`, { count: Math.ceil(ms / 60_000) });
  return say(`provider.${how}.hours`, { count: Math.ceil(ms / 3_600_000) });
}

/** The template for a fault of the other side; a code it has no words for takes the ones of the fault itself. */
function codeOf(code: FaultCode, origin: FaultOrigin): SentenceCode {
  const own = `provider.${code}`;
  return OF_THE_OTHER_SIDE[`${code} ${origin}`] ?? (own in SENTENCES ? (own as SentenceCode) : `fault.${code}`);
}

/** One sentence for a person: what happened, at whom, what to do. Holds nothing of the body. */
export const sentence = (code: FaultCode, origin: FaultOrigin, name: string, waitMs: number | null): string =>
  fill(SENTENCES[codeOf(code, origin)], { name, wait: wait(waitMs, code === 'rate_limit' ? 'pause' : 'wait') });
