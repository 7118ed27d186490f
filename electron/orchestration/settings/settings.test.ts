import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { createAnnounce } from '../announce.ts';
import { parseConfig } from './config-file.ts';
import { createSettings } from './settings.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-settings-'));
  path = join(folder, 'config.yaml');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const open = () => createSettings({ path, announce: createAnnounce(() => undefined), log: silentLog, watch: false });

describe('the settings file', () => {
  it('has a default for everything, so that no file is needed', () => {
    const { config, problem } = open().state();
    expect(config).toMatchObject({ policy: 'local-first', appearance: { theme: 'system' }, api: { enabled: false } });
    expect(problem).toBeNull();
    expect(existsSync(path)).toBe(false);
  });

  it('keeps comments, order and what it does not touch when it saves', () => {
    writeFileSync(path, '# mine\npolicy: offline # no cloud\nappearance:\n  # easier on the eyes\n  theme: dark\n');
    const settings = open();
    const { config } = settings.state();
    settings.save({ ...config, appearance: { ...config.appearance, theme: 'light', fontSize: 18 } });
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('# mine');
    expect(text).toContain('policy: offline # no cloud');
    expect(text).toContain('# easier on the eyes');
    expect(text).toContain('theme: light');
    expect(text).toContain('fontSize: 18');
    expect(text).not.toContain('sendOnEnter');
    expect(open().config().appearance).toMatchObject({ theme: 'light', fontSize: 18 });
  });

  it('is never written so that it could not be read again: what breaks its form is refused', () => {
    const settings = open();
    const { config } = settings.state();
    const provider = {
      kind: 'openai' as const,
      enabled: true,
      trustedForPrivate: false,
      concurrency: 0,
      usdPerDay: null,
      models: [],
    };
    const many = Array.from({ length: 101 }, (_, at) => ({ ...provider, id: `p${String(at)}` }));
    expect(() => settings.save({ ...config, providers: many })).toThrow(/“providers” may have 100 entries at most/u);
    expect([settings.config().providers, existsSync(path)]).toEqual([[], false]);
    settings.save({ ...config, providers: many.slice(1) });
    expect(open().config().providers).toHaveLength(100);
  });

  const PROVIDERS = [
    'providers:',
    '  # the box under the desk',
    '  - id: acme # ours',
    '    kind: openai-compatible',
    '    baseUrl: http://127.0.0.1:9001/v1',
    '    models:',
    '      - id: big # slow',
    '      - id: small',
    '  - id: oai # paid by the team',
    '    kind: openai',
    '    apiKey: { env: OPENAI_API_KEY }',
    '',
  ].join('\n');

  it('edits a list item by item, comments of the others kept', () => {
    writeFileSync(path, PROVIDERS);
    const settings = open();
    const config = settings.config();
    const [acme, oai] = config.providers;
    if (!acme || !oai) throw new Error('the file was not read');
    const models = acme.models.map((model) => (model.id === 'big' ? { ...model, quality: 0.9 } : model));
    const added = { ...oai, id: 'other', apiKey: { keychain: 'other' } };
    settings.save({ ...config, providers: [{ ...acme, models }, { ...oai, apiKey: { keychain: 'oai' } }, added] });
    const text = readFileSync(path, 'utf8');
    for (const comment of ['# the box under the desk', '# ours', '# slow', '# paid by the team'])
      expect(text).toContain(comment);
    expect(text).not.toContain('OPENAI_API_KEY');
    expect(text).not.toContain('trustedForPrivate');
    expect(open().config().providers).toEqual(settings.config().providers);
    settings.save({ ...settings.config(), providers: [oai] });
    const left = readFileSync(path, 'utf8');
    expect(left).not.toContain('acme');
    expect(left).toContain('# paid by the team');
    expect(open().config().providers).toEqual([oai]);
    settings.save({ ...settings.config(), providers: [] });
    expect(open().config().providers).toEqual([]);
  });

  it('says the line of what is wrong inside a list, and that a key does not belong in the file', () => {
    const wrong = (from: string, to: string) => {
      const parsed = parseConfig(PROVIDERS.replace(from, to));
      return parsed.ok ? null : parsed.problem;
    };
    expect(wrong('kind: openai\n', 'kind: opnai\n')).toMatch(/^Line 10: /);
    expect(wrong('- id: small', '- id: small\n        colour: red')).toMatch(/^Line 9: .*is not a setting/);
    const literal = wrong('{ env: OPENAI_API_KEY }', 'sk-CANARY-0123456789');
    expect(literal).toMatch(/^Line 11: .*a key itself does not belong in this file/);
    expect(literal).not.toContain('CANARY');
    expect(wrong('    baseUrl: http://127.0.0.1:9001/v1\n', '')).toMatch(/^Line 3: .*needs its address/);
  });

  it('takes an edit by hand up when it is read again', () => {
    const settings = open();
    writeFileSync(path, 'policy: cheapest\n');
    expect(settings.reload().config.policy).toBe('cheapest');
  });

  it('keeps the last good settings in force while the file is wrong, also after a restart', () => {
    writeFileSync(path, 'policy: cheapest\n');
    const settings = open();
    writeFileSync(path, 'policy: [cheapest\n');
    expect(settings.reload()).toMatchObject({
      config: { policy: 'cheapest' },
      problem: expect.stringMatching(/^Line 1, column 9: /),
    });
    expect(open().state().config.policy).toBe('cheapest');
  });

  it('keeps what a person wrote in a wrong file when Settings saves over it', () => {
    writeFileSync(path, 'policy: [cheapest # my note\n');
    const settings = open();
    settings.save({ ...settings.config(), policy: 'offline' });
    expect(readFileSync(`${path}.invalid`, 'utf8')).toContain('# my note');
    expect(open().state()).toMatchObject({ config: { policy: 'offline' }, problem: null });
  });

  it('tells those who listen', () => {
    const settings = open();
    const heard: string[] = [];
    settings.onChange(({ policy }) => heard.push(policy));
    settings.save({ ...settings.config(), policy: 'offline' });
    writeFileSync(path, 'policy: cheapest\n');
    settings.reload();
    expect(heard).toEqual(['offline', 'cheapest']);
  });
});

describe('a wrong settings file', () => {
  const problemOf = (text: string) => {
    const parsed = parseConfig(text);
    return parsed.ok ? null : parsed.problem;
  };

  it('is told with the line of an unknown setting', () => {
    expect(problemOf('policy: offline\nappearance:\n  theme: dark\n  colour: red\n')).toBe(
      'Line 4: “appearance.colour” is not a setting.',
    );
  });

  it('is told with the line of a value that may not be', () => {
    expect(problemOf('# head\n\nappearance:\n  fontSize: 99\n')).toBe(
      'Line 4: “appearance.fontSize” must be 24 or less.',
    );
  });

  it('is told with the line where it stops being YAML', () => {
    expect(problemOf('policy: offline\nappearance: {theme: dark\n')).toBe(
      'Line 2, column 13: The bracket or quotation mark that opens here is not closed.',
    );
  });

  it('is told when a setting stands twice', () => {
    expect(problemOf('policy: offline\npolicy: cheapest\n')).toMatch(/^Line 2, column 1: /);
  });

  it('is told, and not thrown, when it names a part that is nowhere', () => {
    expect(problemOf('policy: offline\nappearance: *mine\n')).toMatch(/^Line 2, column 13: .*none of this name/);
  });

  it('is told when the whole file is something else', () => {
    expect(problemOf('just words')).toMatch(/^Line 1: /);
  });
});
