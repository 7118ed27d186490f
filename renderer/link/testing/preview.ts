/** The window in an ordinary browser, on a core made of sample data: for looking at, not for measuring. */
import type { FakeStream } from './fake-core.ts';
import { createFakeCore } from './fake-core.ts';
import { createSampleCore } from './sample.ts';

const sample = createSampleCore();
const core = createFakeCore(sample.handlers, (stream) => {
  sample.live(stream as FakeStream<'turn.live'>);
});
sample.onTopics((topics) => core.signal('topics', { topics }));
window.switchyardEarly = [core.port];
Object.assign(window, { previewCore: core });
