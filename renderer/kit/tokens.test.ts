import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const css = ts.sys.readFile(decodeURIComponent(new URL('./tokens.css', import.meta.url).pathname)) ?? '';

type Tokens = Record<string, string>;

const blockAfter = (selector: string): Tokens => {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
};

const THEMES: Record<string, Tokens> = {
  light: blockAfter(':root'),
  dark: blockAfter(":root[data-theme='dark']"),
};

/** Relative luminance and contrast ratio: WCAG 2.2. */
const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
};
const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
};

const GROUNDS = ['app', 'surface', 'raised', 'sunken', 'hover', 'selected'];
const MEANINGS = ['local', 'cloud', 'cached', 'degraded', 'failed', 'held'];

describe.each(Object.entries(THEMES))('colours of the %s theme', (_name, tokens) => {
  const at = (token: string): string => tokens[token] ?? '#ff00ff';

  it('write body text with a contrast of 7 on every ground', () => {
    for (const ground of GROUNDS) {
      expect(contrast(at('ink'), at(ground)), `ink on ${ground}`).toBeGreaterThanOrEqual(7);
    }
    for (const ground of ['app', 'surface', 'raised', 'sunken']) {
      expect(contrast(at('ink-2'), at(ground)), `ink-2 on ${ground}`).toBeGreaterThanOrEqual(7);
    }
  });

  it('write small print with a contrast of 4.5 on every ground', () => {
    for (const ground of GROUNDS) {
      expect(contrast(at('ink-3'), at(ground)), `ink-3 on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(at('on-accent'), at('accent'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(MEANINGS)('write and draw %s so that it can be read', (meaning) => {
    for (const ground of [`${meaning}-soft`, ...GROUNDS]) {
      expect(contrast(at(`${meaning}-ink`), at(ground)), `${meaning}-ink on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const ground of ['app', 'surface', 'raised']) {
      expect(contrast(at(meaning), at(ground)), `${meaning} on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });

  it('outline fields and focus with a contrast of 3', () => {
    for (const ground of ['app', 'surface', 'raised']) {
      expect(contrast(at('line-strong'), at(ground)), `line-strong on ${ground}`).toBeGreaterThanOrEqual(3);
      expect(contrast(at('focus'), at(ground)), `focus on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });
});

it('draws the dark theme the same when the system asks for it', () => {
  expect(blockAfter(":root:not([data-theme='light'])")).toEqual(THEMES['dark']);
});
