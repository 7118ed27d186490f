/** Entry of the engine process: an Electron utility process or a child of plain Node. Lives no longer than its parent. */
import { createEngine } from './engine.ts';
import { toHost } from './protocol.ts';
import type { FromHost } from './protocol.ts';
import { stepBack } from './step-back.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const isPort = (value: unknown): value is ParentPort =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'postMessage') === 'function';

/** Native threads may be at work: nothing is worth waiting for, and their destructors must not run under them. */
const exit = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

stepBack();
const parentPort: unknown = Reflect.get(process, 'parentPort');
const port = isPort(parentPort) ? parentPort : null;
const send = (message: FromHost): void => {
  if (port) port.postMessage(message);
  else if (process.connected) process.send?.(message);
};
const engine = createEngine({ send, exit });
const receive = (data: unknown): void => {
  const message = toHost.safeParse(data);
  if (message.success) engine.handle(message.data);
  else send({ t: 'log', level: 'error', text: 'The engine process got a message it does not know.' });
};

if (port) port.on('message', (event) => receive(event.data));
else {
  process.on('message', receive);
  process.on('disconnect', exit);
}
