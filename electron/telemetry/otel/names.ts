/**
 * Names of OpenTelemetry's semantic conventions for generative AI (https://opentelemetry.io/docs/specs/semconv/gen-ai/, version
 * 1.37) and which of our attributes they stand for. The one place where they are written; what has no name there is ours,
 * under `switchyard.`.
 */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  conversation: 'gen_ai.conversation.id',
  errorType: 'error.type',
} as const;

/** Attributes of our spans that have a name of the conventions. `list` = the conventions want a list of one. */
export const SPAN_ATTRIBUTES: readonly { readonly ours: string; readonly theirs: string; readonly list?: true }[] = [
  { ours: 'modelId', theirs: GEN_AI.requestModel },
  { ours: 'tokensIn', theirs: GEN_AI.inputTokens },
  { ours: 'tokensOut', theirs: GEN_AI.outputTokens },
  { ours: 'requestId', theirs: GEN_AI.responseId },
  { ours: 'finish', theirs: GEN_AI.finishReasons, list: true },
];

/** Everything else of ours stands under this. */
export const OURS = 'switchyard.';

/** Fields of a trace that stand on its first span, under `OURS`, so that an import has the whole row again. */
export const ROW_FIELDS = [
  'startedAt',
  'durationMs',
  'turnId',
  'messageId',
  'status',
  'source',
  'private',
  'modelId',
  'modelName',
  'route',
  'degraded',
  'faultCode',
  'faultOrigin',
  'promptVersionId',
  'tokensIn',
  'tokensCached',
  'tokensOut',
  'firstTokenMs',
  'tokensPerSecond',
  'costUsd',
  'rating',
  'preview',
] as const;

/** Well-known names of providers (the conventions' list); any other is said by its own id. */
export const providerName = (modelId: string | null): string | null => {
  const provider = modelId?.split('/')[0] ?? null;
  if (provider === 'google') return 'gcp.gemini';
  return provider === 'local' ? 'switchyard' : provider;
};
