import { buildApp } from '../../scripts/build.ts';
import { prepareRuntime } from '../../scripts/runtime/launch.ts';
import { hasDisplay, startHiddenDisplay } from '../../scripts/system/display.ts';

/** What a real window needs to open. */
export interface Stage {
  executablePath: string;
  switches: string[];
  env: Record<string, string>;
}

/** Runtime, build and, on Linux, a hidden display of our own; `SWITCHYARD_SHOW_TESTS=1` shows the windows instead. */
export async function prepareStage(): Promise<{ stage: Stage; stop: () => void }> {
  const [prepared] = await Promise.all([prepareRuntime(), buildApp()]);
  const keepsOwn = process.platform !== 'linux' || (process.env['SWITCHYARD_SHOW_TESTS'] === '1' && hasDisplay());
  const display = keepsOwn ? undefined : await startHiddenDisplay('1600x1000');
  return {
    stage: {
      executablePath: prepared.runtime.executablePath,
      switches: prepared.switches,
      env: { ...prepared.env, ...(display ? { DISPLAY: display.name, WAYLAND_DISPLAY: '' } : {}) },
    },
    stop: () => display?.stop(),
  };
}
