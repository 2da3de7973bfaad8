/**
 * The frames that cross every transport (MessagePort, WebSocket). A request is answered by exactly one
 * `ok` or `error`, preceded by any number of `chunk`s when its entry streams. `cancel` asks for an early
 * end and is still answered. Over WebSocket a frame is one JSON text message; bytes inside a frame are
 * written as {"$bytes": base64}.
 */
import type { FaultData } from '../base/errors.ts';

export type Frame =
  | { t: 'request'; id: number; name: string; input: unknown }
  | { t: 'cancel'; id: number }
  | { t: 'ok'; id: number; output: unknown }
  | { t: 'error'; id: number; error: FaultData }
  | { t: 'chunk'; id: number; bytes: Uint8Array }
  | { t: 'event'; name: string; data: unknown };

/** One end of a transport: whole frames in, whole frames out, in order. */
export interface FramePort {
  send(frame: Frame): void;
  onFrame(listener: (frame: Frame) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
