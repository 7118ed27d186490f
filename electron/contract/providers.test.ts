import { describe, expect, it } from 'vitest';
import { config } from './config.ts';
import { issueWords } from './issue-words.ts';
import { keyRef, providerConfig } from './providers.ts';

const at = (baseUrl: string, more: object = {}) =>
  providerConfig.safeParse({ id: 'acme', kind: 'openai-compatible', baseUrl, ...more });
const wrong = (result: ReturnType<typeof at>): string[] => result.error?.issues.map((issue) => issueWords(issue)) ?? [];

describe('the address of a provider', () => {
  it.each([
    ['https://a.test/api/v1/chat/completions', 'https://a.test/api/v1'],
    [' https://a.test/v1/chat/completions/ ', 'https://a.test/v1'],
    ['https://a.test/openai/deployments/x/chat/completions', 'https://a.test/openai/deployments/x'],
    ['https://a.test/v1/messages', 'https://a.test/v1'],
    ['https://a.test/v1/embeddings', 'https://a.test/v1'],
  ])('may be pasted with the path of a call: %s', (pasted, kept) => {
    expect(at(pasted).data?.baseUrl).toBe(kept);
  });

  it.each(['https://a.test/v1', 'https://a.test/models', 'https://a.test/messages/v1', 'http://[::1]:8080/v1'])(
    'stays as it is where its path is no call: %s',
    (address) => {
      expect(at(address).data?.baseUrl).toBe(address);
    },
  );

  it.each([
    'https://me:sk-canary@a.test/v1',
    'https://sk-canary@a.test/v1',
    'https://a.test/v1?api_key=sk-canary',
    'https://a.test/v1#sk-canary',
  ])('holds no secret: %s is refused, without repeating it', (address) => {
    const said = wrong(at(address));
    expect(said).toEqual([expect.stringMatching(/^must be the address alone/u)]);
    expect(said.join()).not.toContain('canary');
  });
});

describe('addresses of the hub, its mirrors and a collector', () => {
  it.each([
    { hub: { url: 'https://me:sk-canary@hub.test' } },
    { hub: { mirrors: ['https://sk-canary@mirror.test'] } },
    { export: { endpoint: 'https://collector.test/v1/traces?key=sk-canary' } },
  ])('hold no secret either: %j is refused', (settings) => {
    const issues = config.safeParse(settings).error?.issues ?? [];
    expect(issues.map((issue) => issueWords(issue))).toEqual([expect.stringMatching(/^must be the address alone/u)]);
  });
});

describe('where a key is kept', () => {
  it.each([
    { env: 'sk-proj-x' },
    { env: 'gsk_AbCdEf0123456789' },
    { env: '' },
    { keychain: 'sk-proj-AbCdEf0123456789xyz' },
    { keychain: 'sk-0123456789abcdef0123456789abcdef' },
  ])('is a name and no key: %o is refused', (ref) => {
    const result = at('http://127.0.0.1:1/v1', { apiKey: ref });
    expect(wrong(result)).toEqual([expect.stringMatching(/a key itself does not belong in this file$/u)]);
  });

  it.each([{ env: 'OPENAI_API_KEY_2' }, { env: 'key' }, { keychain: 'My-Long-Provider-Name-2025' }])(
    '%o is such a name',
    (ref) => {
      expect(keyRef.parse(ref)).toEqual(ref);
    },
  );
});

describe('headers sent to a provider besides its own', () => {
  const headers = (given: object) => wrong(at('http://127.0.0.1:1/v1', { headers: given }));

  it.each(['blue', 'sk-canary', 7, ['TEAM']])(
    'are no values themselves: %j is told how to name a variable',
    (value) => {
      expect(headers({ 'x-team': value })).toEqual([expect.stringMatching(/^must name the environment variable/u)]);
    },
  );

  it('have a name each, in any case of letters', () => {
    expect(headers({ 'X-Team': { env: 'A' }, 'x-team': { env: 'B' } })).toEqual(['has the same name twice']);
  });
});

describe('the models of a provider', () => {
  it('have an id each, without spaces around it', () => {
    const models = (...ids: string[]) => at('http://127.0.0.1:1/v1', { models: ids.map((id) => ({ id })) });
    expect(models(' a ').data?.models[0]?.id).toBe('a');
    expect(wrong(models('a', ' a'))).toEqual(['has the same id twice']);
  });
});
