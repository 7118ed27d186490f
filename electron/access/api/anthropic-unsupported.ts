import { ApiRefusal, badRequest } from './errors.ts';

/**
 * Their client's loop over tools keeps its conversation on the server where it can: it sends only what is new from the second turn
 * on. It sends everything again when it hears this code, so the first request must hear it.
 */
const noThreads = (): ApiRefusal =>
  new ApiRefusal({
    status: 400,
    message: 'Switchyard keeps no conversation between requests: leave out `thread` and send all `messages` each time.',
    code: 'unsupported_parameter',
    param: 'thread',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  });

/** Refuses what would change the meaning of the answer if it were ignored; everything else that is not known is. */
export function refuseUnsupported(body: Readonly<Record<string, unknown>>): void {
  if (body['thread'] !== undefined) throw noThreads();
  const servers = body['mcp_servers'];
  if (servers !== undefined && !(Array.isArray(servers) && servers.length === 0)) {
    throw badRequest(
      'Switchyard calls no MCP servers: leave out `mcp_servers`, call their tools yourself and offer them in `tools`.',
      'mcp_servers',
      'unsupported_parameter',
    );
  }
}
