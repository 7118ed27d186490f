import { downloadsIn, openDataFolder } from './download-kit.ts';

// A process that fetches whatever its data folder wants, until nothing is wanted or it is killed. Says READY when it runs.
const dataDir = process.argv[2] ?? '';
const store = openDataFolder(dataDir);
const { downloads, until, dispose } = downloadsIn(dataDir, store);
downloads.begin();
process.stdout.write('READY\n');
await until((list) => list.every(({ state }) => state === 'done' || state === 'failed'));
const failed = downloads.list().filter(({ state }) => state === 'failed');
for (const { title, problem } of failed) process.stdout.write(`FAILED ${title}: ${problem ?? ''}\n`);
await dispose();
store.dispose();
process.stdout.write('DONE\n');
