import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

/** "ship" is what a person installs; "test" is the same with its inspector left on, so that a test can attach. */
export type PackageVariant = 'ship' | 'test';

export function packageOutput(variant: PackageVariant): string {
  return variant === 'ship' ? join(root, 'release') : join(root, 'release', 'test');
}

export function packagedFolder(variant: PackageVariant): string {
  return join(packageOutput(variant), 'linux-unpacked');
}

export function packagedExecutable(variant: PackageVariant): string {
  return join(packagedFolder(variant), 'switchyard');
}
