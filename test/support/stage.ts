import { buildApp } from '../../scripts/build.ts';
import { prepareRuntime } from '../../scripts/runtime/launch.ts';
import { buildScriptedHost } from './scripted-app.ts';
import { hasDisplay, startHiddenDisplay } from '../../scripts/system/display.ts';

/** What a real window needs to open. */
export interface Stage {
  executablePath: string;
  switches: string[];
  env: Record<string, string>;
  /** X display of each lane that runs at the same time: windows on one would take the focus from each other. Empty: the person's own. */
  displays: string[];
}

/** Runtime, build and, on Linux, hidden displays of our own; `SWITCHYARD_SHOW_TESTS=1` shows the windows instead. */
export async function prepareStage(lanes = 1): Promise<{ stage: Stage; stop: () => void }> {
  const keepsOwn = process.platform !== 'linux' || (process.env['SWITCHYARD_SHOW_TESTS'] === '1' && hasDisplay());
  const wanted = Array.from({ length: keepsOwn ? 0 : lanes });
  const [prepared, displays] = await Promise.all([
    prepareRuntime(),
    Promise.all(wanted.map(() => startHiddenDisplay('1600x1000'))),
    buildApp(),
    buildScriptedHost(),
  ]);
  const first = displays[0];
  return {
    stage: {
      executablePath: prepared.runtime.executablePath,
      switches: prepared.switches,
      env: { ...prepared.env, ...(first ? { DISPLAY: first.name, WAYLAND_DISPLAY: '' } : {}) },
      displays: displays.map(({ name }) => name),
    },
    stop: () => displays.forEach((display) => display.stop()),
  };
}

/** The stage as one lane sees it; lanes count from 1. */
export function stageOfLane(stage: Stage, lane: number): Stage {
  const display = stage.displays[(lane - 1) % Math.max(1, stage.displays.length)];
  return display === undefined ? stage : { ...stage, env: { ...stage.env, DISPLAY: display } };
}
