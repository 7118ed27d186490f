import { MessagesSquare } from 'lucide-react';
import type { RoomDoor } from '../../kit/index.ts';
import { Chat } from './chat.tsx';

export const navKey: RoomDoor['navKey'] = 'chat';
export const path: RoomDoor['path'] = '/chat';
export const icon: RoomDoor['icon'] = MessagesSquare;
export const Component: RoomDoor['Component'] = Chat;
