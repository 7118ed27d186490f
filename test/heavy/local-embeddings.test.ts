import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import type { Core } from '../../electron/core.ts';
import { startLocalApi } from '../support/local-api.ts';
import type { LocalApi } from '../support/local-api.ts';

const WIDTH = 96;
const EMBEDDER = 'local/embedder';
let api: LocalApi;
let core: Core;
let client: OpenAI;
beforeAll(async () => {
  api = await startLocalApi('embedder', {
    width: WIDTH,
    contextTokens: 128,
    name: 'Embedder',
    pooling: 1,
  });
  ({ core, client } = api);
});
afterAll(() => api.dispose());

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
const vectorsOf = async (input: string | string[], model = EMBEDDER): Promise<number[][]> =>
  (await client.embeddings.create({ model, input })).data.map(({ embedding }) => embedding);

describe('an embedding model of this machine', () => {
  it('is listed as one, and never asked to chat', async () => {
    const entry = core.models.list().find(({ id }) => id === EMBEDDER);
    expect(entry?.capabilities).toMatchObject({ embeddings: true, tools: false, jsonSchema: false });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const answer = await client.chat.completions.create({ model: EMBEDDER, messages, max_tokens: 8 });
    expect(answer.model).toBe(STARTER_MODEL_ID);
    await expect(core.models.load(EMBEDDER)).rejects.toThrow(/turns texts into vectors/);
  });

  it('makes vectors of unit length, one a text, in order, the same for the same text', async () => {
    const texts = ['rain in Oslo', 'a train to Rome', 'rain in Oslo', '雨'];
    const vectors = await vectorsOf(texts);
    expect(vectors.map(({ length }) => length)).toEqual(texts.map(() => WIDTH));
    for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 5);
    const [first = [], second = [], third = []] = vectors;
    expect(dot(first, third)).toBeCloseTo(1, 5);
    expect(dot(first, second)).toBeLessThan(0.999);
    expect(dot((await vectorsOf('a train to Rome'))[0] ?? [], second)).toBeCloseTo(1, 5);
  });

  it('is found when no model is named, and counts the tokens it read', async () => {
    const made = await client.embeddings.create({
      model: 'switchyard/auto',
      input: ['rain', 'a longer text about rain'],
    });
    expect(made.model).toBe(EMBEDDER);
    expect(made.usage.prompt_tokens).toBeGreaterThan(4);
  });

  it('stands beside the model that chats: neither costs the other its place', async () => {
    const ask = { model: STARTER_MODEL_ID, messages: [{ role: 'user' as const, content: 'hi' }], max_tokens: 200 };
    const [answer, vectors] = await Promise.all([
      client.chat.completions.create(ask),
      vectorsOf(Array.from({ length: 24 }, (_, at) => `text ${at}`)),
    ]);
    expect(answer.choices[0]?.message.content).toBeTruthy();
    expect(vectors).toHaveLength(24);
    expect(core.models.engine().loadedModelId).toBe(STARTER_MODEL_ID);
    await vectorsOf('again');
    expect(core.models.engine()).toMatchObject({ loadedModelId: STARTER_MODEL_ID, crashes: 0 });
  });

  it('refuses a text that is longer than it reads, and goes on', async () => {
    await expect(vectorsOf('rain '.repeat(400))).rejects.toThrow(/tokens long/);
    expect(await vectorsOf('rain')).toHaveLength(1);
  });

  it('says so when a model is named that chats', async () => {
    await expect(vectorsOf('rain', STARTER_MODEL_ID)).rejects.toThrow(/chats and makes no embeddings/);
  });
});
