import { describe, expect, it } from 'vitest';
import { defaultDataDir } from './folders.ts';

const at = (platform: NodeJS.Platform, env: Record<string, string>) =>
  defaultDataDir({ platform, env, home: '/home/ada' }).replaceAll('\\', '/');

describe('the default data folder', () => {
  it.each([
    ['linux', {}, '/home/ada/.config/Switchyard'],
    ['linux', { XDG_CONFIG_HOME: '/conf' }, '/conf/Switchyard'],
    ['linux', { XDG_CONFIG_HOME: '' }, '/home/ada/.config/Switchyard'],
    ['darwin', {}, '/home/ada/Library/Application Support/Switchyard'],
    ['win32', { APPDATA: 'C:/Roaming' }, 'C:/Roaming/Switchyard'],
  ] as const)('is the app’s on %s with %j', (platform, env, expected) => {
    expect(at(platform, env)).toBe(expected);
  });
});
