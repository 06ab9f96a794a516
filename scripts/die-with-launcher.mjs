// Loaded before a program that scripts/launch.mjs starts. The launcher holds the other end of this pipe and
// never writes: its end, also by kill -9, is the end of the pipe, and then the program is asked to stop.
import { Socket } from 'node:net';
import process from 'node:process';

const STOP_BUDGET_MS = 30_000;

const pipe = process.env.KEYHAVEN_LAUNCHER_PIPE;
if (pipe !== undefined) {
  // Not for the processes that this one starts.
  delete process.env.KEYHAVEN_LAUNCHER_PIPE;
  const socket = new Socket({ fd: Number(pipe), readable: true, writable: false });
  socket.on('error', () => {});
  socket.on('close', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), STOP_BUDGET_MS).unref();
  });
  socket.resume();
  socket.unref();
}
