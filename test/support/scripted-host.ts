/** Entry of an engine process that follows a script: takes the place of the real one in a copy of the built app. */
import { readFileSync } from 'node:fs';
import { createScriptedEngine, type Step } from './scripted-engine.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** JSON at SCRIPT_FILE: message text -> steps of its reply. A message that is not in it is echoed. */
const script = new Map<string, Step[]>(
  Object.entries(JSON.parse(readFileSync(process.env['SCRIPT_FILE'] ?? '', 'utf8')) as Record<string, Step[]>),
);
const engine = createScriptedEngine({
  contextTokens: 1_000_000,
  script: ({ messages }) => {
    const said = messages.at(-1)?.text ?? '';
    return script.get(said) ?? [{ say: `You said: ${said}` }];
  },
});
const host = engine.spawn();
const port = Reflect.get(process, 'parentPort') as ParentPort;
host.onMessage((message) => port.postMessage(message));
host.onExit((code) => process.exit(code ?? 1));
port.on('message', ({ data }) => host.post(data));
