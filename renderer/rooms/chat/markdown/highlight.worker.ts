import { createHighlighterCore } from 'shiki/core';
import type { HighlighterCore, LanguageInput } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { isHighlightRequest } from './highlight-wire.ts';
import type { ColourRun, HighlightAnswer } from './highlight-wire.ts';

/** Grammars by every name people write after a fence. Each is a file of its own, read when first met. */
const GRAMMARS: Record<string, () => Promise<LanguageInput>> = {
  bash: () => import('shiki/langs/bash.mjs').then((m) => m.default),
  c: () => import('shiki/langs/c.mjs').then((m) => m.default),
  cpp: () => import('shiki/langs/cpp.mjs').then((m) => m.default),
  csharp: () => import('shiki/langs/csharp.mjs').then((m) => m.default),
  css: () => import('shiki/langs/css.mjs').then((m) => m.default),
  diff: () => import('shiki/langs/diff.mjs').then((m) => m.default),
  docker: () => import('shiki/langs/docker.mjs').then((m) => m.default),
  go: () => import('shiki/langs/go.mjs').then((m) => m.default),
  html: () => import('shiki/langs/html.mjs').then((m) => m.default),
  ini: () => import('shiki/langs/ini.mjs').then((m) => m.default),
  java: () => import('shiki/langs/java.mjs').then((m) => m.default),
  javascript: () => import('shiki/langs/javascript.mjs').then((m) => m.default),
  json: () => import('shiki/langs/json.mjs').then((m) => m.default),
  jsx: () => import('shiki/langs/jsx.mjs').then((m) => m.default),
  kotlin: () => import('shiki/langs/kotlin.mjs').then((m) => m.default),
  lua: () => import('shiki/langs/lua.mjs').then((m) => m.default),
  markdown: () => import('shiki/langs/markdown.mjs').then((m) => m.default),
  php: () => import('shiki/langs/php.mjs').then((m) => m.default),
  powershell: () => import('shiki/langs/powershell.mjs').then((m) => m.default),
  python: () => import('shiki/langs/python.mjs').then((m) => m.default),
  r: () => import('shiki/langs/r.mjs').then((m) => m.default),
  ruby: () => import('shiki/langs/ruby.mjs').then((m) => m.default),
  rust: () => import('shiki/langs/rust.mjs').then((m) => m.default),
  sql: () => import('shiki/langs/sql.mjs').then((m) => m.default),
  swift: () => import('shiki/langs/swift.mjs').then((m) => m.default),
  toml: () => import('shiki/langs/toml.mjs').then((m) => m.default),
  tsx: () => import('shiki/langs/tsx.mjs').then((m) => m.default),
  typescript: () => import('shiki/langs/typescript.mjs').then((m) => m.default),
  xml: () => import('shiki/langs/xml.mjs').then((m) => m.default),
  yaml: () => import('shiki/langs/yaml.mjs').then((m) => m.default),
};

const ALIASES: Record<string, string> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cc: 'cpp',
  cjs: 'javascript',
  console: 'bash',
  cs: 'csharp',
  dockerfile: 'docker',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  js: 'javascript',
  jsonc: 'json',
  kt: 'kotlin',
  md: 'markdown',
  mjs: 'javascript',
  ps1: 'powershell',
  py: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'xml',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
};

let core: Promise<HighlighterCore> | null = null;
const loaded = new Map<string, Promise<void>>();

const highlighter = (): Promise<HighlighterCore> => {
  core ??= Promise.all([
    import('shiki/themes/github-light-high-contrast.mjs'),
    import('shiki/themes/github-dark-high-contrast.mjs'),
  ]).then(([light, dark]) =>
    createHighlighterCore({
      themes: [light.default, dark.default],
      langs: [],
      engine: createJavaScriptRegexEngine({ forgiving: true }),
    }),
  );
  return core;
};

async function colour(code: string, name: string): Promise<ColourRun[][] | null> {
  const language = ALIASES[name] ?? name;
  const grammar = Object.hasOwn(GRAMMARS, language) ? GRAMMARS[language] : undefined;
  if (grammar === undefined) return null;
  const shiki = await highlighter();
  const loading = loaded.get(language) ?? grammar().then((found) => shiki.loadLanguage(found));
  loaded.set(language, loading);
  await loading;
  const { tokens } = shiki.codeToTokens(code, {
    lang: language,
    themes: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    defaultColor: false,
    tokenizeMaxLineLength: 2_000,
    tokenizeTimeLimit: 5_000,
  });
  return tokens.map((line) => {
    const runs: ColourRun[] = [];
    for (const token of line) {
      const style = token.htmlStyle;
      const light = typeof style === 'object' ? (style['--shiki-light'] ?? '') : '';
      const dark = typeof style === 'object' ? (style['--shiki-dark'] ?? '') : '';
      const last = runs.at(-1);
      // One element for neighbours that look alike keeps the page small.
      if (last !== undefined && ((last.light === light && last.dark === dark) || token.content.trim() === '')) {
        runs[runs.length - 1] = { ...last, text: last.text + token.content };
      } else runs.push({ text: token.content, light, dark });
    }
    return runs;
  });
}

addEventListener('message', (event: MessageEvent<unknown>) => {
  if (!isHighlightRequest(event.data)) return;
  const { id, code, language } = event.data;
  const answer = (lines: ColourRun[][] | null): void => {
    const message: HighlightAnswer = { id, lines };
    (self as unknown as { postMessage(message: unknown): void }).postMessage(message);
  };
  colour(code, language).then(answer, () => answer(null));
});
