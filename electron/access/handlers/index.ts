import type { Handlers, Services } from '../services.ts';
import { apiHandlers } from './api.ts';
import { appHandlers } from './app.ts';
import { benchHandlers } from './bench.ts';
import { chatHandlers } from './chat.ts';
import { feedbackHandlers } from './feedback.ts';
import { libraryHandlers } from './library.ts';
import { modelHandlers } from './model.ts';
import { policyHandlers } from './policy.ts';
import { promptHandlers } from './prompt.ts';
import { providerHandlers } from './provider.ts';
import { replayHandlers } from './replay.ts';
import { settingsHandlers } from './settings.ts';
import { spendingHandlers } from './spending.ts';
import { traceHandlers } from './trace.ts';
import { turnHandlers } from './turn.ts';

export { turnStreams } from './turn.ts';

/** One handler for every call of the contract. */
export const createHandlers = (services: Services): Handlers => ({
  ...appHandlers(services),
  ...chatHandlers(services),
  ...turnHandlers(services),
  ...traceHandlers(services),
  ...replayHandlers(services),
  ...promptHandlers(services),
  ...feedbackHandlers(services),
  ...modelHandlers(services),
  ...benchHandlers(services),
  ...libraryHandlers(services),
  ...providerHandlers(services),
  ...settingsHandlers(services),
  ...policyHandlers(services),
  ...apiHandlers(services),
  ...spendingHandlers(services),
});
