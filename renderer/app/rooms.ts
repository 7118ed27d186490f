import type { RoomDoor } from '../kit/index.ts';
import * as chat from '../rooms/chat/index.ts';
import * as feedback from '../rooms/feedback/index.ts';
import * as models from '../rooms/models/index.ts';
import * as prompts from '../rooms/prompts/index.ts';
import * as settings from '../rooms/settings/index.ts';
import * as traces from '../rooms/traces/index.ts';

/** Rooms that exist, in the order of the navigation. */
export const rooms: readonly RoomDoor[] = [chat, traces, prompts, feedback, models, settings];
