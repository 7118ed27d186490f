import type { Locator, Page } from 'playwright-core';

/** What a person does in Chat, by the accessible names the product keeps stable. */
export interface ChatPage {
  readonly log: Locator;
  readonly box: Locator;
  /** Types and sends; does not wait for the answer. */
  send(text: string): Promise<void>;
  /** Sends and waits until that reply has ended; gives its text. */
  ask(text: string): Promise<string>;
  /** Number of messages shown. */
  articles(): Promise<number>;
  /** Waits until no reply is live. */
  idle(): Promise<void>;
}

export function chatPage(page: Page): ChatPage {
  const log = page.getByRole('log', { name: 'Conversation' });
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  const articles = () => log.getByRole('article').count();
  const idle = async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached', timeout: 30_000 });
  };
  const send = async (text: string) => {
    await box.fill(text);
    await box.press('Enter');
  };
  return {
    log,
    box,
    send,
    articles,
    idle,
    async ask(text) {
      const copies = log.getByRole('button', { name: 'Regenerate' });
      const before = await copies.count();
      await send(text);
      await copies.nth(before).waitFor({ timeout: 30_000 });
      await idle();
      return (await log.getByRole('article').last().innerText()).trim();
    },
  };
}
