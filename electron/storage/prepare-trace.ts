import { hideSecrets } from '../base/hide-secrets.ts';
import type { TraceRow } from '../contract/entities/trace.ts';
import { traceContent, type TraceContent } from '../contract/entities/trace-content.ts';

/** What is stored of a trace: the same, or less. */
export type PrepareTrace = <T extends TraceRow & { content?: TraceContent | undefined }>(trace: T) => T;

/** Every text in a value, changed. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)]));
}

/** Hides keys in all words of a trace; without `keepsText` there are none left. */
export const createPrepare =
  (keepsText: () => boolean): PrepareTrace =>
  (trace) => {
    const keeps = keepsText();
    const prepared = { ...trace, preview: keeps ? hideSecrets(trace.preview) : '' };
    if (trace.content === undefined) return prepared;
    if (keeps) {
      // Pictures hold no words, and what looks like a key in one is chance.
      const { pictures, ...words } = trace.content;
      const hidden = traceContent.parse(mapTexts(words, hideSecrets));
      return { ...prepared, content: pictures ? { ...hidden, pictures } : hidden };
    }
    delete prepared.content;
    return prepared;
  };
