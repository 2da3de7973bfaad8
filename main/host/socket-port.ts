/** A socket as a port of the contract: frames as JSON, a line each. What is no frame closes the socket. */
import type { Socket } from 'node:net';
import { MAX_CONTRACT_FRAME_BYTES } from '../base/limits.ts';
import { LineReader } from '../base/lines.ts';
import { decodeFrame, encodeFrame } from '../contract/codec.ts';
import type { Frame, FramePort } from '../contract/frames.ts';

export function socketPort(socket: Socket): FramePort {
  const lines = new LineReader(MAX_CONTRACT_FRAME_BYTES);
  let listener: (frame: Frame) => void = () => {};
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece: Uint8Array) => {
    try {
      for (const line of lines.push(piece)) listener(decodeFrame(new TextDecoder().decode(line)));
    } catch {
      socket.destroy();
    }
  });
  return {
    send: (frame) => void socket.write(`${encodeFrame(frame)}\n`),
    onFrame(listen) {
      listener = listen;
    },
    onClose: (listen) => void socket.once('close', listen),
    close: () => void socket.end(),
  };
}
