/** Carriers of frames in a browser page: a MessagePort (handed over by the desktop shell) and a WebSocket. */
import { decodeFrame, encodeFrame } from '../../main/contract/codec.ts';
import type { Frame, FramePort } from '../../main/contract/frames.ts';

/** Frames are cloned as they are, bytes too. A MessagePort says nothing when its far end dies: the host then sends a new one. */
export function messagePort(port: MessagePort): FramePort {
  const closing = new Set<() => void>();
  return {
    send: (frame) => port.postMessage(frame),
    onFrame(listener) {
      port.onmessage = (event: MessageEvent<Frame>) => listener(event.data);
    },
    onClose(listener) {
      closing.add(listener);
      // Chromium 122+ announces the far end's death; elsewhere the next port replaces this one.
      port.addEventListener('close', listener);
    },
    close() {
      port.close();
      for (const listener of closing) listener();
    },
  };
}

/** One JSON text message a frame. Resolves when the socket is open. */
export function webSocketPort(url: string): Promise<FramePort> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    let opened = false;
    const closing = new Set<() => void>();
    socket.onopen = () => {
      opened = true;
      resolve({
        send: (frame) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame(frame));
        },
        onFrame(listener) {
          socket.onmessage = (event: MessageEvent<unknown>) => {
            if (typeof event.data === 'string') listener(decodeFrame(event.data));
          };
        },
        onClose: (listener) => closing.add(listener),
        close: () => socket.close(),
      });
    };
    socket.onclose = () => {
      if (!opened) reject(new Error('The engine does not answer.'));
      for (const listener of closing) listener();
    };
  });
}
