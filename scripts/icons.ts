import { join } from 'node:path';
import { runCommand } from './runtime/command.ts';
import { prepareRuntime, repositoryRoot } from './runtime/launch.ts';
import { hasDisplay, startHiddenDisplay } from './system/display.ts';

// node scripts/icons.ts: draws the PNG icons again from resources/icons/icon.svg, with the Electron at hand.
const prepared = await prepareRuntime();
const display = hasDisplay() ? undefined : await startHiddenDisplay();
try {
  await runCommand(prepared.runtime.executablePath, [...prepared.switches, join(import.meta.dirname, 'icons')], {
    env: {
      ...process.env,
      ...(display ? { DISPLAY: display.name } : {}),
      SWITCHYARD_ICON_FOLDER: join(repositoryRoot, 'resources', 'icons'),
    },
  });
} finally {
  display?.stop();
}
