import type { ModelFinish } from '../../model.ts';
import { field, list, rowOf, textOf } from './json.ts';
import type { Reading } from './reading.ts';
import { usageFrom } from './usage.ts';

const FINISH: Readonly<Record<string, ModelFinish>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  LANGUAGE: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  IMAGE_SAFETY: 'filtered',
};

/**
 * Reads `GenerateContentResponse` events, one document or a list of them (ai.google.dev/api/generate-content). The prompt's
 * count holds the cached part; thinking is counted beside the answer. Nothing marks the end, so the stream is read out.
 */
export function createGoogleReader(reading: Reading): (event: unknown) => void {
  let calls = 0;

  const readPart = (part: unknown) => {
    const text = field(part, 'text');
    if (field(part, 'thought') === true) reading.reasoning(text);
    else reading.text(text);
    const call = field(part, 'functionCall');
    if (typeof call !== 'object' || call === null) return;
    const argumentsText = JSON.stringify(field(call, 'args') ?? {});
    const signature = field(part, 'thoughtSignature');
    reading.tool(`call ${String(calls++)}`, {
      id: field(call, 'id'),
      name: field(call, 'name'),
      argumentsText,
      signature,
    });
  };

  return function read(event): void {
    if (Array.isArray(event)) {
      for (const each of event) read(each);
      return;
    }
    const error = field(event, 'error');
    if (error !== undefined && error !== null) {
      reading.problem ??= { phase: 'stream', body: event };
      return;
    }
    const candidates = list(field(event, 'candidates'));
    // Several answers were never asked for, so the first is the only one.
    const first = candidates.find((each) => Number(field(each, 'index') ?? 0) === 0);
    for (const part of list(field(field(first, 'content'), 'parts'))) readPart(part);
    const average = field(first, 'avgLogprobs');
    if (average !== undefined) reading.logprob(average);
    const raw = textOf(field(first, 'finishReason'));
    if (raw !== null && raw !== 'FINISH_REASON_UNSPECIFIED') {
      reading.finishRaw = raw;
      const finish = rowOf(FINISH, raw);
      if (finish === undefined) reading.problem ??= { phase: 'finish', body: { finishReason: raw } };
      else reading.finish = finish === 'stop' && reading.toolCount() > 0 ? 'tool_calls' : finish;
    }
    const feedback = field(event, 'promptFeedback');
    if (candidates.length === 0 && textOf(field(feedback, 'blockReason')) !== null)
      reading.problem ??= { phase: 'finish', body: { promptFeedback: feedback } };
    const usage = field(event, 'usageMetadata');
    if (typeof usage === 'object' && usage !== null)
      reading.usage = usageFrom({
        tokensIn: field(usage, 'promptTokenCount'),
        more: field(usage, 'toolUsePromptTokenCount'),
        cached: field(usage, 'cachedContentTokenCount'),
        written: field(usage, 'candidatesTokenCount'),
        reasoning: field(usage, 'thoughtsTokenCount'),
      });
  };
}
