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
      const replies = log.locator('article[data-role=assistant]');
      const place = async () =>
        Number((await replies.count()) === 0 ? 0 : await replies.last().getAttribute('aria-posinset'));
      const before = await place();
      await send(text);
      await page.waitForFunction(
        (earlier) => {
          const last = [...document.querySelectorAll('[role=log] article[data-role=assistant]')].at(-1);
          const live = ['streaming', 'queued'].includes(last?.getAttribute('data-status') ?? 'queued');
          return !live && Number(last?.getAttribute('aria-posinset')) > earlier;
        },
        before,
        { timeout: 60_000 },
      );
      await idle();
      return (await replies.last().innerText()).trim();
    },
  };
}
