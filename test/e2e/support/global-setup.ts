import type { TestProject } from 'vitest/node';
import { buildApp } from '../../../scripts/build.ts';
import { prepareRuntime } from '../../../scripts/runtime/launch.ts';
import { hasDisplay, startHiddenDisplay } from '../../../scripts/system/display.ts';

export interface Stage {
  executablePath: string;
  switches: string[];
  env: Record<string, string>;
}

declare module 'vitest' {
  interface ProvidedContext {
    stage: Stage;
  }
}

/** Everything a real window needs, once for all end-to-end tests; on Linux a hidden display that is theirs alone. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const [prepared] = await Promise.all([prepareRuntime(), buildApp()]);
  const keepsOwn = process.platform !== 'linux' || (process.env['SWITCHYARD_SHOW_TESTS'] === '1' && hasDisplay());
  const display = keepsOwn ? undefined : await startHiddenDisplay('1600x1000');
  project.provide('stage', {
    executablePath: prepared.runtime.executablePath,
    switches: prepared.switches,
    env: { ...prepared.env, ...(display ? { DISPLAY: display.name, WAYLAND_DISPLAY: '' } : {}) },
  });
  return () => display?.stop();
}
