import { z } from 'zod';
import { MAX_MESSAGE_CHARS } from '../../contract/names.ts';
import type { Embeddings } from '../../orchestration/complete/complete.ts';
import { routeOf } from './conversation.ts';
import { badRequest } from './errors.ts';
import { readFields, readObject } from './json.ts';

const wire = z.looseObject({
  model: z.string().min(1).max(300),
  input: z.unknown().optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
  dimensions: z.number().optional(),
});

export interface EmbeddingsAsk {
  readonly texts: readonly string[];
  readonly route: string;
  readonly base64: boolean;
}

const MOST_TEXTS = 2048;

function textsOf(input: unknown): readonly string[] {
  const list = Array.isArray(input) ? (input as unknown[]) : [input];
  if (list.length === 0 || list.length > MOST_TEXTS) {
    throw badRequest(`\`input\` is a text or a list of 1 to ${MOST_TEXTS} texts.`, 'input');
  }
  return list.map((text, index) => {
    const at = Array.isArray(input) ? `input[${index}]` : 'input';
    if (typeof text === 'number' || Array.isArray(text)) {
      throw badRequest(
        'Token numbers mean different text to every model: send the text itself.',
        at,
        'tokens_not_supported',
      );
    }
    if (typeof text !== 'string') throw badRequest('`input` is a text or a list of texts.', at);
    if (text.trim() === '') throw badRequest('An empty text has no meaning to embed: leave it out.', at);
    if (text.length > MAX_MESSAGE_CHARS) {
      throw badRequest(`A text is longer than ${MAX_MESSAGE_CHARS} characters: split it.`, at);
    }
    return text;
  });
}

/** Reads the body of POST /v1/embeddings (https://platform.openai.com/docs/api-reference/embeddings/create). */
export function parseEmbeddings(body: string, known: ReadonlySet<string>): EmbeddingsAsk {
  const fields = readFields(wire, readObject(body));
  if (fields.dimensions !== undefined) {
    throw badRequest(
      'Vectors keep the length of their model: leave out `dimensions`.',
      'dimensions',
      'unsupported_parameter',
    );
  }
  return {
    texts: textsOf(fields.input),
    route: routeOf(fields.model, known),
    base64: fields.encoding_format === 'base64',
  };
}

/** Little-endian 32-bit floats, as official clients decode them. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}

export const embeddingsBody = ({ modelId, vectors, tokensIn }: Embeddings, base64: boolean): object => ({
  object: 'list',
  model: modelId,
  data: vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: base64 ? base64Of(vector) : vector,
  })),
  usage: { prompt_tokens: tokensIn, total_tokens: tokensIn },
});
