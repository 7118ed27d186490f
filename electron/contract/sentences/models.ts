/** What the models of this machine, and the engine that runs them, say to a person, by code. Slots stand in braces. */
export const MODEL_SENTENCES = {
  only_vectors: '{name} turns texts into vectors and does not chat: it is loaded when something asks it for some.',
  no_vectors: '{model} chats and makes no embeddings: choose an embedding model.',
  no_embedder: 'There is no model for embeddings here: add one under Models.',
  unknown: 'There is no model {model}: pick one that is listed under Models.',
  unread: '{path} could not be read: look at it under Models.',
  no_path: 'Name the path of a .gguf file.',
  listed: '{path} is listed already under another name.',
  embedded: '{name} belongs to the app and cannot be removed.',
  in_folder: '{path} lies in a model folder: move or delete the file to take it off the list.',
  starter_gone: 'The starter model is missing.',
  reinstall: 'It belongs to the app: reinstall Switchyard to get it back.',
  starter_differs: 'The starter model differs from the one that was shipped: reinstall Switchyard.',

  // A file, by its name or its path.
  'file.no_file': '{name} is not a file: pick a .gguf file.',
  'file.part': '{part} is missing beside {name}: download all parts.',
  'file.gone': '{path} is not there any more: put the file back or remove the model from the list.',
  'file.locked': '{path} may not be read: change its permissions.',
  'file.disk': '{path} cannot be read ({code}): check the disk.',
  'wrong.damaged': '{name} is damaged ({cause}); download it again.',
  'wrong.cut': '{name} is cut off: {bytes} bytes are missing at its end; download it again.',
  'wrong.empty': '{name} is not a GGUF model: it is almost empty.',
  'wrong.foreign': '{name} is not a GGUF model file.',
  'wrong.no_chat': '{name} holds "{architecture}", which is no chat model.',
  'wrong.ranks': '{name} ranks texts by a question, so it cannot answer.',
  'wrong.no_weights': '{name} holds a vocabulary but no weights, so it cannot answer.',
  'wrong.weights': '{name} uses weights of type {type}, which this version does not know.',
  'wrong.big_endian':
    '{name} was made for big-endian machines, which this app cannot run; look for a GGUF version 3 file.',
  'wrong.version': '{name} has GGUF version {version}, which this app cannot run; look for a GGUF version 3 file.',
  // What is damaged.
  'damage.ends': 'the file ends in the middle of its header',
  'damage.number': 'its header holds an impossible number',
  'damage.name': 'its header holds a name of impossible length',
  'damage.nested': 'its header nests lists too deeply',
  'damage.list': 'its header holds a list of impossible length',
  'damage.type': 'its header holds a value of unknown type',
  'damage.tensor': 'its header holds an impossible tensor',
  'damage.entries': 'its header claims an impossible number of entries',
  'damage.alignment': 'its header holds an impossible alignment',
  'damage.no_architecture': 'its header does not name an architecture',

  // The engine's process and what it runs on.
  'engine.lost': 'The engine process {cause}. It starts again with the next message.',
  'ended.killed': 'was ended from outside or crashed',
  'ended.code': 'ended with code {code}',
  'ended.nonsense': 'sent something that cannot be understood',
  'ended.hung': 'stopped answering and was ended',
  'ended.stalled': 'made no progress and was ended',
  'ended.restarted': 'was restarted',
  'ended.unstarted': 'could not be started ({why})',
  'gpu.fell':
    'The {backend} backend ended the engine process, so models run on the CPU. Update the graphics driver or set the backend to cpu in Settings.',
  'gpu.none':
    '{backend} was asked for but no such device was found, so models run on the CPU. Install the driver or set the backend to auto in Settings.',
  'gpu.no_driver':
    'This machine has {card}, but {backend} found no device on it. Install or update its driver; until then models run on the CPU. Set the backend to cpu in Settings if that is meant.',
  'gpu.no_binaries':
    'This machine has {card}, but this installation has no {backend} binaries. Reinstall with all optional parts; until then models run on the CPU. Set the backend to cpu in Settings if that is meant.',
  'gpu.full':
    '{model} does not fit the memory that is free on the graphics card, so it runs on the CPU. Close programs that use the card, or pick a smaller model.',

  // Measuring.
  'bench.going': '{model} is being measured: wait for it or cancel it.',
  'bench.choose': 'Choose at least one of {values}.',
  'bench.only_cards': 'Only a graphics card is compared with the processor: choose vulkan, cuda or metal.',
  'bench.cancelled': 'The test was cancelled.',
  'bench.no_binaries':
    'This machine has {card}, but its binaries are not installed: reinstall with all optional parts.',
  'bench.unusable': '{backend} could not be used here.',
  'bench.nothing': 'Nothing can be measured here: there are no models of this machine.',
  'bench.gone': 'This measurement is not there any more: it was deleted.',

  // Downloads.
  'download.gone': 'This download is not there any more: it was removed or is done.',
  'download.twice': '{name} is on its way already.',
  'download.web_only': 'Only web addresses can be downloaded.',
  'download.full': 'The disk that holds {folder} is full: free some space, then resume. What came so far is kept.',
  'download.locked': 'Nothing can be written to {folder}: make it writable, then resume.',
  'download.too_large': 'The disk that holds {folder} takes no file of this size: use another disk.',
  'download.write_failed': 'Writing to {folder} failed ({code}): check the disk, then resume.',
  'download.no_room': 'It needs {needed}, and the disk that holds {folder} has {free} free: free {short}, then resume.',
  'download.no_room_beside':
    'It needs {needed}, other downloads take {owed}, and the disk that holds {folder} has {free} free: free {short}, then resume.',
  'download.sums': 'The sums of the parts and of the whole file contradict each other: nothing was installed.',
  'download.other_file': 'What the source sends is not the file that belongs to this checksum: nothing was installed.',
  'download.part_wrong': 'Part {part} comes wrong from every source: try later.',
  'download.no_address': 'There is no address to fetch it from.',
  'download.policy':
    'The policy “{policy}” lets nothing leave this machine: choose another one in Settings to download models.',
  'download.offline': 'This machine is offline: it goes on by itself when the network is back.',
  'hub.no_checksum': 'The hub publishes no checksum of this file, so it cannot be installed safely.',
  'hub.file_gone': 'The hub has no file {path} there any more: choose another.',
  'hub.not_catalogued': 'There is no model {model} in the catalogue: pick one that is listed.',
  'hub.here': '{name} is on this machine already.',
  'hub.adopted_gone': 'This file is not among the models of Ollama or LM Studio any more.',
  'hub.form': 'Name a collection as publisher/name.',
  'hub.no_collection': '{host} has no open collection of this name (status {status}): check the name.',
  'hub.no_hub': '{host} did not answer as a model hub does (status {status}): try again later.',
} as const;
