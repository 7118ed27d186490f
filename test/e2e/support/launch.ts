import { inject } from 'vitest';
import { openScriptedApp, type Script } from '../../support/scripted-app.ts';
import { openApp, type LaunchedApp, type LaunchOptions } from '../../support/electron-app.ts';

export type { LaunchedApp } from '../../support/electron-app.ts';

/** The app on the stage that `global-setup.ts` prepared. */
export const launchApp = (options: LaunchOptions = {}): Promise<LaunchedApp> => openApp(inject('stage'), options);

/** The same with an engine process that follows a script. */
export const launchScripted = (script: Script, options: LaunchOptions = {}): Promise<LaunchedApp> =>
  openScriptedApp(inject('stage'), script, options);
