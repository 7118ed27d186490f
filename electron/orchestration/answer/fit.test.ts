import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../../model/model.ts';
import { fitMessages, mergeSameRole, tokensFromKnown } from './fit.ts';

const words = (messages: readonly ModelMessage[]) =>
  Promise.resolve(messages.reduce((sum, { text }) => sum + text.split(' ').length + 4, 0));
const talk = (count: number, size = 20): ModelMessage[] =>
  Array.from({ length: count }, (_, i) => ({
    role: i % 2 === 0 ? ('user' as const) : ('assistant' as const),
    text: Array.from({ length: size }, () => 'word').join(' '),
  }));

describe('fitting a conversation into a context', () => {
  it('sends everything when it fits, without counting', async () => {
    const fitted = await fitMessages(talk(3, 2), 500, 0, () => Promise.reject(new Error('not needed')));
    expect(fitted).toMatchObject({ dropped: 0 });
  });

  it('leaves out the oldest and keeps the system prompt and the last message', async () => {
    const messages: ModelMessage[] = [{ role: 'system', text: 'be kind' }, ...talk(21)];
    const fitted = await fitMessages(messages, 200, 0, words);
    expect(fitted?.messages[0]).toEqual(messages[0]);
    expect(fitted?.messages.at(-1)).toBe(messages.at(-1));
    expect(fitted?.dropped).toBeGreaterThan(0);
    expect(fitted?.messages[1]?.role).toBe('user');
  });

  it('begins where the last turn began as long as that fits, so that computed state stays of use', async () => {
    const fitted = await fitMessages(talk(21), 200, 15, words);
    expect(fitted?.firstKept).toBe(15);
  });

  it('keeps a question with the calls and results that follow it', async () => {
    const call = { id: 'c', name: 'weather', argumentsText: '{}' };
    const messages: ModelMessage[] = [
      ...talk(20),
      { role: 'user', text: 'how is the weather' },
      { role: 'assistant', text: '', toolCalls: [call] },
      { role: 'tool', text: 'rain', toolCallId: 'c' },
    ];
    const fitted = await fitMessages(messages, 120, 0, words);
    expect(fitted?.messages.slice(-3)).toEqual(messages.slice(-3));
    expect(fitted?.messages[0]?.role).toBe('user');
  });

  it('says that one message alone is too long', async () => {
    expect(await fitMessages(talk(1, 400), 100, 0, words)).toBeNull();
  });

  it('works from a guess when nobody can count', async () => {
    const fitted = await fitMessages(talk(41), 300, 0, () => Promise.resolve(null));
    expect(fitted?.dropped).toBeGreaterThan(0);
  });

  it('does not take what a server adds to a greeting for the way its model counts', async () => {
    const messages: ModelMessage[] = [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hello.' },
      { role: 'user', text: 'lorem '.repeat(3500) },
    ];
    const known = { messages: messages.slice(0, 1), tokensIn: 75, reply: 'Hello.', tokensOut: 3 };
    const nobody = () => Promise.resolve(null);
    expect(await fitMessages(messages, 7168, 0, nobody, known)).toMatchObject({ dropped: 0 });
    // What the server adds is there all the same.
    expect(await fitMessages(messages, 5280, 0, nobody)).toMatchObject({ dropped: 0 });
    expect((await fitMessages(messages, 5280, 0, nobody, known))?.dropped).not.toBe(0);
  });

  it('goes by how a model counts once it has counted enough', async () => {
    const messages = talk(9, 100);
    const known = { messages: messages.slice(0, 7), tokensIn: 1750, reply: messages[7]?.text ?? '', tokensOut: 250 };
    const nobody = () => Promise.resolve(null);
    expect(await fitMessages(messages, 1500, 0, nobody)).toMatchObject({ dropped: 0 });
    expect((await fitMessages(messages, 1500, 0, nobody, known))?.dropped).toBeGreaterThan(0);
  });

  it('never answers with more than fits, whatever the sizes', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.integer({ min: 50, max: 2000 }),
        fc.integer({ min: 0, max: 30 }),
        async (all, room, hint) => {
          const messages = all.flatMap((size, i) => talk(i + 1, size).slice(-1));
          const fitted = await fitMessages(messages, room, hint, words);
          if (fitted) expect(await words(fitted.messages)).toBeLessThanOrEqual(room);
          else expect(await words(messages.slice(-1))).toBeGreaterThan(room);
        },
      ),
    );
  });
});

