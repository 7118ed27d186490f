import { resolve } from 'node:path';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const RULES = ['no-restricted-globals', 'no-restricted-properties', '@typescript-eslint/no-restricted-imports'];

/** What the project's own settings say about this code, were it in this file; only the rules of the one door. */
async function complaints(file: string, code: string): Promise<string[]> {
  const path = resolve(import.meta.dirname, '..', '..', file);
  const config: unknown = await new ESLint().calculateConfigForFile(path);
  const all = new Map(Object.entries(Object(Reflect.get(Object(config), 'rules')) as Linter.RulesRecord));
  const rules = Object.fromEntries(RULES.flatMap((name) => (all.has(name) ? [[name, all.get(name) ?? 'off']] : [])));
  const plugins = { '@typescript-eslint': tseslint.plugin as unknown as NonNullable<Linter.Config['plugins']>[string] };
  const languageOptions = { parser: tseslint.parser as Linter.Parser, globals: { fetch: 'readonly' as const } };
  return new Linter().verify(code, [{ plugins, languageOptions, rules }]).map(({ ruleId }) => ruleId ?? 'broken');
}

describe('nothing leaves the process but through the one door', () => {
  it.each([
    ['fetch("http://example.org")', 'no-restricted-globals'],
    ['globalThis.fetch("http://example.org")', 'no-restricted-properties'],
    ['new WebSocket("ws://example.org")', 'no-restricted-globals'],
    ['import { request } from "node:https"; request("x")', '@typescript-eslint/no-restricted-imports'],
    ['import { connect } from "net"; connect(1)', '@typescript-eslint/no-restricted-imports'],
    ['import { fetch } from "undici"; fetch("x")', '@typescript-eslint/no-restricted-imports'],
    ['import { net } from "electron"; net.fetch("x")', '@typescript-eslint/no-restricted-imports'],
  ])('lint stops %s in the router, in orchestration and in the shell', async (code, rule) => {
    for (const file of ['electron/router/decide.ts', 'electron/orchestration/app/machine.ts', 'electron/shell/menu.ts'])
      expect(await complaints(file, code)).toEqual([rule]);
  });

  it('lets a fetch of the door’s own be used anywhere, under any name', async () => {
    const code = 'export const send = (door) => { const fetch = door.fetchFor({}); return fetch("x"); };';
    expect(await complaints('electron/model/providers/cloud/stream-answer.ts', code)).toEqual([]);
  });

  it('lets the door itself and the server of the local API use sockets', async () => {
    const code = 'import { createServer } from "node:http"; createServer();';
    expect(await complaints('electron/model/egress/egress.ts', code)).toEqual([]);
    expect(await complaints('electron/access/api/api.ts', code)).toEqual([]);
  });
});
