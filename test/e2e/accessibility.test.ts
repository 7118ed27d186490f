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

    it(`Get models, from the door in an empty chat, has no serious accessibility finding, ${theme}`, async () => {
      const { page } = launched;
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Chat' }).click();
      await page.getByRole('button', { name: 'New chat' }).first().click();
      await page.getByRole('button', { name: /^Get a bigger model/ }).click();
      await page.getByRole('tab', { name: 'Get models', selected: true }).waitFor();
      await page.getByRole('heading', { name: 'Models to choose from' }).waitFor();
      await launched.picture(`get-models-${theme}`);
      expect(await seriousFindings(page)).toEqual([]);
    });

    it(`Providers have no serious accessibility finding, ${theme}`, async () => {
      const { page } = launched;
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click();
      await page.getByRole('tab', { name: 'Providers' }).click();
      await page.getByRole('button', { name: /^Add/ }).first().waitFor();
      await launched.picture(`providers-${theme}`);
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('tab', { name: 'This machine' }).click();
    });
  }
});
