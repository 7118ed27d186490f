import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './support/axe.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { weekFolder } from './support/week.ts';

const SCREENS = ['Chat', 'Traces', 'Prompts', 'Feedback', 'Models', 'Settings'] as const;

describe('with a week of use', () => {
  let launched: LaunchedApp;

  beforeAll(async () => {
    launched = await launchApp({ dataDir: weekFolder() });
  });
  afterAll(async () => {
    await launched.close();
  });

  for (const theme of ['light', 'dark'] as const) {
    for (const screen of SCREENS) {
      it(`${screen} has no serious accessibility finding, ${theme}`, async () => {
        await launched.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await launched.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: screen }).click();
        await launched.page.getByRole('main', { name: screen }).waitFor();
        await launched.page.locator('main :is(input, textarea, [role=combobox])').first().waitFor();
        await launched.page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
        await launched.picture(`${screen.toLowerCase()}-${theme}`);
        expect(await seriousFindings(launched.page)).toEqual([]);
      });
    }
  }
});
