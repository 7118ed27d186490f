import { expect, it } from 'vitest';
import { missingPlatformPackages, platformOf } from './platform-packages.ts';

it('finds the builds that no entry names, wherever the others are nested', () => {
  const optionalDependencies = { '@x/binding-linux-x64-gnu': '1.0.0', '@x/binding-win32-x64-msvc': '1.0.0' };
  const lockfile = {
    packages: {
      '': {},
      'node_modules/a/node_modules/x': { dev: true, optionalDependencies },
      'node_modules/a/node_modules/@x/binding-linux-x64-gnu': { version: '1.0.0' },
    },
  };
  expect(missingPlatformPackages(lockfile)).toEqual({
    'node_modules/@x/binding-win32-x64-msvc': {
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['win32'],
      cpu: ['x64'],
    },
  });
});

it.each([
  ['@node-llama-cpp/mac-arm64-metal', { os: ['darwin'], cpu: ['arm64'] }],
  ['@oxc-parser/binding-linux-arm-musleabihf', { os: ['linux'], cpu: ['arm'], libc: ['musl'] }],
  ['@node-llama-cpp/linux-riscv64', { os: ['linux'], cpu: ['riscv64'], libc: ['glibc'] }],
  ['@tailwindcss/oxide-wasm32-wasi', { cpu: ['wasm32'] }],
])('reads the platform of %s', (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});
