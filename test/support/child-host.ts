/** Entry of an engine process of plain Node that follows a script: a process of its own that can be killed, without a model to run. */
import { createScriptedEngine } from './scripted-engine.ts';
import type { Step } from './scripted-engine.ts';

/** A message that holds JSON in its last line is answered by the steps of that JSON; any other by “from here”. */
const stepsOf = (text: string): readonly Step[] => {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line.startsWith('[') ? (JSON.parse(line) as Step[]) : [{ say: 'from here' }];
};
const host = createScriptedEngine({
  script: ({ messages }) => stepsOf(messages.findLast(({ role }) => role === 'user')?.text ?? ''),
}).spawn();
host.onMessage((message) => process.send?.(message));
host.onExit((code) => {
  if (code === null) process.kill(process.pid, 'SIGKILL');
  else process.exit(code);
});
process.on('message', (message) => {
  host.post(message);
});
process.on('disconnect', () => process.exit(0));
