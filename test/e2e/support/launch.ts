import { inject } from 'vitest';
import { openScriptedApp, type Script } from '../../support/scripted-app.ts';
import { stageOfLane, type Stage } from '../../support/stage.ts';
import { openApp, type LaunchedApp, type LaunchOptions } from '../../support/electron-app.ts';

export type { LaunchedApp } from '../../support/electron-app.ts';

/** Electron, its settings and the display of this worker's lane. */
export const laneStage = (): Stage => stageOfLane(inject('stage'), Number(process.env['VITEST_POOL_ID'] ?? 1));

/** The app on the stage that `global-setup.ts` prepared. */
export const launchApp = (options: LaunchOptions = {}): Promise<LaunchedApp> => openApp(laneStage(), options);

/** The same with an engine process that follows a script. */
export const launchScripted = (script: Script, options: LaunchOptions = {}): Promise<LaunchedApp> =>
  openScriptedApp(laneStage(), script, options);
