import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildApp } from './build.ts';
import { followToTheEnd, launchElectron, prepareRuntime, repositoryRoot } from './runtime/launch.ts';
import { hasDisplay, startHiddenDisplay } from './system/display.ts';

// npm start: whatever is missing is fetched or built first; when all is there this takes a second.
try {
  await start(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function start(appArguments: string[]): Promise<void> {
  const [prepared, outcome] = await Promise.all([prepareRuntime(), buildApp()]);
  if (outcome.built.length > 0) console.log(`Built: ${outcome.built.join(', ')}.`);
  if (prepared.switches.includes('--no-sandbox')) console.log('Running as root, so Chromium starts with --no-sandbox.');
  const env: Record<string, string> = {};
  let stopDisplay = (): void => undefined;
  if (!hasDisplay()) {
    const display = await startHiddenDisplay();
    stopDisplay = display.stop;
    env['DISPLAY'] = display.name;
    const picture = process.env['SWITCHYARD_SCREENSHOT'] ?? join(repositoryRoot, 'test-results', 'start.png');
    mkdirSync(dirname(picture), { recursive: true });
    env['SWITCHYARD_SCREENSHOT'] = picture;
    console.log(
      `No display here: the window opens on a hidden one (${display.name}), and its picture goes to ` +
        `${relative(process.cwd(), picture)} once it is ready.`,
    );
  }
  followToTheEnd(launchElectron(prepared, appArguments, env), stopDisplay);
}