describe('results of tools with words beside them', () => {
  const round = (name: string, size: number): ModelMessage[] => [
    { role: 'assistant', text: '', toolCalls: [{ id: name, name: 'look', argumentsText: '{}' }] },
    { role: 'tool', text: 'word '.repeat(size).trim(), toolCallId: name },
    { role: 'user', text: `go on after ${name}` },
  ];
  const loop = [...talk(1, 400), ...round('a', 200), ...round('b', 200)];

  it('stay with them, with the call, and with what was asked before it', async () => {
    const fitted = await fitMessages(loop, 300, 0, words);
    expect(fitted?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
    expect(fitted?.messages[0]?.text).toBe('go on after a');
  });

  it('are left out where they alone are too long', async () => {
    const fitted = await fitMessages(loop, 150, 0, words);
    expect(fitted?.messages.map(({ text }) => text)).toEqual(['go on after b']);
  });

  it('are never half of what is sent where the results come last', async () => {
    expect(await fitMessages(loop.slice(0, -1), 210, 0, words)).toBeNull();
  });
});

describe('what the last turn took', () => {
  const neverCount = () => Promise.reject(new Error('not needed'));
  const before = talk(11, 40);
  const reply = 'word '.repeat(40).trim();
  const known = { messages: before, tokensIn: 484, reply, tokensOut: 40 };
  const next: ModelMessage[] = [...before, { role: 'assistant', text: reply }, { role: 'user', text: 'and then?' }];

  it('saves the count of a turn that goes on from it', async () => {
    expect(await fitMessages(next, 600, 0, neverCount, known)).toMatchObject({ dropped: 0 });
  });

  it('bounds the tokens of a turn that goes on from it by more than it takes', async () => {
    expect(tokensFromKnown(next, known)).toBeGreaterThanOrEqual(await words(next));
    expect(tokensFromKnown(next, known)).toBeLessThanOrEqual(600);
  });

  it('says nothing of another branch', () => {
    expect(tokensFromKnown([{ role: 'user', text: 'elsewhere' }, ...next.slice(1)], known)).toBe(Infinity);
  });

  it('does not take the tokens of one reply for those of another', () => {
    const other = next.with(11, { role: 'assistant', text: 'longer '.repeat(200) });
    expect(tokensFromKnown(other, known)).toBeGreaterThan(484 + 200);
  });

  it('scales the guess of a cut, so that a clear cut needs no count', async () => {
    const fitted = await fitMessages(next, 300, 0, neverCount, { ...known, tokensIn: 490 });
    expect(fitted?.dropped).toBeGreaterThan(0);
    expect(await words(fitted?.messages ?? [])).toBeLessThanOrEqual(300);
  });

  it('tries where the last turn began before it looks at what is far too long', async () => {
    const counted: number[] = [];
    const count = (messages: readonly ModelMessage[]) => {
      counted.push(messages.length);
      return words(messages);
    };
    const fitted = await fitMessages(talk(21), 200, 15, count);
    expect(fitted?.firstKept).toBe(15);
    expect(counted).toEqual([6]);
  });
});

describe('merging messages of one side', () => {
  it('joins a question that was never answered with the next one', () => {
    const merged = mergeSameRole([
      { role: 'user', text: 'a' },
      { role: 'user', text: 'b' },
      { role: 'assistant', text: 'c' },
    ]);
    expect(merged).toEqual([
      { role: 'user', text: 'a\n\nb' },
      { role: 'assistant', text: 'c' },
    ]);
  });

  it('leaves results of tools apart, each answers its own call', () => {
    const results: ModelMessage[] = [
      { role: 'tool', text: 'a', toolCallId: '1' },
      { role: 'tool', text: 'b', toolCallId: '2' },
    ];
    expect(mergeSameRole(results)).toEqual(results);
  });
});
