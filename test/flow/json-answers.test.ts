import { describe, expect, it } from 'vitest';
import type { AnswerScript } from '../support/providers/script.ts';
import { routedApi } from '../support/routed-api.ts';

const messages = [{ role: 'user' as const, content: 'Which city?' }];
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const asked = {
  model: 'far/big',
  messages,
  stream: true as const,
  response_format: { type: 'json_schema' as const, json_schema: { name: 'place', schema } },
};
const inPieces = (text: string): AnswerScript => ({
  steps: (text.match(/[^]{1,4}/gu) ?? []).map((text) => ({ text })),
});

async function stream(set: Awaited<ReturnType<typeof routedApi>>) {
  const { data, response } = await set.openai.chat.completions.create(asked).withResponse();
  const pieces: string[] = [];
  let finish: string | null = null;
  for await (const { choices } of data) {
    const piece = choices[0]?.delta.content ?? '';
    if (piece !== '') pieces.push(piece);
    finish = choices[0]?.finish_reason ?? finish;
  }
  const trace = await set.traceOf(response.headers.get('x-switchyard-trace-id'));
  const attempts = trace.spans.filter(({ kind }) => kind === 'attempt').map(({ attributes }) => attributes);
  return { pieces, text: pieces.join(''), finish, trace, attempts };
}

describe('a streamed answer that was asked to be JSON', () => {
  it.each(['openai', 'anthropic', 'google'] as const)(
    'comes without the fence and the words that a model of the %s wire puts around it, as it is written',
    async (wire) => {
      const text = 'Sure! Here is the place:\n\n```json\n{\n  "city": "Rome [Lazio]"\n}\n```\nAnything else?';
      const { text: heard, pieces, attempts, trace } = await stream(await routedApi(wire, inPieces(text)));
      expect(heard).toBe('{\n  "city": "Rome [Lazio]"\n}');
      expect(pieces.length).toBeGreaterThan(0);
      expect(attempts).toMatchObject([{ action: 'answered', repaired: true }]);
      expect(trace.status).toBe('ok');
    },
  );

  it('is left as it is when it is JSON alone', async () => {
    const { text, attempts } = await stream(await routedApi('openai', inPieces('{ "city": "Rome" }\n')));
    expect(text.trim()).toBe('{ "city": "Rome" }');
    expect(attempts[0]?.['repaired']).toBeUndefined();
  });

  it('is found at its end where it begins in the middle of a line', async () => {
    const set = await routedApi('openai', inPieces('The place is {"city":"Rome"}.'));
    expect((await stream(set)).text).toBe('{"city":"Rome"}');
  });

  it('is found there too when a reader saw the model think', async () => {
    const set = await routedApi('openai', {
      steps: [{ reasoning: 'Hm.' }, { text: 'The place is {"city":' }, { text: '"Rome"}.' }],
    });
    const { text, attempts } = await stream(set);
    expect(text).toBe('{"city":"Rome"}');
    expect(attempts).toMatchObject([{ action: 'answered', repaired: true }]);
  });

  it('is asked for again when only words came, which nobody sees', async () => {
    const set = await routedApi('openai', (_request, number) =>
      inPieces(number === 0 ? 'I would say that it is Rome.' : '{"city":"Rome"}'),
    );
    const { text, attempts } = await stream(set);
    expect(text).toBe('{"city":"Rome"}');
    expect(attempts.map(({ action }) => action)).toEqual(['retried', 'answered']);
  });

  it('shows its words when they reached their limit: nobody would do better', async () => {
    const set = await routedApi('openai', { ...inPieces('I would say that'), finish: 'length' });
    expect(await stream(set)).toMatchObject({ text: 'I would say that', finish: 'length' });
  });

  it('that holds two values is told to be wrong after the first', async () => {
    const set = await routedApi('openai', inPieces('{"city":"Rome"}\n{"city":"Oslo"}'));
    await expect(stream(set)).rejects.toThrow(/JSON/u);
  });
});
