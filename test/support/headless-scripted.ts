import { join } from 'node:path';
import { runProcess } from '../../electron/cli/run-process.ts';
import { createScriptedEngine } from './scripted-engine.ts';
import type { Step } from './scripted-engine.ts';

/**
 * The command line of a process of its own, with an engine that follows a script: it says "w0 w1 w2 ..." with a short wait
 * after each word when asked to "count", else echoes. Run it as `node test/support/headless-scripted.ts <verb>`.
 */
const engine = createScriptedEngine({
  script: ({ messages }) => {
    const asked = messages.at(-1)?.text ?? '';
    const words = Number(/^count (\d+)/u.exec(asked)?.[1] ?? 0);
    if (words === 0) return [{ say: `You said: ${asked}` }];
    return Array.from({ length: words }, (_, i): Step[] => [{ say: `w${i} ` }, { waitMs: 3 }]).flat();
  },
});

await runProcess(join(import.meta.dirname, '..', '..', 'electron'), engine.spawn);
