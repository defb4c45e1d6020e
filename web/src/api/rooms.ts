import type { RoomSettings } from "@tafelrunde/protocol";
import type { CreateLink, LinkCreated, LinkForAll, RoomLink, RoomResource } from "@tafelrunde/protocol/http";
import type { Page } from "./meetings.ts";
import { type Answer, get, patch, post, put, query, remove } from "./request.ts";

export type { RoomLink };
export type Room = RoomResource;
export type NewLink = CreateLink;

export function readRoom(room: string): Promise<Answer<Room>> {
  return get(`/v1/rooms/${room}`);
}

export function changeRoom(
  room: string,
  change: { settings?: Partial<RoomSettings>; name?: string },
  version: number,
) {
  return patch<Room>(`/v1/rooms/${room}`, change, `"${version}"`);
}

export function setRoomPassword(room: string, password: string): Promise<Answer<void>> {
  return put(`/v1/rooms/${room}/password`, { password });
}

export function removeRoomPassword(room: string): Promise<Answer<void>> {
  return remove(`/v1/rooms/${room}/password`);
}

export function listLinks(room: string, cursor?: string): Promise<Answer<Page<RoomLink>>> {
  return get(`/v1/rooms/${room}/links${query({ limit: 100, cursor })}`);
}

/** Creates a link; its `url` is shown only this once. */
export function makeLink(room: string, link: NewLink, key: string): Promise<Answer<LinkCreated>> {
  return post(`/v1/rooms/${room}/links`, link, key);
}

/** The link for everyone, the same each time; for people who lead the room. */
export function readLinkForAll(room: string): Promise<Answer<LinkForAll>> {
  return post(`/v1/rooms/${room}/link`);
}

export function revokeLink(room: string, linkId: string): Promise<Answer<void>> {
  return remove(`/v1/rooms/${room}/links/${linkId}`);
}
