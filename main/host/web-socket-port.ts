/** A WebSocket as a port of the contract: one JSON text message a frame. What is not that closes the socket. */
import type { WebSocket } from 'ws';
import { MAX_CONTRACT_FRAME_BYTES } from '../base/limits.ts';
import { decodeFrame, encodeFrame } from '../contract/codec.ts';
import type { Frame, FramePort } from '../contract/frames.ts';

/** Bytes that may wait for a window that does not read; then it is given up, and comes back by itself. */
const MAX_WAITING_BYTES = 4 * MAX_CONTRACT_FRAME_BYTES;

// RFC 6455 section 7.4.1
const UNSUPPORTED_DATA = 1003;
const INVALID_PAYLOAD = 1007;
const TRY_AGAIN_LATER = 1013;

export function webSocketPort(socket: WebSocket): FramePort {
  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(encodeFrame(frame));
      if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.close(TRY_AGAIN_LATER);
    },
    onFrame(listener) {
      socket.on('message', (data, isBinary) => {
        if (isBinary) return socket.close(UNSUPPORTED_DATA);
        let frame: Frame;
        try {
          frame = decodeFrame(data.toString());
        } catch {
          return socket.close(INVALID_PAYLOAD);
        }
        listener(frame);
      });
    },
    onClose(listener) {
      socket.once('close', listener);
    },
    close: () => socket.close(),
  };
}
