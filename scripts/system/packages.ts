import { existsSync } from 'node:fs';
import { runCommand } from '../runtime/command.ts';

/** What the desktop runtime, a hidden display and a compile need from Debian, and how each is recognised. */
export type Need = 'desktop' | 'display' | 'fonts' | 'compiler';

export interface SystemPackage {
  package: string;
  isPresent: (libraries: string) => boolean;
}

const library = (soname: string) => (libraries: string) => libraries.includes(soname);
const file = (path: string) => () => existsSync(path);

export const systemPackages = {
  desktop: [
    { package: 'libgtk-3-0', isPresent: library('libgtk-3.so.0') },
    { package: 'libnss3', isPresent: library('libnss3.so') },
    { package: 'libasound2', isPresent: library('libasound.so.2') },
    { package: 'libgbm1', isPresent: library('libgbm.so.1') },
    { package: 'libxss1', isPresent: library('libXss.so.1') },
    { package: 'libatk-bridge2.0-0', isPresent: library('libatk-bridge-2.0.so.0') },
    { package: 'libdrm2', isPresent: library('libdrm.so.2') },
  ],
  display: [
    { package: 'xvfb', isPresent: file('/usr/bin/Xvfb') },
    { package: 'xauth', isPresent: file('/usr/bin/xauth') },
  ],
  fonts: [
    { package: 'fonts-dejavu-core', isPresent: file('/usr/share/fonts/truetype/dejavu') },
    { package: 'fonts-noto-color-emoji', isPresent: file('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf') },
    { package: 'fonts-noto-cjk', isPresent: file('/usr/share/fonts/opentype/noto') },
  ],
  compiler: [
    { package: 'g++', isPresent: file('/usr/bin/g++') },
    { package: 'make', isPresent: file('/usr/bin/make') },
  ],
} satisfies Record<Need, SystemPackage[]>;

/** One line a known library, from the linker's own cache. */
export async function knownLibraries(): Promise<string> {
  for (const ldconfig of ['/sbin/ldconfig', '/usr/sbin/ldconfig']) {
    if (existsSync(ldconfig)) return runCommand(ldconfig, ['-p']);
  }
  return '';
}
