import { guessTokens } from '../base/tokens.ts';
import type { ModelMessage, ModelRequest } from './model.ts';

/** An image costs at most about this: Anthropic's 1,568 for the largest side; OpenAI's and Google's tiles come to less. */
const IMAGE_TOKENS = 1600;
/** What the chat template adds around one message. */
const TEMPLATE_TOKENS = 6;

/** Tokens of one message with its images and tool calls, estimated. */
export function estimateMessage(message: ModelMessage): number {
  const calls = message.toolCalls?.reduce(
    (sum, { name, argumentsText }) => sum + guessTokens(name) + guessTokens(argumentsText),
    0,
  );
  return guessTokens(message.text) + (calls ?? 0) + (message.images?.length ?? 0) * IMAGE_TOKENS + TEMPLATE_TOKENS;
}

/** Tokens of what stands beside the messages, estimated: tools and the schema of the answer. */
export function estimateForms({ tools = [], format }: Partial<Pick<ModelRequest, 'tools' | 'format'>>): number {
  const schema = format?.type === 'json_schema' ? guessTokens(JSON.stringify(format.schema)) : 0;
  return (tools.length > 0 ? guessTokens(JSON.stringify(tools)) : 0) + schema;
}

/** Tokens of a whole request, estimated: what it is taken to have used when nobody counted. */
export const estimateRequest = (request: Pick<ModelRequest, 'messages' | 'tools' | 'format'>): number =>
  request.messages.reduce((sum, message) => sum + estimateMessage(message), estimateForms(request));
