/** A process of its own: asks `https://far.test` through the proxy of the first argument, twice at once and once more, and says what came, line by line. */
import { wholeText } from '../../../electron/model/egress/answer-body.ts';
import { loggedEgress, openOrigin } from './ask.ts';

const { egress, entries } = loggedEgress({ proxyFor: () => process.argv[2] ?? null });
const ask = { providerId: 'far', modelId: null, origin: openOrigin, trustedForPrivate: false };
const once = (): Promise<string> =>
  egress.send(ask, 'https://far.test/v1', { method: 'POST', headers: {}, body: '{}', signal: null }).then(
    ({ body }) => wholeText(body),
    (error: unknown) => String(Reflect.get(Object(error), 'code')),
  );
for (const said of [...(await Promise.all([once(), once()])), await once()]) process.stdout.write(`${said}\n`);
process.stdout.write(`${entries.map(({ status }) => String(status)).join(' ')}\n`);
process.exit(0);
