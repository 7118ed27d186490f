import { inject } from 'vitest';
import { openApp, type LaunchedApp, type LaunchOptions } from '../../support/electron-app.ts';

export type { LaunchedApp } from '../../support/electron-app.ts';

/** The app on the stage that `global-setup.ts` prepared. */
export const launchApp = (options: LaunchOptions = {}): Promise<LaunchedApp> => openApp(inject('stage'), options);
