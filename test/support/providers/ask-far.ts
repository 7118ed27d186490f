/** A process of its own: asks `https://far.test` twice through the proxy of the first argument and says what came, line by line. */
import { wholeText } from '../../../electron/model/egress/answer-body.ts';
import { loggedEgress, openOrigin } from './ask.ts';

const { egress, entries } = loggedEgress({ proxyFor: () => process.argv[2] ?? null });
const ask = { providerId: 'far', modelId: null, origin: openOrigin, trustedForPrivate: false };
for (let at = 0; at < 2; at++) {
  const request = { method: 'POST', headers: {}, body: '{}', signal: null };
  const said = await egress.send(ask, 'https://far.test/v1', request).then(
    ({ body }) => wholeText(body),
    (error: unknown) => String(Reflect.get(Object(error), 'code')),
  );
  process.stdout.write(`${said}\n`);
}
process.stdout.write(`${entries.map(({ status }) => String(status)).join(' ')}\n`);
process.exit(0);
