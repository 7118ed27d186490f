import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatPage } from './support/chat-page.ts';
import { laneStage, launchApp } from './support/launch.ts';

const canTrace = process.platform === 'linux' && spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
if (!canTrace)
  console.log('Skipped: watching every connect() needs strace and the right to trace (apt-get install strace).');

/** Address families a process may use without leaving the machine, and loopback. */
const STAYS = /sa_family=AF_(UNIX|NETLINK|UNSPEC)|inet_addr\("127\.|inet_pton\(AF_INET6, "(::1|::ffff:127\.)/;

describe.skipIf(!canTrace)('the whole offline run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-watch-'));
  const record = join(folder, 'calls.txt');
  const wrapper = join(folder, 'electron-under-watch');
  let replies: string[] = [];

  beforeAll(async () => {
    const stage = laneStage();
    const watch = `strace -f -qq --seccomp-bpf -e trace=connect,sendto,sendmsg,sendmmsg -e signal=none -o ${record}`;
    writeFileSync(wrapper, `#!/bin/sh\nexec ${watch} ${stage.executablePath} "$@"\n`);
    chmodSync(wrapper, 0o755);
    const launched = await launchApp({ executablePath: wrapper });
    const chat = chatPage(launched.page);
    replies = [await chat.ask('Hello'), await chat.ask('What is 7 times 8?')];
    for (const room of ['Traces', 'Prompts', 'Feedback', 'Models', 'Settings', 'Chat']) {
      await launched.page.getByRole('link', { name: room }).click();
    }
    await launched.close();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('was a real one: two answers came', () => {
    expect(replies).toHaveLength(2);
    expect(replies[1]).toContain('56');
  });

  it('watched the processes it should: local sockets were seen', () => {
    expect(readFileSync(record, 'utf8')).toContain('AF_UNIX');
  });

  it('opened no socket to anywhere off this machine', () => {
    const addressed = readFileSync(record, 'utf8')
      .split('\n')
      .filter((line) => line.includes('sa_family='));
    expect(addressed.filter((line) => !STAYS.test(line))).toEqual([]);
  });

  it('would notice one: the rule refuses an address of another network', () => {
    const line = '7 connect(21, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0';
    expect(STAYS.test(line)).toBe(false);
  });
});
