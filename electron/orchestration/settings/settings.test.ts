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
      problem: expect.stringMatching(/^Line \d+: /),
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
    expect(problemOf('# head\n\nappearance:\n  fontSize: 99\n')).toMatch(/^Line 4: “appearance\.fontSize”: /);
  });

  it('is told with the line where it stops being YAML', () => {
    expect(problemOf('policy: offline\nappearance: {theme: dark\n')).toMatch(/^Line [23]: /);
  });

  it('is told when a setting stands twice', () => {
    expect(problemOf('policy: offline\npolicy: cheapest\n')).toMatch(/^Line 2: /);
  });

  it('is told when the whole file is something else', () => {
    expect(problemOf('just words')).toMatch(/^Line 1: /);
  });
});
