import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './support/axe.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { seedFolder } from './support/seed.ts';

const SCREENS = ['Chat', 'Traces', 'Prompts', 'Feedback', 'Models', 'Settings'] as const;

for (const theme of ['light', 'dark'] as const) {
  describe(`with a week of use, ${theme}`, () => {
    let launched: LaunchedApp;

    beforeAll(async () => {
      launched = await launchApp({ dataDir: seedFolder('week') });
      await launched.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    });
    afterAll(async () => {
      await launched.close();
    });

    for (const screen of SCREENS) {
      it(`${screen} has no serious accessibility finding`, async () => {
        await launched.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: screen }).click();
        await launched.page.getByRole('main', { name: screen }).waitFor();
        await launched.page.locator('main :is(input, textarea, [role=combobox])').first().waitFor();
        await launched.page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
        await launched.picture(`${screen.toLowerCase()}-${theme}`);
        expect(await seriousFindings(launched.page)).toEqual([]);
      });
    }
  });
}
