import { describe, expect, it } from 'vitest';
import { providerConfig } from '../../electron/contract/providers.ts';
import { freeId, idProblem, nameOf, PRESETS, urlProblem } from './presets.ts';

describe('a new provider', () => {
  it('begins with an id that nobody has', () => {
    expect(freeId('acme', ['acme', 'acme-2'])).toBe('acme-3');
  });
  it.each([
    ['LM Studio', 'lm-studio'],
    ['  Zürich & Co. ', 'zurich-co'],
    ['本地服务器', 'server'],
    ['Local', 'server'],
    ['x'.repeat(200), 'x'.repeat(60)],
  ])('has an id made of the name “%s”', (name, id) => {
    expect(freeId(name, [])).toBe(id);
    expect(idProblem(id, [])).toBeNull();
  });
  it('is called by its own name, that of its kind, or its id', () => {
    const named = (config: object) => nameOf(providerConfig.parse({ id: 'mine', kind: 'openai', ...config }));
    expect(named({ name: 'Work' })).toBe('Work');
    expect(named({})).toBe('OpenAI');
    expect(named({ baseUrl: 'https://proxy.example/v1' })).toBe('mine');
  });
  it.each([
    ['', 'idMissing'],
    ['Acme', 'idWrong'],
    ['local', 'idWrong'],
    ['acme', 'idTaken'],
    ['acme-2', null],
  ])('judges the id “%s” as %s', (id, problem) => {
    expect(idProblem(id, ['acme'])).toBe(problem);
  });
  it.each([
    ['', true, 'urlMissing'],
    ['', false, null],
    ['localhost:9000', true, 'urlWrong'],
    ['http://127.0.0.1:9001/v1', true, null],
  ])('judges the address “%s” (needed: %s) as %s', (url, needed, problem) => {
    expect(urlProblem(url, needed)).toBe(problem);
  });
  it('offers presets whose ids and addresses are right', () => {
    for (const { id, baseUrl } of PRESETS) {
      expect(idProblem(id, [])).toBeNull();
      if (baseUrl) expect(urlProblem(baseUrl, true)).toBeNull();
    }
  });
});
