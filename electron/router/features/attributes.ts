import { z } from 'zod';
import type { Attributes } from '../../contract/entities/trace.ts';
import { TRACE_SOURCES } from '../../contract/names.ts';
import type { Features } from './features.ts';

/** Features as they are stored with a decision. The question's text is not among them: the conversation has it. */
export function featuresToAttributes(features: Features): Attributes {
  const { sticky, route, source, messageTokens, fixedTokens, historyTokens, messages, maxTokens } = features;
  const { code, math, difficulty, images, tools, schema } = features;
  return {
    route,
    private: features.private,
    source,
    messageTokens,
    fixedTokens,
    historyTokens,
    messages,
    maxTokens,
    languages: [...features.languages],
    code,
    math,
    difficulty,
    images,
    tools,
    schema,
    stickyModelId: sticky?.modelId ?? null,
    stickyUntilMs: sticky?.untilMs ?? null,
  };
}

const tokens = z.number().min(0);
/** Older decisions know less; what is absent reads as a plain question. */
const stored = z.object({
  route: z.string().catch('auto'),
  private: z.boolean().catch(false),
  source: z.enum(TRACE_SOURCES).catch('app'),
  messageTokens: tokens.catch(0),
  fixedTokens: tokens.catch(0),
  historyTokens: tokens.catch(0),
  messages: tokens.catch(1),
  maxTokens: tokens.nullable().catch(null),
  languages: z.array(z.string()).catch([]),
  code: z.boolean().catch(false),
  math: z.boolean().catch(false),
  difficulty: z.number().min(0).max(1).catch(0.3),
  images: tokens.catch(0),
  tools: z.boolean().catch(false),
  schema: z.boolean().catch(false),
  stickyModelId: z.string().nullable().catch(null),
  stickyUntilMs: z.number().nullable().catch(null),
});

/** Features back from a stored decision; `text` = the question, as far as it is still known. */
export function featuresFromAttributes(attributes: Attributes, text = ''): Features {
  const { stickyModelId, stickyUntilMs, ...plain } = stored.parse(attributes);
  const sticky =
    stickyModelId === null || stickyUntilMs === null ? null : { modelId: stickyModelId, untilMs: stickyUntilMs };
  return { ...plain, sticky, text };
}
