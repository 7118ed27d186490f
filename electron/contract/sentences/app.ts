/** What a call of the window is refused with, or failed by, outside routing. Slots in braces; `{why}` is the system's own word, `{path}` and `{folder}` places. */
export const APP_SENTENCES = {
  // --- conversations and messages
  'chat.gone': 'This conversation is not there: it may have been deleted.',
  'chat.deleted': 'This conversation was deleted: restore it or start a new one.',
  'chat.title_empty': 'The title is empty: type a name.',
  'chat.folder_empty': 'The folder name is empty: type a name.',
  'chat.draft_long': 'This text is too long to keep as a draft: shorten it.',
  'message.empty': 'The message is empty: write something first.',
  'message.long': 'The message is too long: {limit} characters at most. Shorten it or split it into several.',
  'message.gone': 'This message is not there any more: reload the conversation.',
  'message.not_yours': 'Only your own messages can be edited: regenerate the reply instead.',
  'message.elsewhere': 'The message belongs to another conversation.',
  'turn.closing': 'Switchyard is closing: start it again and send the message once more.',
  'turn.over': 'This turn is not running any more: open the conversation again.',
  'turn.started': 'This reply has started already: stop it instead.',
  'rating.gone': 'This reply is not there any more: reload the conversation.',
  'rating.replies_only': 'Only replies can be rated.',
  'rating.not_question': 'Only a reply can be rated: choose the answer, not the question.',
  // --- the window
  'window.again': 'The window stopped and was loaded again. Nothing that was sent or written is lost.',
  // --- prompts
  'prompt.empty': 'The prompt is empty: write what the model should be told.',
  'prompt.gone': 'This prompt is not there any more: reload the list.',
  'prompt.name_empty': 'The prompt name is empty: type a name.',
  'prompt.label_empty': 'The label is empty: type a name.',
  'prompt.same': 'This is the same text as the latest version: change something first.',
  'prompt.other_version': 'This version belongs to another prompt.',
  // --- traces
  'trace.gone': 'This trace is not there: it may have been removed.',
  'trace.no_provider': 'No provider was asked: copy it as a request to the local API.',
  'trace.provider_gone': '{model} is not set up any more: copy it as a request to the local API.',
  'trace.views_many': 'There are {count} views already: delete one first.',
  'trace.view_taken': 'There is a view “{name}” already: choose another name.',
  'replay.no_model': 'There is no model {model}: pick one that is listed.',
  'replay.running': 'This request is still being answered: replay it when it has ended.',
  'replay.pictures':
    'Its pictures were not kept, so it cannot be asked again as it was: let traces keep whole requests in Settings, then ask it again.',
  'replay.blind': '{name} cannot see pictures, and this request has some: choose a model that can, or Automatic.',
  'replay.long': 'Its conversation is too long to be read whole, so it cannot be asked again as it was.',
  'replay.no_version': 'There is no such prompt version: pick one that is listed.',
  'replay.twice': 'This replay is under way already.',
  // --- providers
  'provider.none': 'There is no provider “{name}”: pick one that is listed under Models.',
  'provider.no_model': '{name} has no model “{model}”: pick one that is listed.',
  'provider.no_embeddings': '{name} has no embeddings: choose a model of another provider.',
  'embed.nobody_named': 'There is no model for embeddings here: add one under Models, or name one.',
  'embed.private':
    'These texts are private, and no model for embeddings may have them: add one of this machine under Models, or trust its provider with private conversations in Settings.',
  'embed.nobody_local':
    'There is no model for embeddings on this machine: add one under Models, or ask for switchyard/auto.',
  // --- files a person chose
  'file.whole_path': 'Name the whole path of the file, not “{path}”.',
  'file.name_one': 'Name a file.',
  'export.failed': 'The export could not be written to {path} ({why}): choose another place.',
  'usage.failed': 'The usage could not be written to {path} ({why}): choose another place.',
  'spending.cut_off':
    'Switchyard was cut off while a provider answered (calls: {calls}). What that cost is not known: {usd}, the most it can have been, counts against your budgets.',
  'import.large': 'This file is larger than 512 MB: export it in parts.',
  'import.foreign': 'This file is not a Switchyard export: choose a file made with Export.',
  'import.newer': 'This file was made by a newer Switchyard: update the app, then import it.',
  'import.damaged': 'This file is damaged or no export: its JSON cannot be read.',
  'import.unreadable': '{path} cannot be read ({why}).',
  'import.not_whole':
    'The conversation to import is not whole: a message belongs to one that is missing. Export it again.',
  'backup.itself': 'A backup cannot replace the database itself: choose another file.',
  // --- settings and the local API
  'settings.unreadable': 'The settings file cannot be read ({why}): the last good settings stay in force.',
  'settings.last_good': 'The last good settings stay in force until it is corrected.',
  'settings.not_written': 'The settings could not be written to {path} ({why}): check the folder.',
  'token.taken': 'There is a token “{name}” already: take another name, or revoke that one first.',
  'token.in_file': 'The token “{name}” stands in the settings file: remove it there.',
  'token.none': 'There is no token “{name}”: it may have been revoked.',
  'api.port_taken': 'Port {port} is taken: choose another {place}, or 0 for a free one.',
  'api.port_rights': 'Port {port} needs rights this program does not have: choose one above 1023.',
  'api.failed': 'The local API could not start ({why}): try another port.',
  'api.ending': 'The local API is ending.',
  // --- the database and its folder
  'folder.unlocked': 'The data folder {folder} could not be locked ({why}): do not use it from two programs at once.',
  'folder.in_use':
    'Switchyard is already running on {folder} ({what}, process {pid}): close it, or name another folder with --data.',
  'folder.opening': 'The data folder {folder} is being opened by another Switchyard: try again.',
  'storage.cannot_write':
    'Switchyard cannot write to its data folder {folder}: make the folder writable or choose another one.',
  'storage.full': 'The disk that holds {folder} is full: free some space, then try again.',
  'storage.damaged': 'The database is damaged ({why}): restart Switchyard to check and repair it, or restore a backup.',
  'storage.disk': 'Reading or writing the data folder {folder} failed ({why}): check the disk and its free space.',
  'storage.busy': 'Another program is using the database in {folder}: close it, then try again.',
  'storage.twice': 'Something with this id is stored already: use a new id.',
  'storage.none': 'There is no {what} {key}: it may have been deleted; reload the list.',
  'storage.nothing_new': 'Nothing new is stored. {words}',
  'storage.read_only':
    'The data folder {folder} is read-only: everything can be read, nothing new is stored. Make it writable, then restart Switchyard.',
  'storage.salvaged':
    'The database was damaged: all conversations could be read and are in a new file, and the damaged file was kept as {path}.',
  'storage.lost': 'Could not be read: {problems}.',
  'storage.begun_anew':
    'The database was damaged and there was no snapshot to go back to: a new one was started, and the damaged file was kept as {path}. Restore a backup if you have one.',
  'storage.restored':
    'The database was damaged: the snapshot {snapshot} was restored, and the damaged file was kept as {path}. Newer conversations are only in that file or in your own backups.',
  'storage.whole': 'The database is whole.',
  'storage.findings': 'The database is damaged: {problems}.',
  // --- the price table
  'prices.stay': '{path}: {words} The prices before it stay in force until it is corrected.',
  'prices.not_a_field': '“{field}” is not a field of a price file.',
  'prices.unreadable': '{path} cannot be read ({why}): check its permissions.',
  // --- traces on their way to a collector
  'collector.refuses':
    'The collector answered {status}: it does not take what is sent; check its address and its limits.',
  'collector.busy': 'The collector is busy ({status}); what was not sent waits here.',
  'collector.wrong':
    'The collector answered {status}: check its address and the key in the settings; what was not sent waits here.',
  'collector.unreachable': 'The collector cannot be reached; what was not sent waits here.',
  // --- the window's port
  'port.mistake': 'Switchyard made a mistake here and wrote it to its log; try again or restart the app.',
  'port.wrong_input': '{name} was asked with wrong input: {words}',
  'port.not_a_field': '“{field}” is not a field of it.',
  'port.no_call': 'There is no call named “{name}”.',
  'port.no_stream': 'There is no stream named “{name}”.',
  'port.stream_open': 'This stream is open already.',
  'port.no_message': 'This message does not follow the contract.',
  'port.too_many': 'Too many requests at once: wait for some answers first.',
  'port.too_many_streams': 'Too many open streams: close some first.',
} as const;
