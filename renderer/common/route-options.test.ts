import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { routeWords as text } from './route-words.ts';
import { routeOptions } from './route-options.ts';

const here = localEntry('local/small', { name: 'Small' });
const big = cloudEntry('acme/big', { name: 'Big' });
const eye = cloudEntry('acme/eye', { name: 'Eye', state: 'no-key', problem: 'Acme has no key here.' });
const own = cloudEntry('rack/own', { name: 'Own', trustedForPrivate: true, price: null });
const names = new Map([['acme', 'Acme']]);
const options = (route: string, isPrivate: boolean) =>
  routeOptions([eye, big, own, here], names, route, isPrivate, text.t);

describe('the choices of a route', () => {
  it('are Automatic, Local only, this machine, then each provider with who cannot answer last', () => {
    expect(options('auto', false).map(({ label, group }) => [label, group])).toEqual([
      ['Automatic', undefined],
      ['Local only', undefined],
      ['Small', 'This machine'],
      ['Big', 'Acme'],
      ['Eye', 'Acme'],
      ['Own', 'rack'],
    ]);
  });

  it('say the price, or why a model cannot be chosen', () => {
    const [, , , priced, noKey] = options('auto', false);
    expect(priced?.hint).toBe('$2.50 in, $10.00 out for a million tokens');
    expect(noKey).toMatchObject({ disabled: true, hint: 'Acme has no key here.' });
  });

  it('lock every model off the machine while Private is on, but one that is trusted with it', () => {
    const locked = options('auto', true);
    expect(locked.filter(({ disabled }) => disabled).map(({ label }) => label)).toEqual(['Eye', 'Big']);
    expect(locked.find(({ label }) => label === 'Big')?.hint).toContain('Private');
  });

  it('keep a choice whose model is gone, and say so', () => {
    expect(options('acme/gone', false).at(-1)).toMatchObject({ value: 'acme/gone', group: 'Not listed any more' });
  });

  it('leave out what only makes embeddings', () => {
    const none = { tools: false, jsonSchema: false, vision: false, reasoning: false, logprobs: false };
    const embedder = cloudEntry('acme/embed', { capabilities: { ...none, embeddings: true } });
    expect(routeOptions([embedder], names, 'auto', false, text.t)).toHaveLength(2);
  });
});
