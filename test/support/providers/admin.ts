import type { ServerResponse } from 'node:http';
import type { SeenRequest, Wire } from './script.ts';

/** The model a request asks for: in the body, or in Google's path. */
export function modelOf(seen: SeenRequest): string {
  const named: unknown = Reflect.get(Object(seen.body), 'model');
  if (typeof named === 'string') return named;
  return /\/models\/([^/:?]+)/u.exec(seen.path)?.[1] ?? 'scripted';
}

/** A vector that depends on nothing but the text, so that equal texts give equal vectors. */
export function scriptedVector(text: string, size = 8): number[] {
  let state = 2166136261;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 16777619) >>> 0;
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x8000_0000 - 1;
  });
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string');

function modelList(wire: Wire, models: readonly string[]): object {
  switch (wire) {
    case 'openai':
      return { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 1, owned_by: 'scripted' })) };
    case 'anthropic':
      return {
        data: models.map((id) => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' })),
        has_more: false,
        first_id: models[0] ?? null,
        last_id: models.at(-1) ?? null,
      };
    case 'google':
      return {
        models: models.map((id) => ({
          name: `models/${id}`,
          displayName: id,
          supportedGenerationMethods: ['generateContent', 'countTokens'],
        })),
      };
  }
}

function embeddings(wire: Wire, seen: SeenRequest): object | null {
  if (wire === 'openai' && seen.path.endsWith('/embeddings')) {
    const inputs = texts(Reflect.get(Object(seen.body), 'input'));
    const tokens = inputs.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
    return {
      object: 'list',
      data: inputs.map((text, index) => ({ object: 'embedding', index, embedding: scriptedVector(text) })),
      model: modelOf(seen),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  }
  if (wire !== 'google' || !/:(batchEmbedContents|embedContent)/u.test(seen.path)) return null;
  const asked: unknown = Reflect.get(Object(seen.body), 'requests');
  const textOf = (entry: unknown): string => {
    const parts: unknown = Reflect.get(Object(Reflect.get(Object(entry), 'content')), 'parts');
    const first: unknown = Array.isArray(parts) ? parts[0] : null;
    return String(Reflect.get(Object(first), 'text'));
  };
  if (Array.isArray(asked)) return { embeddings: asked.map((entry) => ({ values: scriptedVector(textOf(entry)) })) };
  return { embedding: { values: scriptedVector(textOf(seen.body)) } };
}

/** Answers what is not a request for an answer: lists of models and vectors. False = it is one. */
export function answerAdmin(
  wire: Wire,
  seen: SeenRequest,
  response: ServerResponse,
  models: readonly string[],
): boolean {
  const isList = seen.method === 'GET' && /\/models(\?|$)/u.test(seen.path);
  const body = isList ? modelList(wire, models) : embeddings(wire, seen);
  if (body === null) return false;
  const text = JSON.stringify(body);
  response.setHeader('content-type', 'application/json');
  seen.bytesOut += Buffer.byteLength(text);
  response.end(text);
  return true;
}
