import { expect, it } from 'vitest';
import { did } from './answer.ts';
import { createSources } from './sources.ts';

it('the last word about a file that nobody has names who was asked last', () => {
  const sources = createSources(['https://one.example/m.gguf', 'https://two.example/m.gguf'], {
    random: () => 0,
    timings: { backoffMs: 1, backoffMostMs: 1 },
  });
  const setback = { code: 'not_found', hope: 'source', says: did('model.source.missing', { status: 404 }) } as const;
  const askAll = (): void => {
    for (let tries = 0; tries < 20; tries++) sources.failed(sources.pick(), setback, false, 50);
  };
  expect(askAll).toThrow(/^(?:one|two)\.example does not have it \(status 404\)\.$/u);
});
